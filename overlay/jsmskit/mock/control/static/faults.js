// Trouble on request: which faults stand and how often they struck, three that are wanted often, and a form.

import { call, get, Problem, readSpec } from "./api.js";
import { el, icon } from "./dom.js";
import { language, t } from "./i18n.js";
import { action, complain, field, nothing } from "./panels.js";

const KINDS = ["latency", "refuse", "drop", "hang", "malformed", "code", "status"];

export async function count() {
  return (await get("faults")).faults.filter(({ remaining }) => remaining !== 0).length;
}

export async function render() {
  const [{ faults }, spec] = await Promise.all([get("faults"), readSpec()]);
  const codes = spec["x-errors"].filter(({ http }) => http >= 400);
  const add = (fault) => call("POST", "faults", fault);
  return [
    faults.length ? el("ul", { class: "cards" }, ...faults.map((fault) => card(fault, codes))) : nothing(t("faults-none")),
    faults.length > 1 ? el("div", { class: "actions" }, action(t("faults-clear"), () => call("DELETE", "faults"), "bad")) : null,
    el("h3", {}, t("faults-often")),
    el("div", { class: "actions" }, action(t("fault-broke"), () => add({ kind: "code", code: 50014, times: 1 })), action(t("fault-lost"), () => add({ kind: "drop", times: 1 })), action(t("fault-half"), () => add({ kind: "drop", probability: 0.5 })), action(t("fault-slow"), () => add({ kind: "latency", seconds: 3 }))),
    el("h3", {}, t("fault-new")),
    form(spec, codes, add),
  ];
}

function card(fault, codes) {
  const meaning = fault.code ? codes.find(({ code }) => code === fault.code)?.title[language] : "";
  const narrow = [fault.operation, fault.phone, fault.app_key, fault.probability === undefined ? null : `${fault.probability * 100} %`].filter(Boolean).join(" · ");
  const what = [fault.code, meaning, fault.status, fault.seconds === undefined ? null : t("seconds", { seconds: fault.seconds })].filter(Boolean).join(" ");
  const counts = fault.remaining === null ? t("struck", { struck: fault.struck, seen: fault.seen }) : t("struck-left", { struck: fault.struck, left: fault.remaining });
  return el(
    "li",
    { class: `card${fault.remaining === 0 ? " spent" : ""}` },
    el("div", { class: "head" }, el("b", {}, t(`fault-${fault.kind}`)), what && el("span", {}, what), el("span", { class: "muted" }, narrow || t("all-requests")), el("span", { class: "label plain" }, counts), action(t("take-back"), () => call("DELETE", `faults/${fault.id}`))),
  );
}

function form(spec, codes, add) {
  const kind = el("select", { name: "kind" }, ...KINDS.map((one) => el("option", { value: one }, t(`fault-${one}`))));
  const operations = Object.values(spec.paths).flatMap((path) => Object.values(path)).filter(({ operationId }) => operationId);
  const numbers = { type: "number", min: 0, step: "any" };
  const inputs = {
    code: el("select", { name: "code" }, ...codes.map(({ code, title }) => el("option", { value: code }, `${code} ${title[language]}`))),
    status: el("input", { ...numbers, name: "status", value: "502", min: 200, max: 599, step: 1 }),
    seconds: el("input", { ...numbers, name: "seconds", value: "3" }),
  };
  const special = Object.fromEntries(Object.entries({ code: "code", status: "status", latency: "seconds" }).map(([of, name]) => [of, field(t(`field-${name}`), inputs[name])]));
  const choose = () => Object.entries(special).forEach(([of, input]) => (input.hidden = of !== kind.value));
  kind.addEventListener("change", choose);
  choose();
  const submit = async (event) => {
    event.preventDefault();
    const told = new FormData(event.target);
    const fault = { kind: kind.value };
    for (const name of ["operation", "phone"]) if (told.get(name)) fault[name] = told.get(name);
    for (const name of ["times", "probability"]) if (told.get(name)) fault[name] = Number(told.get(name));
    const wanted = { code: "code", status: "status", latency: "seconds" }[kind.value];
    if (wanted) fault[wanted] = Number(told.get(wanted));
    document.activeElement.blur();
    try {
      await add(fault);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      complain(error.message);
    }
  };
  return el(
    "form",
    { class: "grid", on: { submit } },
    field(t("field-kind"), kind),
    ...Object.values(special),
    field(t("field-operation"), el("select", { name: "operation" }, el("option", { value: "" }, t("all-requests")), ...operations.map(({ operationId }) => el("option", {}, operationId)))),
    field(t("field-phone"), el("input", { name: "phone", inputmode: "tel", autocomplete: "off", placeholder: t("every-number") })),
    field(t("field-times"), el("input", { ...numbers, name: "times", min: 1, step: 1, placeholder: t("always") })),
    field(t("field-probability"), el("input", { ...numbers, name: "probability", max: 1, step: 0.01, placeholder: "1" })),
    el("div", { class: "actions" }, el("button", { class: "bad" }, icon("faults"), t("fault-add"))),
  );
}
