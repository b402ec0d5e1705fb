// Timed messages: what will be sent when, and the last ones that were.

import { call, get } from "./api.js";
import * as clock from "./clock.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { action, cells, nothing, table } from "./panels.js";

/** Count what waits, and say above the inbox what comes next. */
export async function count() {
  const { waiting } = await get("schedules");
  const [next] = waiting;
  byId("coming").hidden = !next;
  if (next) byId("coming-what").textContent = t("coming", { count: waiting.length, time: clock.short(next.at), phone: next.messages[0]?.phone ?? "" });
  return waiting.length;
}

export async function render() {
  const { waiting, done } = await get("schedules");
  const lines = done.map((task) => cells(task.send_time, t(`task-${task.state}`), String(task.recipients), el("span", { dir: "auto" }, task.messages[0]?.text ?? "")));
  return [
    waiting.length ? el("ul", { class: "cards" }, ...waiting.map(card)) : nothing(t("schedules-none")),
    done.length ? el("h3", {}, t("schedules-done")) : null,
    done.length ? table([t("when"), t("state"), t("recipients"), t("text")], lines, t("schedules-done")) : null,
  ];
}

function card(task) {
  const phones = task.messages.map(({ phone }) => phone).join(", ");
  return el(
    "li",
    { class: "card" },
    el("div", { class: "head" }, el("b", {}, task.send_time), el("span", { class: "label scheduled" }, t("in-span", { span: clock.span(task.at - clock.now()) })), el("code", {}, task.schedule_id.slice(0, 8))),
    el("p", { class: "text", dir: "auto" }, task.messages[0]?.text ?? ""),
    el("p", { class: "muted" }, t("to-phones", { count: task.recipients }), " ", phones, task.recipients > task.messages.length ? " …" : ""),
    el("div", { class: "actions" }, action(t("send-now"), () => call("POST", "clock/advance", { seconds: Math.max(0, task.at - clock.now()) }))),
  );
}
