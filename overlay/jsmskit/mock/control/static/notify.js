// Notifications of the desktop, for those who asked for them, while the page is not in front.

import { byId, kept } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { complain } from "./panels.js";

const isOn = () => kept.get("notify") === "on" && Notification.permission === "granted";

export function start() {
  byId("notify").hidden = !("Notification" in window);
  if (byId("notify").hidden) return;
  byId("notify").addEventListener("click", () => void choose(!isOn()));
  onLanguage(show);
  show();
}

async function choose(wanted) {
  if (wanted && (await Notification.requestPermission()) !== "granted") complain(t("notify-denied"));
  else kept.set("notify", wanted ? "on" : null);
  show();
}

function show() {
  byId("notify").setAttribute("aria-pressed", String(isOn()));
}

/** Tell of messages that arrived, the newest first; a click on it opens its phone. */
export function tell([newest, ...others], open) {
  if (byId("notify").hidden || !isOn() || document.hasFocus()) return;
  const text = others.length ? t("heard-many", { count: others.length + 1 }) : t(newest.code ? "heard-code" : "heard-message", { phone: newest.phone, code: newest.code });
  // One for all tabs of the inbox: those of one tag replace each other.
  const shown = new Notification(text, { body: newest.text, icon: "page/icon.svg", tag: "jsms-mock" });
  shown.addEventListener("click", () => {
    window.focus();
    open(newest.phone);
    shown.close();
  });
}
