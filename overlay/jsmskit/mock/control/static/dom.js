// Making and finding elements. Texts go in as text only: a message is hostile input, and nothing on this page
// ever becomes markup (the page's policy has the browser refuse it, too).

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. Of attributes, `on` holds listeners, `data` data attributes; null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Make one of the icons that the page's own sprite holds. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

/** Call a function at most once in so many milliseconds, the last time included. */
export function gathered(milliseconds, act) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      act();
    }, milliseconds);
  };
}

/** Read and keep small choices; a browser that keeps nothing forgets them with the page. */
export const kept = {
  get(name) {
    try {
      return localStorage.getItem(`jsms-mock-${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(`jsms-mock-${name}`);
      else localStorage.setItem(`jsms-mock-${name}`, value);
    } catch {
      // Then not.
    }
  },
};
