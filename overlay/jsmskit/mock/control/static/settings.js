// The switches that people want at hand, and the way back to the beginning.

import { call, get } from "./api.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { action, field } from "./panels.js";

const AUDITS = ["manual", "after-delay", "at-once"];

export async function render() {
  const settings = await get("settings");
  const change = (told) => call("PUT", "settings", told);
  const limits = el("input", { type: "checkbox", checked: settings.limits, on: { change: ({ target }) => void change({ limits: target.checked }) } });
  const review = el("select", { on: { change: ({ target }) => void change({ review: target.value }) } }, ...AUDITS.map((one) => el("option", { value: one, selected: one === settings.review }, t(`review-${one}`))));
  const delay = el("input", { type: "number", min: 0, step: "any", value: settings.report_delay_seconds, on: { change: ({ target }) => void change({ report_delay_seconds: Number(target.value) }) } });
  return [
    el("div", { class: "grid" }, el("label", { class: "tick" }, limits, t("limits-on")), field(t("review-how"), review), field(t("report-delay"), delay)),
    el("h3", {}, t("reset-title")),
    el("p", { class: "muted" }, t("reset-means")),
    el("div", { class: "actions" }, action(t("reset"), () => byId("sure").showModal(), "bad")),
  ];
}
