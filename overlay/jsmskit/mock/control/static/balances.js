// Balances of accounts and applications; a figure can be changed where it stands.

import { call, get, Problem } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { complain, cells, table } from "./panels.js";

const KINDS = ["balance", "voice", "industry", "market"];

export async function render() {
  const { accounts, applications } = await get("balances");
  const headings = [t("key"), ...KINDS.map((kind) => t(`balance-${kind}`))];
  const line = (whose, key, balances) => cells(el("code", {}, key), ...KINDS.map((kind) => figure(whose, key, kind, balances[kind])));
  return [
    el("p", { class: "muted" }, t("balances-order")),
    el("h3", {}, t("applications")),
    table(headings, applications.map((one) => line("app_key", one.app_key, one.balances)), t("applications")),
    el("h3", {}, t("accounts")),
    table(headings, accounts.map((one) => line("dev_key", one.dev_key, one.balances)), t("accounts")),
  ];
}

function figure(whose, key, kind, left) {
  const change = async ({ target }) => {
    const value = target.value === "" ? null : Number(target.value);
    try {
      await call("PUT", "balances", { [whose]: key, balances: { [kind]: value } });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      complain(error.message);
    }
  };
  return el("input", { type: "number", min: 0, step: 1, class: "figure", value: left ?? "", placeholder: "–", "aria-label": `${key} ${t(`balance-${kind}`)}`, on: { change } });
}
