# On the HTTP client of the JDK, compiled with the consumer.
generate java library=native,openApiNullable=false,useJakartaEe=true,invokerPackage=jsms,apiPackage=jsms.api,modelPackage=jsms.model
find jsms/src/main/java -name '*.java' | sort >sources
javac -J-XX:TieredStopAtLevel=1 -proc:none -encoding UTF-8 -d classes -cp "$CLASS_PATH" Consumer.java @sources
