// Puts the page together: views, the clock in the header, keys, the badge, and the stream that drives it all.

import { call, get, Problem } from "./api.js";
import * as reviews from "./reviews.js";
import * as balances from "./balances.js";
import * as callbacks from "./callbacks.js";
import * as clock from "./clock.js";
import * as details from "./details.js";
import { byId, gathered, kept } from "./dom.js";
import * as faults from "./faults.js";
import { choose, language, onLanguage, t, translate } from "./i18n.js";
import * as inbox from "./inbox.js";
import * as notify from "./notify.js";
import { complain } from "./panels.js";
import * as phone from "./phone.js";
import * as requests from "./requests.js";
import * as schedules from "./schedules.js";
import * as send from "./send.js";
import * as settings from "./settings.js";
import { watch } from "./stream.js";

const PANELS = { reviews, schedules, requests, faults, callbacks, balances, settings };
/** Panels whose part of the mock is small and changes seldom: their counts stand beside their names. */
const COUNTED = ["reviews", "schedules", "faults"];

let view = "inbox";
let unseen = 0;
let newestCode = "";

// Views. The address says which one, and which phone is open: `#/requests`, `#/phone/13800138000`; `?q=` is the search.

function route() {
  const [, number] = /^#\/phone\/(\d{1,20})$/.exec(location.hash) ?? [];
  show(number ? "inbox" : location.hash.slice(2));
  if (number) void phone.open(number);
  else phone.close();
}

const openPhone = (number) => (location.hash = `#/phone/${number}`);
const closePhone = () => (location.hash = "#/inbox");

function show(name) {
  view = name in PANELS ? name : "inbox";
  for (const link of document.querySelectorAll("#views a[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.querySelector("#views a[aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
  byId("inbox").hidden = view !== "inbox";
  byId("panel").hidden = view === "inbox";
  if (view === "inbox") return;
  byId("panel-title").textContent = t(`view-${view}`);
  byId("panel-about").textContent = t(`about-${view}`);
  byId("panel-content").replaceChildren();
  void draw();
}

let drawing = false;
let again = false;
let held = false;
let waiting = false;

/** Draw the panel in view. One drawing at a time, so that an older one never covers a newer. */
async function draw() {
  again = true;
  if (drawing) return;
  drawing = true;
  try {
    while (again) {
      again = false;
      const name = view;
      if (name === "inbox") return;
      const parts = await PANELS[name].render(() => void draw());
      if (name === view) put(parts);
      else again = true;
    }
  } finally {
    drawing = false;
  }
}

function put(parts) {
  // A button that is pressed must still be there when it is let go, or the click is lost.
  if (held) {
    waiting = true;
    return;
  }
  const content = byId("panel-content");
  const busy = document.activeElement;
  // Whoever is filling in a field keeps it; the panel is drawn once the field is left.
  if (content.contains(busy) && busy.matches("input:not([type=checkbox]), select, textarea")) {
    busy.addEventListener("blur", () => setTimeout(() => void draw()), { once: true });
    return;
  }
  const had = content.contains(busy);
  // A form that is half filled in stays as it is, and where it is, until it is sent.
  const fresh = parts.filter(Boolean);
  const begun = content.querySelector("form[data-begun]");
  const place = begun ? fresh.findIndex((part) => part.matches("form")) : -1;
  if (place < 0) content.replaceChildren(...fresh);
  else {
    for (const old of [...content.children]) if (old !== begun) old.remove();
    begun.before(...fresh.slice(0, place));
    begun.after(...fresh.slice(place + 1));
  }
  if (had && !content.contains(document.activeElement)) byId("panel-title").focus();
}

/** The button was let go; what waited for that is drawn when its click is done. */
function released() {
  held = false;
  if (!waiting) return;
  waiting = false;
  setTimeout(() => void draw());
}

const redraw = Object.fromEntries(Object.keys(PANELS).map((name) => [name, gathered(200, () => name === view && void draw())]));
const recount = Object.fromEntries(COUNTED.map((name) => [name, gathered(200, () => void count(name))]));

async function count(name) {
  const number = await PANELS[name].count();
  const badge = document.querySelector(`#views a[data-view=${name}] .count`);
  badge.textContent = number ? String(number) : "";
}

// What happens.

async function load() {
  const [, { applications }] = await Promise.all([inbox.read(), get("balances"), phone.show(), get("clock").then(clock.setClock)]);
  inbox.nameApplications(applications.map(({ app_key: key }) => key));
  for (const name of COUNTED) recount[name]();
  if (view !== "inbox") redraw[view]();
}

function happened(kind, value) {
  if (kind === "state") {
    document.body.dataset.stream = value;
    byId("stream").textContent = t(`stream-${value}`);
    return;
  }
  clock.setClock(value.clock, kind === "hello" && value.fresh);
  if (kind === "hello") {
    if (value.fresh) void load();
    return;
  }
  const arrived = inbox.take(value);
  phone.take(value);
  if (value.reset) void load();
  for (const part of value.changed ?? []) {
    redraw[part]?.();
    recount[part]?.();
    if (part === "requests") usedFault();
  }
  announce(arrived, value.arrived ?? 0);
}

function usedFault() {
  redraw.faults();
  if (document.querySelector("#views a[data-view=faults] .count").textContent) recount.faults();
}

function announce(arrived, number) {
  if (!number) return;
  const newest = arrived[0];
  if (newest?.code) newestCode = newest.code;
  if (document.hidden || !document.hasFocus()) unseen += number;
  badge();
  if (newest) notify.tell(arrived, openPhone);
  say(number === 1 && newest ? t(newest.code ? "heard-code" : "heard-message", { phone: newest.phone, code: newest.code }) : t("heard-many", { count: number }));
}

function say(text) {
  byId("announce").textContent = text;
}

function badge() {
  const code = unseen && newestCode ? `${newestCode} · ` : "";
  document.title = unseen ? `(${unseen}) ${code}${t("title")}` : t("title");
  const href = unseen ? "page/icon-new.svg" : "page/icon.svg";
  if (byId("icon").getAttribute("href") !== href) byId("icon").setAttribute("href", href);
}

function seen() {
  if (document.hidden) return;
  unseen = 0;
  newestCode = "";
  badge();
}

// The clock in the header.

clock.onTick((at) => {
  byId("now").textContent = clock.whole(at);
  byId("clock").dataset.mode = clock.mode();
  byId("clock-mode").textContent = t(`clock-${clock.mode()}`);
  const frozen = clock.mode() === "frozen";
  byId("freeze").setAttribute("aria-pressed", String(frozen));
  byId("freeze-word").textContent = t(frozen ? "run" : "freeze");
  byId("real").hidden = clock.mode() === "real";
});

function startClock() {
  byId("freeze").addEventListener("click", () => void call("PUT", "clock", { mode: clock.mode() === "frozen" ? "shifted" : "frozen" }));
  byId("real").addEventListener("click", () => void call("PUT", "clock", { mode: "real" }));
  for (const button of document.querySelectorAll("[data-advance]")) button.addEventListener("click", () => void call("POST", "clock/advance", { seconds: Number(button.dataset.advance) }));
}

// Keys and choices.

const KEYS = {
  "/": () => byId("search").focus(),
  j: () => inbox.move(1),
  ArrowDown: () => inbox.move(1),
  k: () => inbox.move(-1),
  ArrowUp: () => inbox.move(-1),
  c: () => inbox.copyCode(),
  i: () => inbox.activeMessage() && void details.open(inbox.activeMessage()),
  o: () => inbox.activeMessage() && openPhone(inbox.activeMessage().phone),
  r: () => phone.isOpen() && phone.focusReply(),
  "?": () => byId("help").showModal(),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "Escape" && phone.isOpen()) closePhone();
  if (event.key === "Enter" && event.target.matches(".message")) KEYS.o();
  const act = KEYS[event.key];
  const scrolls = event.key.startsWith("Arrow") && !event.target.matches(".message, body");
  if (!act || view !== "inbox" || scrolls) return;
  event.preventDefault();
  act();
}

function startChoices() {
  const content = byId("panel-content");
  content.addEventListener("input", ({ target }) => target.closest("form")?.setAttribute("data-begun", ""));
  content.addEventListener("pointerdown", () => (held = true));
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, released);
  content.addEventListener("submit", ({ target }) => target.removeAttribute("data-begun"));
  byId("language").addEventListener("click", () => choose(language === "en" ? "zh" : "en"));
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    kept.set("theme", root.dataset.theme);
  });
  byId("keys").addEventListener("click", () => byId("help").showModal());
  byId("sure").addEventListener("close", () => byId("sure").returnValue === "ok" && void call("POST", "reset"));
  for (const button of document.querySelectorAll("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close(button.dataset.close));
  byId("phone-close").addEventListener("click", closePhone);
  for (const button of document.querySelectorAll("[data-sends]")) button.addEventListener("click", () => void send.open(phone.shown()));
  byId("dismiss").addEventListener("click", () => (byId("trouble-note").hidden = true));
  for (const form of document.querySelectorAll("#ask form, #token form, #searching")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.closest("dialog")?.close("ok");
    });
  }
  onLanguage(() => {
    show(view);
    badge();
    happened("state", document.body.dataset.stream ?? "lost");
    void load();
  });
}

window.addEventListener("hashchange", route);
document.addEventListener("details", ({ detail }) => void details.open(detail));
window.addEventListener("focus", seen);
document.addEventListener("visibilitychange", seen);
document.addEventListener("keydown", pressed);
document.addEventListener("announce", ({ detail }) => say(detail));
window.addEventListener("unhandledrejection", (event) => {
  // Refused calls are shown; that the mock is gone (nowhere) is told by the light in the header already.
  if (!(event.reason instanceof Problem)) return;
  event.preventDefault();
  if (event.reason.where) complain(event.reason.message);
});

translate();
inbox.start(openPhone);
phone.start(() => inbox.focusActive());
startClock();
startChoices();
send.start();
notify.start();
route();
badge();
void watch(happened, () => void load());
