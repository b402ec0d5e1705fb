// Sending a test message: a call of the service itself, so that its rules decide and its log shows it.

import { get, readSpec } from "./api.js";
import { byId, el } from "./dom.js";
import { language, t } from "./i18n.js";

const APPROVED = 1;
const VERIFICATION = 1;

let applications = [];

export function start() {
  byId("send-app").addEventListener("change", showTemplates);
  byId("send-template").addEventListener("change", showValues);
  byId("send").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
}

/** Ask what to send; to the phone that is open, if one is. */
export async function open(phone) {
  ({ applications } = await get("state"));
  offer(byId("send-app"), applications.map(({ app_key: key }) => [key, key]));
  byId("send-app-field").hidden = applications.length < 2;
  byId("send-to").value = phone ?? (byId("send-to").value || "13800138000");
  showTemplates();
  byId("send").showModal();
}

/** Fill a choice; what was chosen stays so. */
function offer(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
}

const application = () => applications.find(({ app_key: key }) => key === byId("send-app").value);
const template = () => application()?.templates.find(({ temp_id: id }) => String(id) === byId("send-template").value);

function showTemplates() {
  const approved = application()?.templates.filter(({ status }) => status === APPROVED) ?? [];
  offer(byId("send-template"), approved.map(({ temp_id: id, template: text }) => [String(id), `${id} ${text}`]));
  showValues();
}

function showValues() {
  byId("send-trouble").textContent = "";
  const names = isCode() ? [] : variables();
  byId("send-values").replaceChildren(...names.map((name) => el("label", {}, el("span", {}, name), el("input", { name, required: true, autocomplete: "off", dir: "auto" }))));
}

const variables = () => [...new Set([...(template()?.template ?? "").matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))];

/** Whether the service makes the code. */
const isCode = () => template()?.type === VERIFICATION && variables().join() === "code";

async function send() {
  const { app_key: key, master_secret: secret } = application() ?? {};
  const message = { mobile: byId("send-to").value.trim(), temp_id: template()?.temp_id };
  const values = Object.fromEntries([...byId("send-values").querySelectorAll("input")].map(({ name, value }) => [name, value]));
  const request = isCode() ? ["../v1/codes", message] : ["../v1/messages", Object.keys(values).length ? { ...message, temp_para: values } : message];
  byId("send-trouble").textContent = "";
  try {
    const answer = await fetch(request[0], {
      method: "POST",
      credentials: "omit",
      headers: { authorization: `Basic ${btoa(`${key}:${secret}`)}`, "content-type": "application/json" },
      body: JSON.stringify(request[1]),
    });
    if (answer.ok) byId("send").close();
    else byId("send-trouble").textContent = await refusal(await answer.json());
  } catch (error) {
    byId("send-trouble").textContent = t("send-failed", { why: error.message });
  }
}

/** What a refusal means, as the documents say it. */
async function refusal({ error }) {
  const known = (await readSpec())["x-errors"].find(({ code }) => code === error.code);
  return `${error.code} ${error.message}${known ? `: ${known.title[language]}` : ""}`;
}
