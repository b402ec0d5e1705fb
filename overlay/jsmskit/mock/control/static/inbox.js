// The live list: newest first, bounded in size, older and newer messages one button away.
//
// The list is a window over the mock's messages. At the top it follows what arrives and drops its oldest rows;
// once somebody pages down past the bound it lets the newest go instead, counts what arrives, and offers the
// way back. Whatever the page does not know for certain (it missed events, the filter changed), it reads anew.

import { call, get, withQuery } from "./api.js";
import * as clock from "./clock.js";
import { curl, jsms, takesSamples } from "./commands.js";
import { byId, el, gathered, icon } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import * as describe from "./message.js";

/** Rows that are held at most, and rows that are read at once. */
const MOST_ROWS = 300;
const PAGE = 100;

const rows = new Map(); // id -> row, in no order; the order is that of the elements
const filter = { shown: "", text: "", app: "" };
let list;
let active = null;
let followsTop = true;
let hasOlder = false;
let waiting = 0;
let reading = 0;
let meanwhile = null; // what happened while a read was under way, which may be older than that
let openPhone = () => {};

export function start(open) {
  openPhone = open;
  list = byId("list");
  for (const choice of document.querySelectorAll("input[name=shown]")) choice.addEventListener("change", () => narrow({ shown: choice.value }));
  const search = byId("search");
  const typed = gathered(150, () => {
    narrow({ text: wanted() });
    const address = new URL(location.href);
    if (filter.text) address.searchParams.set("q", filter.text);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
  });
  search.value = new URLSearchParams(location.search).get("q") ?? "";
  filter.text = wanted();
  search.addEventListener("input", typed);
  byId("app").addEventListener("change", () => narrow({ app: byId("app").value }));
  byId("older").addEventListener("click", () => void readOlder());
  byId("newest").addEventListener("click", () => void read());
  byId("empty-inbox").addEventListener("click", () => void deleteShown());
  byId("export").addEventListener("click", () => void exportShown());
  byId("undo").addEventListener("click", () => void undo());
  for (const button of document.querySelectorAll("[data-copies]")) button.addEventListener("click", () => void describe.copy(byId(button.dataset.copies).textContent, button));
  onLanguage(() => void read());
}

/** What is searched for; a number may be typed in groups. */
function wanted() {
  const text = byId("search").value.trim();
  return /^[\d\s-]+$/.test(text) ? text.replace(/[\s-]/g, "") : text;
}

function narrow(change) {
  Object.assign(filter, change);
  void read();
}

const chosen = () => ({ shown: filter.shown, text: filter.text, app_key: filter.app });
const query = (more) => get("messages", { ...chosen(), limit: PAGE, ...more });

let undoable = [];

/** Delete what the filters choose, and nothing else; say how many that were, and offer to put them back. */
async function deleteShown() {
  offerUndo((await call("DELETE", withQuery("messages", chosen()))).ids);
}

/** Save what the filters choose as a file, as the control API gives it. */
async function exportShown() {
  const { messages } = await get("messages", chosen());
  const address = URL.createObjectURL(new Blob([JSON.stringify(messages, null, 2)], { type: "application/json" }));
  el("a", { href: address, download: "messages.json" }).click();
  URL.revokeObjectURL(address);
}

async function deleteOne(id) {
  offerUndo((await call("DELETE", `messages/${id}`)).ids);
}

function offerUndo(ids) {
  undoable = ids;
  byId("deleted").hidden = ids.length === 0;
  byId("deleted-count").textContent = t("deleted-count", { count: ids.length });
}

async function undo() {
  await call("POST", "messages/restore", { ids: undoable });
  offerUndo([]);
}

/** Read the newest messages anew. */
export async function read() {
  const turn = ++reading;
  const happened = (meanwhile = []);
  const limit = followsTop ? Math.min(MOST_ROWS, Math.max(PAGE, rows.size)) : PAGE;
  const { messages, dropped } = await query({ limit });
  byId("dropped").hidden = !dropped;
  if (turn !== reading) return; // a later read has begun
  const held = active?.message.id;
  const wasTyping = document.activeElement?.closest?.(".message");
  rows.clear();
  followsTop = true;
  hasOlder = messages.length === limit;
  waiting = 0;
  list.replaceChildren(...messages.reverse().map((message) => made(message).node));
  active = rows.get(held) ?? null;
  if (active) activate(active, Boolean(wasTyping));
  meanwhile = null;
  for (const { messages: known, deleted } of happened) take({ messages: known, deleted });
  settle();
}

/** Catch up with events that did not carry everything, without leading away whoever has paged down. */
async function catchUp() {
  if (followsTop) return read();
  const turn = reading;
  const top = Number(list.firstElementChild.dataset.id);
  const { messages } = await query({ before: top + 1, limit: rows.size });
  if (turn !== reading) return undefined;
  const known = new Map(messages.map((message) => [message.id, message]));
  for (const row of rows.values()) if (known.has(row.message.id)) update(row, known.get(row.message.id));
  return settle();
}

const catchUpSoon = gathered(100, () => void catchUp());

async function readOlder() {
  const turn = reading;
  const last = list.lastElementChild;
  const { messages } = await query({ before: Number(last.dataset.id) });
  if (turn !== reading) return readOlder(); // the list was read anew meanwhile
  hasOlder = messages.length === PAGE;
  const added = messages.reverse().map((message) => made(message));
  list.append(...added.map(({ node }) => node));
  while (rows.size > MOST_ROWS) {
    forget(list.firstElementChild);
    followsTop = false;
  }
  settle();
  if (added.length) activate(added[0], true);
  return undefined;
}

/** Take in what happened. Gives the messages that are new here. */
export function take(change) {
  meanwhile?.push(change);
  if (change.reset) {
    rows.clear();
    list.replaceChildren();
    active = null;
    followsTop = true;
    hasOlder = false;
    waiting = 0;
    void read();
  }
  for (const id of change.deleted ?? []) if (rows.has(id)) forget(rows.get(id).node);
  const fresh = [];
  for (const message of change.messages ?? []) {
    const row = rows.get(message.id);
    if (row) update(row, message);
    else if (describe.passes(message, filter)) fresh.push(message);
  }
  const top = Number(list.firstElementChild?.dataset.id ?? 0);
  const arrived = fresh.filter(({ id }) => id > top).reverse();
  if (followsTop) {
    list.prepend(...arrived.slice(0, MOST_ROWS).map((message) => made(message).node));
    while (rows.size > MOST_ROWS) {
      forget(list.lastElementChild);
      hasOlder = true;
    }
  } else waiting += arrived.length;
  if (change.missed) catchUpSoon();
  settle();
  return arrived;
}

/** Show commands that send a code to this very server; those of an application with the sample pair, if there is one. */
function showCommands(keys) {
  byId("try-jsms").textContent = jsms("13800138000");
  byId("try-curl").textContent = curl("POST", "/v1/codes", '{"mobile":"13800138000","temp_id":1}');
  byId("try").hidden = !takesSamples(keys);
}

/** Say which applications there are, to choose one. */
export function nameApplications(keys) {
  showCommands(keys);
  const chooser = byId("app");
  chooser.replaceChildren(el("option", { value: "" }, t("all-apps")), ...keys.map((key) => el("option", { value: key }, key)));
  chooser.value = filter.app;
  byId("app-choice").hidden = keys.length < 2;
}

function made(message) {
  const code = message.code === null ? null : describe.codeBox(message);
  const state = el("span", { class: "state" });
  describe.showState(state, message);
  const phone = el("button", { type: "button", class: "open", title: t("open-phone"), on: { click: () => openPhone(message.phone) } }, describe.number(message.phone));
  const remove = el(
    "button",
    { type: "button", class: "quiet small remove", "aria-label": t("delete-one", { phone: message.phone }), title: t("delete"), on: { click: () => void deleteOne(message.id) } },
    icon("delete"),
  );
  const card = el(
    "article",
    { class: `message ${describe.sortOf(message)}`, tabindex: -1, "aria-label": t("message-to", { phone: message.phone }) },
    el("div", { class: "head" }, phone, ...describe.labels(message), state, remove, describe.detailsButton(message), el("time", { title: `${clock.whole(message.sent_at)} UTC+8 · msg_id ${message.msg_id} · ${message.app_key}` }, clock.short(message.sent_at))),
    el("div", { class: "content" }, describe.body(message), code?.box),
  );
  const node = el("li", { data: { id: message.id } }, card);
  const row = { node, card, message, code, state };
  card.addEventListener("focusin", () => activate(row, false));
  rows.set(message.id, row);
  return row;
}

function update(row, message) {
  if (row.message.status !== message.status) describe.showState(row.state, message);
  row.message = message;
  row.code?.update(message);
}

function forget(node) {
  const row = rows.get(Number(node.dataset.id));
  if (row === active) active = null;
  rows.delete(row.message.id);
  node.remove();
}

/** Show what is around the rows: nothing there, older ones, newer ones; keep one row in the tab order. */
function settle() {
  const isNarrowed = Boolean(filter.shown || filter.text || filter.app);
  byId("nothing").hidden = rows.size > 0 || isNarrowed;
  byId("nothing-found").hidden = rows.size > 0 || !isNarrowed;
  byId("older").hidden = !hasOlder;
  byId("newest").hidden = followsTop;
  byId("newest").textContent = waiting ? t("newest-count", { count: waiting }) : t("newest");
  for (const id of ["export", "empty-inbox"]) byId(id).hidden = rows.size === 0;
  list.dataset.rows = rows.size;
  if (!active && list.firstElementChild) rows.get(Number(list.firstElementChild.dataset.id)).card.tabIndex = 0;
}

function activate(row, focus) {
  if (active) active.card.tabIndex = -1;
  active = row;
  row.card.tabIndex = 0;
  if (focus) row.card.focus();
}

/** Go to the next or the previous message. */
export function move(by) {
  const from = active?.node;
  const to = from ? (by > 0 ? from.nextElementSibling : from.previousElementSibling) : list.firstElementChild;
  if (to) activate(rows.get(Number(to.dataset.id)), true);
}

/** Copy the code of the active message, or of the newest that has one. */
export function copyCode() {
  const row = active?.code ? active : [...list.children].map((node) => rows.get(Number(node.dataset.id))).find(({ code }) => code);
  if (row) void describe.copy(row.message.code, row.code.box.querySelector(".copier"));
}

export const activeMessage = () => active?.message ?? null;

/** Give the focus back to the list. */
export function focusActive() {
  (active ?? rows.get(Number(list.firstElementChild?.dataset.id)))?.card.focus();
}
