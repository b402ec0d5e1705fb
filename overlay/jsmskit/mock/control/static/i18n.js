// Two languages. Static texts carry `data-t` (text), `data-t-label` (aria-label and title) or `data-t-hint`
// (placeholder) with a key; everything else asks `t`.

import { kept } from "./dom.js";
import { en } from "./words-en.js";
import { zh } from "./words-zh.js";

const WORDS = { en, zh };
const listeners = [];

export let language = kept.get("language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
if (!(language in WORDS)) language = "en";

/** Give a text in the chosen language; {name} is replaced by a value. */
export function t(key, values = {}) {
  const text = WORDS[language][key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Put the chosen language into static texts. */
export function translate(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    if (node.matches("button, a, input, select")) node.title = t(node.dataset.tLabel);
  }
  for (const node of root.querySelectorAll("[data-t-hint]")) node.placeholder = t(node.dataset.tHint);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function onLanguage(listener) {
  listeners.push(listener);
}

export function choose(chosen) {
  language = chosen;
  kept.set("language", chosen);
  translate();
  for (const listener of listeners) listener();
}
