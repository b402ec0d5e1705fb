# Without a module of its own, compiled into the consumer. The last option ends an old habit of the generator: to
# refuse an answer with a field it was not told of.
generate go packageName=jsms,withGoMod=false,disallowAdditionalPropertiesIfNotPresent=false
# With a C compiler Debian's ready-compiled standard library fits; without, Go compiles its own.
command -v gcc >/dev/null || export CGO_ENABLED=0
go build -o consumer .
