// The log of requests: for each refusal which rule fired, how sure that rule is, and what the documents say.

import { get } from "./api.js";
import * as clock from "./clock.js";
import { el } from "./dom.js";
import { language, t } from "./i18n.js";
import { OPERATIONS } from "./operations-zh.js";
import { nothing } from "./panels.js";

const opened = new Set();
let refusedOnly = false;

export async function render(again) {
  const { requests } = await get("requests", { refused: refusedOnly ? 1 : 0 });
  const only = el("input", {
    type: "checkbox",
    checked: refusedOnly,
    on: {
      change: ({ target }) => {
        refusedOnly = target.checked;
        again();
      },
    },
  });
  return [
    el("label", { class: "tick" }, only, t("refused-only")),
    requests.length ? el("ol", { class: "log" }, ...requests.map(line)) : nothing(t(refusedOnly ? "refusals-none" : "requests-none")),
  ];
}

function line(request) {
  const details = el(
    "details",
    { open: opened.has(request.id), on: { toggle: () => (details.open ? opened.add(request.id) : opened.delete(request.id)) } },
    el(
      "summary",
      {},
      el("time", {}, clock.short(request.at)),
      el("span", { class: `verdict ${request.code || request.end !== "answered" || request.fault ? "failed" : "delivered"}` }, verdict(request)),
      el("span", { class: "where" }, el("b", {}, request.method), " ", el("span", { class: "path" }, request.path)),
      el("span", { class: "title" }, request.why?.documents?.[`title_${language}`] ?? (language === "zh" ? OPERATIONS[request.operation] : request.summary) ?? ""),
      request.why?.rule?.confidence && el("span", { class: `label ${request.why.rule.confidence}` }, t(request.why.rule.confidence)),
    ),
    el("div", { class: "reasons" }, ...reasons(request)),
  );
  return el("li", {}, details);
}

function verdict(request) {
  if (request.end !== "answered") return t(`end-${request.end}`);
  if (request.code) return String(request.code);
  return request.entry_codes.length ? `${request.status} (${request.entry_codes.join(", ")})` : String(request.status);
}

function* reasons({ why, request, reply, latency }) {
  if (why?.rule) {
    yield el("h3", {}, t("rule"));
    yield el("p", {}, el("code", {}, why.rule.id), " ", why.rule.confidence && el("span", { class: `label ${why.rule.confidence}` }, t(why.rule.confidence)));
    yield el("p", {}, why.rule.summary);
    yield el("p", { class: "muted" }, why.rule.confidence && `${t(`${why.rule.confidence}-means`)} `, t("source", { source: why.rule.source }));
  }
  if (why?.documents) {
    const told = why.documents;
    yield el("h3", {}, t("documents"));
    yield el("p", {}, el("code", {}, `${told.code} ${told.name}`), ` “${told.message}”: ${told[`title_${language}`]}`);
    yield el("p", {}, told[`remedy_${language}`]);
    if (told.doubts.length) yield el("p", { class: "muted" }, t("doubts", { doubts: told.doubts.join(", ") }));
  }
  if (latency) yield el("p", { class: "muted" }, t("was-slow", { seconds: latency }));
  yield el("h3", {}, t("exchange"));
  yield el("pre", { tabindex: 0, dir: "auto", "aria-label": t("request") }, request || t("empty"));
  yield el("pre", { tabindex: 0, dir: "auto", "aria-label": t("answer") }, reply || t("empty"));
}
