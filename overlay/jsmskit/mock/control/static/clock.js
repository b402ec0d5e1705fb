// The mock's clock as this page knows it, and times in words. The service's zone (UTC+8) everywhere, as in
// `send_time`: one zone, so that nobody has to convert in the head.

import { t } from "./i18n.js";

const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const DAY = new Intl.DateTimeFormat("sv-SE", { ...ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const TIME = new Intl.DateTimeFormat("sv-SE", { ...ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });

const listeners = [];
let told = { mode: "real", now: Date.now() / 1000, moves: -1 };
let toldAt = performance.now();

export const mode = () => told.mode;

/** The present instant on the mock's clock, in seconds since 1970. */
export function now() {
  return told.mode === "frozen" ? told.now : told.now + (performance.now() - toldAt) / 1000;
}

/**
 * Take over what the mock says, unless something newer is known: answers overtake each other, and a page that comes
 * back hears of what it missed. Between two moves the account that came with the least delay is right, the latest instant.
 * `begins`: it may be another mock, whose moves are counted anew.
 */
export function setClock(clock, begins = false) {
  const isNewer = begins || clock.moves > told.moves || (clock.moves === told.moves && clock.now > now());
  if (isNewer) {
    told = clock;
    toldAt = performance.now();
  }
  tick();
}

/** Be called once a second, and whenever the clock was moved. */
export function onTick(listener) {
  listeners.push(listener);
}

function tick() {
  const at = now();
  for (const listener of listeners) listener(at);
}

setInterval(tick, 1000);

export const day = (at) => DAY.format(at * 1000);
export const time = (at) => TIME.format(at * 1000);
export const whole = (at) => `${day(at)} ${time(at)}`;

/** An instant as a list shows it: the time alone on the mock's present day. */
export const short = (at) => (day(at) === day(now()) ? time(at) : whole(at).slice(5, 16));

/** A span of seconds in few letters. */
export function span(seconds) {
  const left = Math.max(0, Math.round(seconds));
  if (left < 3600) return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  if (left < 86_400) return t("hours", { h: Math.floor(left / 3600), m: Math.floor((left % 3600) / 60) });
  return t("days", { d: Math.floor(left / 86_400), h: Math.floor((left % 86_400) / 3600) });
}
