// The API page: Swagger UI over the spec, or over the document of the control API, trying calls out on this very
// mock. The pairs are those that the vendor's documentation prints and that every fresh mock knows; with others, use
// the button Authorize.

const PAIRS = {
  appCredential: ["7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"],
  devCredential: ["7e503edcb0cb725e331b0311", "7289516381dcdf1113730f2b"],
};

const section = (label) => (Original, { React }) => (props) => React.createElement("section", { "aria-label": label }, React.createElement(Original, props));

/** The text about the API is folded, so that the page opens on the operations; there is one server; no link in a button. */
const layout = () => ({
  components: { ServersContainer: () => null },
  wrapComponents: {
    InfoContainer: (Original, { React }) => (props) =>
      React.createElement("section", { "aria-label": "About" }, React.createElement("details", { className: "about" }, React.createElement("summary", {}, "About this API"), React.createElement(Original, props))),
    AuthorizeBtnContainer: section("Authorize"),
    FilterContainer: section("Filter"),
    DeepLink: (_, { React }) => ({ text }) => React.createElement("span", {}, text),
  },
});

/** Let the calls carry what they need here: the sample pairs, or the token that the inbox asked for. */
function authorize(ui, isControl) {
  if (!isControl) for (const [scheme, [user, password]] of Object.entries(PAIRS)) ui.preauthorizeBasic(scheme, user, password);
  try {
    const token = sessionStorage.getItem("jsms-mock-token");
    if (isControl && token) ui.preauthorizeApiKey("token", token);
  } catch {
    // A browser that keeps nothing: then by the button.
  }
}

addEventListener("DOMContentLoaded", () => {
  const isControl = new URLSearchParams(location.search).has("control");
  document.querySelector(`nav a[href='/docs${isControl ? "?control" : ""}']`).setAttribute("aria-current", "page");
  const ui = globalThis.SwaggerUIBundle({
    url: isControl ? "/docs/control.json" : "/docs/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    validatorUrl: null,
    plugins: [layout],
    onComplete: () => authorize(ui, isControl),
  });
});
