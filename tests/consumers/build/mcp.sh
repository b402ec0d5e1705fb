# Node runs the TypeScript of the server as it is; the page about it compiles, as its readers do.
ln -s "$SOURCES/node_modules" node_modules
cp "$FORM" jsms.json
node node_modules/.bin/openapi-mcp-generator --input jsms.json --output server
