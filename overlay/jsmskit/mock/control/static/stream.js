// One stream of events for all pages of a browser. A browser opens six connections to a host, no more, and a
// stream holds one for ever: so one page reads and tells the others, and when it goes the next one takes over.
// Each knows the id of the last event that it saw; whoever takes over goes on from there, and nothing is lost.

import { askForToken, authorization } from "./api.js";

const NAME = "jsms-mock-events";
const LONGEST_PAUSE = 2000;

let lastId = "";
let state = "lost";
let give = () => {};
let channel = null;
let wakeUp = () => {};

/** Start. `handle` gets ("hello" | "change" | "state", value); a page that does not read itself loads at once. */
export async function watch(handle, loadNow) {
  give = handle;
  if (!navigator.locks || !window.BroadcastChannel) {
    await read(); // not a secure context: a stream for this page alone
    return;
  }
  channel = new BroadcastChannel(NAME);
  channel.addEventListener("message", ({ data }) => heard(data));
  for (const event of ["online", "visibilitychange"]) window.addEventListener(event, () => wakeUp());
  let leads = false;
  const lead = (lock) => {
    leads = Boolean(lock);
    return lock ? read() : undefined;
  };
  await navigator.locks.request(NAME, { ifAvailable: true }, lead);
  if (!leads) {
    channel.postMessage({ kind: "ask" });
    loadNow();
    await navigator.locks.request(NAME, lead);
  }
}

function heard({ kind, id, value }) {
  if (kind === "ask") {
    if (lastId) channel.postMessage({ kind: "state", value: state });
    return;
  }
  if (id) lastId = id;
  take(kind, value);
}

function tell(kind, id, value) {
  if (id) lastId = id;
  channel?.postMessage({ kind, id, value });
  take(kind, value);
}

function take(kind, value) {
  if (kind === "state") state = value;
  give(kind, value);
}

async function read() {
  let pause = 100;
  for (;;) {
    try {
      const headers = { accept: "text/event-stream", "last-event-id": lastId, ...authorization() };
      const answer = await fetch("events", { headers, cache: "no-store" });
      if (answer.status === 401) {
        await askForToken();
        continue;
      }
      if (!answer.ok) throw new Error(`${answer.status}`);
      pause = 100;
      tell("state", "", "live");
      for await (const { kind, id, value } of events(answer.body)) tell(kind, id, value);
    } catch {
      // The server is gone, or another; try again below.
    }
    if (state !== "lost") tell("state", "", "lost");
    await new Promise((resolve) => {
      wakeUp = resolve;
      setTimeout(resolve, pause);
    });
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      yield { kind: fields.event, id: fields.id, value: JSON.parse(fields.data) };
    }
  }
}
