# generate LANGUAGE OPTIONS: make a client with openapi-generator in ./jsms.
# The compilers and generators run for seconds: their second-stage compilation costs more than it brings.
generate() {
    java -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -jar "$GENERATOR" generate --input-spec "$SPEC" --output jsms \
        --generator-name "$1" --additional-properties "$2" --global-property \
        apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false
}
