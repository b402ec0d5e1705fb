// Calls of the control API. A refusal becomes a Problem that says what, where and the remedy; a wanted token is
// asked for once and kept for this tab alone.

import { byId } from "./dom.js";

/** A control call that was refused, or did not get through (`where` is empty then). */
export class Problem extends Error {
  constructor(what, where = "", remedy = "") {
    super(remedy ? `${what}. ${remedy}` : what);
    this.where = where;
  }
}

let token = "";
try {
  const shown = new URLSearchParams(location.hash.slice(1)).get("token");
  if (shown) {
    sessionStorage.setItem("jsms-mock-token", shown);
    history.replaceState(null, "", location.pathname + location.search);
  }
  token = sessionStorage.getItem("jsms-mock-token") ?? "";
} catch {
  // Then the token lives as long as the page.
}

export const authorization = () => (token ? { authorization: `Bearer ${token}` } : {});

let asking = null;

/** Ask the person for the token; one dialog, however many calls want it. */
export function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = byId("token");
    dialog.addEventListener(
      "close",
      () => {
        token = byId("token-value").value.trim();
        try {
          sessionStorage.setItem("jsms-mock-token", token);
        } catch {
          // See above.
        }
        asking = null;
        resolve();
      },
      { once: true },
    );
    dialog.showModal();
  });
  return asking;
}

/** Make a control call and give its JSON. */
export async function call(method, path, body) {
  const headers = { accept: "application/json", ...authorization() };
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    throw new Problem(error.message);
  }
  if (answer.status === 401) {
    await askForToken();
    return call(method, path, body);
  }
  const told = await answer.json();
  if (!answer.ok) throw new Problem(told.error.what, told.error.where, told.error.remedy);
  return told;
}

/** A path with a query; what is empty is left out. */
export const withQuery = (path, query) => {
  const wanted = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return wanted.length ? `${path}?${new URLSearchParams(wanted)}` : path;
};

export const get = (path, query = {}) => call("GET", withQuery(path, query));

let spec = null;

/** The service's own document: operations, return codes and statuses with their meanings. Read when first wanted. */
export function readSpec() {
  spec ??= fetch("../docs/openapi.json").then((answer) => answer.json());
  return spec;
}
