// Templates and signs: those that wait for the review, to be passed or refused, and all others.

import { call, get } from "./api.js";
import * as clock from "./clock.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { action, ask, cells, labelOfType, nothing, table } from "./panels.js";

const WAITING = 0;

export async function count() {
  const { templates, signs } = await get("reviews");
  return [...templates, ...signs].filter(({ status }) => status === WAITING).length;
}

export async function render() {
  const { templates, signs } = await get("reviews");
  const papers = [
    ...templates.map((one) => ({ ...one, path: "templates", id: one.temp_id, text: one.template, name: t("template", { id: one.temp_id }) })),
    ...signs.map((one) => ({ ...one, path: "signs", id: one.sign_id, text: `【${one.sign}】`, name: t("sign", { id: one.sign_id }) })),
  ];
  const waiting = papers.filter(({ status }) => status === WAITING);
  const decided = papers.filter(({ status }) => status !== WAITING);
  const lines = decided.map((one) =>
    cells(
      one.name,
      el("span", { dir: "auto" }, one.text),
      one.path === "templates" ? labelOfType(one.type) : one.is_default ? t("default-sign") : "",
      el("span", { class: `state ${one.status === 1 ? "delivered" : "failed"}` }, t(`review-${one.status}`)),
      one.refuse_reason ?? "",
      el("code", {}, one.app_key.slice(0, 6)),
    ),
  );
  return [
    el("h3", {}, t("reviews-waiting")),
    waiting.length ? el("ul", { class: "cards" }, ...waiting.map(card)) : nothing(t("reviews-none")),
    el("h3", {}, t("reviews-decided")),
    table([t("what"), t("text"), t("sort"), t("state"), t("reason"), t("app")], lines, t("reviews-decided")),
  ];
}

function card(one) {
  const decide = (approve, reason) => call("POST", `${one.path}/${one.id}/review`, { approve, app_key: one.app_key, ...(reason ? { reason } : {}) });
  const refuse = async () => {
    const reason = await ask(t("refuse-why"));
    if (reason !== null) await decide(false, reason);
  };
  return el(
    "li",
    { class: "card" },
    el("div", { class: "head" }, el("b", {}, one.name), el("span", { class: "label plain" }, one.path === "templates" ? labelOfType(one.type) : t("sign-word")), el("code", {}, one.app_key.slice(0, 6))),
    el("p", { class: "text", dir: "auto" }, one.text),
    one.remark && el("p", { class: "muted", dir: "auto" }, one.remark),
    el("p", { class: "muted" }, one.due_at === null ? t("review-by-hand") : t("review-due", { span: clock.span(one.due_at - clock.now()) })),
    el("div", { class: "actions" }, action(t("pass"), () => decide(true), "good"), action(t("refuse"), refuse, "bad")),
  );
}
