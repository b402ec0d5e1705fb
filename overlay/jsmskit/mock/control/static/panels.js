// What all panels share: cards, empty states, small buttons that make a call and show what was refused.

import { Problem } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

/** A button that does something and, if that is refused, says why beside itself. */
export function action(label, act, kind = "") {
  const button = el("button", {
    type: "button",
    class: kind,
    on: {
      click: async () => {
        button.disabled = true;
        try {
          await act();
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          complain(error.message);
        } finally {
          button.disabled = false;
        }
      },
    },
  });
  button.textContent = label;
  return button;
}

/** Say what went wrong, where everybody sees and hears it. */
export function complain(text) {
  byId("trouble").textContent = text;
  byId("trouble-note").hidden = false;
}

export const nothing = (text) => el("p", { class: "nothing" }, text);

/** A table with its headings; a narrow screen may scroll it sideways. */
export function table(headings, lines, label) {
  const head = el("tr", {}, ...headings.map((heading) => el("th", { scope: "col" }, heading)));
  const scroll = { class: "scroll", tabindex: 0, role: "region", "aria-label": label };
  return el("div", scroll, el("table", {}, el("thead", {}, head), el("tbody", {}, ...lines)));
}

export const cells = (...values) => el("tr", {}, ...values.map((value) => el("td", {}, value)));

/** Ask for one line of text in a dialog; null when the person thinks better of it. */
export function ask(question) {
  const dialog = byId("ask");
  byId("ask-question").textContent = question;
  byId("ask-answer").value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok" ? byId("ask-answer").value : null), { once: true });
  });
}

export const field = (label, input) => el("label", { class: "field" }, el("span", {}, label), input);

export const labelOfType = (type) => ({ 1: t("sort-code"), 2: t("sort-notice"), 3: t("sort-marketing") })[type] ?? "";
