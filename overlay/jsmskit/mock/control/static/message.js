// How one message is described: its sort, its state, its code and that code's life. The list and the phone view
// share this. Knows a message's fields; knows no list.

import { readSpec } from "./api.js";
import * as clock from "./clock.js";
import { el, icon } from "./dom.js";
import { language, t } from "./i18n.js";

const DELIVERED = 4001;
const TYPES = { 1: "code", 2: "notice", 3: "marketing" };
const SIGN = /^【([^【】]*)】/;
/** An address in a text: ASCII only, so that it ends where Chinese goes on. What punctuation ends it is no part of it. */
const ADDRESS = /(https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]*[\w\-~/#=&%+])/gi;

/** What sort of message it is: code, voice, notice or marketing. */
export const sortOf = (message) => (message.kind === "voice" ? "voice" : (TYPES[message.type] ?? "notice"));

/** Whether a filter lets a message through; the mock decides the same way. */
export function passes(message, { shown, text, app }) {
  if (app && message.app_key !== app) return false;
  if (shown === "scheduled" ? message.kind !== "schedule" : shown === "failed" ? !hasFailed(message) : shown && sortOf(message) !== shown)
    return false;
  const wanted = text.toLowerCase();
  return !wanted || [message.text, message.phone, message.msg_id, message.tag ?? ""].some((part) => part.toLowerCase().includes(wanted));
}

const hasFailed = (message) => message.status !== null && message.status !== DELIVERED;

/** A number in groups that people read, still one number to copy or to search for. */
export function number(phone) {
  const groups = [phone.slice(0, 3), phone.slice(3, 7), phone.slice(7)].filter(Boolean);
  return el("span", { class: "number" }, ...groups.map((group) => el("span", {}, group)));
}

/** What the phone shows, sign first; of a spoken code, whose digits stand beside, how it is read out. */
export function body(message) {
  if (message.kind === "voice") {
    return el("p", { class: "text" }, icon("voice"), " ", t("spoken", { language: t(`voice-${message.language ?? 0}`) }));
  }
  const [whole, sign] = SIGN.exec(message.text) ?? ["", null];
  return el("p", { class: "text", dir: "auto" }, sign === null ? null : el("b", { class: "sign" }, `【${sign}】`), ...linked(message.text.slice(whole.length)));
}

/** A text, its web addresses as links; anything else, `javascript:` too, stays text. */
function linked(text) {
  return text.split(ADDRESS).map((part, index) => (index % 2 && URL.canParse(part) ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part));
}

/** A small label for the sort, and one more for a message of a timed task or a batch. */
export function labels(message) {
  const sort = sortOf(message);
  const origin = { schedule: "scheduled", batch: "batch" }[message.kind];
  return [
    el("span", { class: `label ${sort}` }, t(`sort-${sort}`)),
    origin && el("span", { class: "label plain" }, t(`sort-${origin}`)),
    message.tag && el("span", { class: "label plain", dir: "auto" }, message.tag),
  ];
}

/** A button that shows everything about a message. */
export function detailsButton(message) {
  const label = t("details-of", { phone: message.phone });
  return el("button", { type: "button", class: "quiet small", "aria-label": label, title: t("details"), on: { click: () => document.dispatchEvent(new CustomEvent("details", { detail: message })) } }, icon("details"));
}

/** Write the state into an element: on its way, delivered, or failed with what the status means. */
export function showState(node, message) {
  const failed = hasFailed(message);
  node.className = `state ${failed ? "failed" : message.status === null ? "sent" : "delivered"}`;
  if (!failed) {
    const state = message.status === null ? "sent" : "delivered";
    node.replaceChildren(icon(state), el("span", { class: "word" }, t(`state-${state}`)));
    return;
  }
  node.replaceChildren(icon("failed"), t("state-failed", { status: message.status }));
  void statusTitle(message.status).then((title) => title && node.replaceChildren(icon("failed"), `${message.status} ${title}`));
}

/** What a delivery status means, in the chosen language; empty for one that the documents do not list. */
export async function statusTitle(status) {
  const found = (await readSpec())["x-report-statuses"].find((one) => one.status === status);
  return found?.title[language] ?? "";
}

const living = new Set();

/** A code to copy, with what is left of its life. Gives the element and a way to tell it of changes. */
export function codeBox(message) {
  const life = el("span", { class: "life" });
  const bar = el("progress", { class: "bar", max: 1, value: 1, "aria-hidden": "true" });
  const hint = el("span", { class: "hint" }, icon("copy"));
  const button = el(
    "button",
    { type: "button", class: "copier", "aria-label": t("copy-code", { code: message.code }), title: t("copy"), on: { click: () => void copy(message.code, button) } },
    el("span", { class: "digits" }, message.code),
    hint,
  );
  const box = el("div", { class: "codebox" }, button, el("div", { class: "left" }, bar, life));
  const entry = {
    box,
    update(changed) {
      message = changed;
      const at = clock.now();
      if (message.verified_at !== null) settle("verified");
      else entry.tick(at);
    },
    tick(at) {
      if (message.verified_at !== null) return;
      const left = message.expires_at - at;
      if (left <= 0) {
        if (box.dataset.life !== "expired") settle("expired");
        return;
      }
      box.dataset.life = left < 30 ? "short" : "living";
      bar.value = left / (message.expires_at - message.sent_at);
      life.textContent = t("left", { span: clock.span(Math.ceil(left)) });
    },
  };
  function settle(state) {
    // An expired code lives again when the clock is set back, so it stays under watch; a verified one does not.
    if (state === "verified") living.delete(entry);
    box.dataset.life = state;
    bar.value = 0;
    life.textContent = t(state);
  }
  entry.update(message);
  living.add(entry);
  return entry;
}

clock.onTick((at) => {
  for (const entry of living) {
    if (entry.box.isConnected || !entry.wasSeen) entry.tick(at);
    else living.delete(entry);
    entry.wasSeen ||= entry.box.isConnected;
  }
});

/** Copy a text, and say so on the button. */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const range = document.createRange(); // no clipboard here: select it, so that one key press copies
    range.selectNodeContents(button);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
  button.classList.add("copied");
  document.dispatchEvent(new CustomEvent("announce", { detail: t("copied", { code: text }) }));
  setTimeout(() => button.classList.remove("copied"), 1400);
}
