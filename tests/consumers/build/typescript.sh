# The types are openapi-typescript's; compiled strictly.
ln -s "$SOURCES/node_modules" node_modules
node node_modules/.bin/openapi-typescript "$SPEC" --output jsms.ts
node node_modules/.bin/tsc --project .
