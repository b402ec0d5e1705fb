// Everything about one message: its fields, and the request that made it, as a command.

import { get } from "./api.js";
import * as clock from "./clock.js";
import { curl } from "./commands.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { body, sortOf, statusTitle } from "./message.js";

export async function open(message) {
  const { requests } = await get("requests", { msg_id: message.msg_id, limit: 1 });
  const title = message.status === null ? "" : await statusTitle(message.status);
  const when = (at) => at && `${clock.whole(at)} UTC+8`;
  const facts = {
    phone: message.phone,
    msg_id: message.msg_id,
    sort: t(`sort-${sortOf(message)}`),
    temp_id: message.temp_id,
    sign_id: message.sign_id,
    tag: message.tag,
    units: message.units,
    app_key: message.app_key,
    sent_at: when(message.sent_at),
    expires_at: when(message.expires_at),
    verified_at: when(message.verified_at),
    reported_at: when(message.reported_at),
    status: message.status && `${message.status} ${title}`,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  byId("details-text").replaceChildren(body(message));
  byId("details-facts").replaceChildren(...known.map(([name, value]) => el("div", {}, el("dt", {}, t(`fact-${name}`)), el("dd", { dir: "auto" }, String(value)))));
  const command = requests.length ? commandOf(requests[0]) : null;
  byId("details-request").hidden = command === null;
  byId("details-no-request").hidden = command !== null;
  byId("details-curl").textContent = command ?? "";
  byId("details").showModal();
}

/** The request as a command; null if its body was too long to be kept whole. */
function commandOf({ method, path, request, app_key: key }) {
  try {
    JSON.parse(request);
  } catch {
    return null;
  }
  return curl(method, path, request, key);
}
