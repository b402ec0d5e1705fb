# openapi-client-axios makes the client of the spec when the program starts.
ln -s "$SOURCES/node_modules" node_modules
cp "$FORM" jsms.json
