// Callbacks: who is told, and how it went: every try, what was answered, and once more on demand.

import { call, get, Problem } from "./api.js";
import * as clock from "./clock.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { action, complain, field, nothing } from "./panels.js";

const MOST = 100;
const TYPES = ["SMS_REPORT", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN"];
let chosen = "";

export async function render(again) {
  const { applications } = await get("balances");
  const keys = applications.map(({ app_key: key }) => key);
  // The application of the vendor's samples comes first where it is there: that is what nearly everybody uses.
  const usual = keys.includes("7d431e42dfa6a6d693ac2d04") ? "7d431e42dfa6a6d693ac2d04" : keys[0];
  if (!keys.includes(chosen)) chosen = usual ?? "";
  if (!chosen) return [nothing(t("no-application"))];
  const [addresses, { deliveries }] = await Promise.all([get("callbacks", { app_key: chosen }), get("callbacks/deliveries", { limit: MOST })]);
  const choose = ({ target }) => {
    chosen = target.value;
    target.form.removeAttribute("data-begun"); // another application has other addresses
    target.blur();
    again();
  };
  const which = el("select", { on: { change: choose } }, ...keys.map((key) => el("option", { value: key, selected: key === chosen }, key)));
  return [
    el("form", { class: "grid", on: { submit: save } }, keys.length > 1 ? field(t("app"), which) : null, ...TYPES.map((type) => address(type, addresses[type])), el("div", { class: "actions" }, el("button", { class: "good" }, t("save")), action(t("one-for-all"), copyFirst))),
    el("h3", {}, t("deliveries")),
    deliveries.length ? el("ul", { class: "cards" }, ...deliveries.reverse().map(card)) : nothing(t("deliveries-none")),
  ];
}

const address = (type, url) => field(t(type), el("input", { type: "url", id: type, value: url ?? "", placeholder: "http://127.0.0.1:8088/callback", autocomplete: "off", spellcheck: "false" }));

async function copyFirst() {
  for (const type of TYPES.slice(1)) byId(type).value = byId(TYPES[0]).value;
  byId(TYPES[0]).dispatchEvent(new Event("input", { bubbles: true }));
}

async function save(event) {
  event.preventDefault();
  const urls = Object.fromEntries(TYPES.map((type) => [type, byId(type).value.trim() || null]));
  document.activeElement.blur();
  try {
    await call("PUT", "callbacks", { app_key: chosen, ...urls });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    complain(error.message);
  }
}

function card(one) {
  const state = one.delivered ? "delivered" : one.next_at === null ? "failed" : "sent";
  const tries = one.attempts.map((attempt) => el("li", {}, el("time", {}, clock.short(attempt.at)), el("span", { class: `state ${attempt.ok ? "delivered" : attempt.ok === null ? "sent" : "failed"}` }, t("try", { number: attempt.number })), el("span", { dir: "auto" }, attempt.detail)));
  return el(
    "li",
    { class: "card" },
    el("div", { class: "head" }, el("b", {}, t(one.type)), el("span", { class: `state ${state}` }, t(`delivery-${state}`)), one.next_at === null || one.delivered ? null : el("span", { class: "muted" }, t("next-try", { time: clock.short(one.next_at) })), el("code", { class: "path" }, one.url)),
    el("pre", { tabindex: 0, dir: "auto", "aria-label": t("event") }, one.data),
    el("ol", { class: "tries" }, ...tries),
    el("div", { class: "actions" }, action(t("send-again"), () => call("POST", `callbacks/deliveries/${one.id}/repeat`))),
  );
}
