// One phone: what it got, what its owner wrote back, what will still come, and a box to write back.

import { call, get, Problem } from "./api.js";
import * as clock from "./clock.js";
import { byId, el, gathered, icon } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import * as describe from "./message.js";

const MOST = 100;

let phone = null;
let reading = 0;
let whenClosed = () => {};

export const isOpen = () => phone !== null;
export const shown = () => phone;

export function start(closed) {
  whenClosed = closed;
  byId("reply").addEventListener("submit", (event) => {
    event.preventDefault();
    void send(byId("reply-text").value);
  });
  byId("unsubscribe").addEventListener("click", () => void send("T"));
  onLanguage(() => void show());
}

export async function open(chosen) {
  phone = chosen;
  document.body.classList.add("with-phone");
  byId("phone").hidden = false;
  byId("reply-trouble").textContent = "";
  await show();
  byId("phone-title").focus();
}

export function close() {
  if (phone === null) return;
  phone = null;
  document.body.classList.remove("with-phone");
  byId("phone").hidden = true;
  whenClosed();
}

export function focusReply() {
  byId("reply-text").focus();
}

const showSoon = gathered(80, () => void show());

/** Take in what happened, if it happened to this phone. */
export function take(change) {
  if (phone === null) return;
  const parts = change.changed ?? [];
  const concerns = (change.messages ?? []).some((message) => message.phone === phone);
  if (change.reset || change.deleted || change.missed || concerns || parts.includes("replies") || parts.includes("schedules")) showSoon();
}

/** Show the phone anew. */
export async function show() {
  if (phone === null) return;
  const turn = ++reading;
  const [{ messages }, { replies, unsubscribed_from: left }, { waiting }] = await Promise.all([get("messages", { phone, limit: MOST }), get("replies", { phone }), get("schedules")]);
  if (turn !== reading) return;
  byId("phone-title").replaceChildren(describe.number(phone));
  const note = byId("phone-note");
  note.hidden = left.length === 0;
  note.textContent = t("unsubscribed");
  const coming = waiting.flatMap((task) => task.messages.filter((one) => one.phone === phone).map((one) => ({ ...one, at: task.at })));
  const spoken = [...messages.map((message) => ({ at: message.sent_at, node: received(message) })), ...replies.map((reply) => ({ at: reply.at, node: written(reply) }))].sort((one, other) => one.at - other.at);
  const thread = byId("thread");
  thread.replaceChildren(...spoken.map(({ node }) => node), ...coming.map(planned));
  thread.scrollTop = thread.scrollHeight;
}

function received(message) {
  const state = el("span", { class: "state" });
  describe.showState(state, message);
  return el(
    "li",
    { class: `bubble in ${describe.sortOf(message)}` },
    el("div", { class: "paper" }, describe.body(message), message.code === null ? null : describe.codeBox(message).box),
    el("div", { class: "under" }, el("time", { title: clock.whole(message.sent_at) }, clock.short(message.sent_at)), state, describe.detailsButton(message)),
  );
}

const written = (reply) =>
  el("li", { class: "bubble out" }, el("div", { class: "paper" }, el("p", { class: "text", dir: "auto" }, reply.content)), el("div", { class: "under" }, el("time", { title: clock.whole(reply.at) }, clock.short(reply.at))));

const planned = (one) =>
  el("li", { class: "bubble in planned" }, el("div", { class: "paper" }, el("p", { class: "text", dir: "auto" }, one.text)), el("div", { class: "under" }, icon("schedules"), t("will-come", { time: clock.short(one.at) })));

async function send(content) {
  const trouble = byId("reply-trouble");
  trouble.textContent = "";
  try {
    await call("POST", "replies", { phone, content });
    byId("reply-text").value = "";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble.textContent = error.message;
  }
}
