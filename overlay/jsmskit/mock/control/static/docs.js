// The API page: Swagger UI over the spec, trying calls out on this very mock. The pairs are those that the
// vendor's documentation prints and that every fresh mock knows; with others, use the button Authorize.

const PAIRS = {
  appCredential: ["7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"],
  devCredential: ["7e503edcb0cb725e331b0311", "7289516381dcdf1113730f2b"],
};

addEventListener("DOMContentLoaded", () => {
  const ui = globalThis.SwaggerUIBundle({
    url: "/docs/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => {
      for (const [scheme, [user, password]] of Object.entries(PAIRS)) ui.preauthorizeBasic(scheme, user, password);
    },
  });
});
