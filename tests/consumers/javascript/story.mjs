// Tells the shared scenario with any client: `call` takes a step with its values filled in and gives what came back.
import { readFileSync } from "node:fs";

export const [, , scenarioFile, origin] = process.argv;
const scenario = JSON.parse(readFileSync(scenarioFile, "utf8"));
const saved = {};

/** Put saved values in the place of $names. */
function filled(value) {
  if (typeof value === "string" && value.startsWith("$")) return saved[value.slice(1)];
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
}

/** Write JSON with sorted keys and no spaces; ids, which differ from run to run, as their type. */
function canonical(value, name = "") {
  if (scenario.hidden.includes(name)) return typeof value === "string" ? '"<text>"' : '"<number>"';
  if (Array.isArray(value)) return `[${value.map((inner) => canonical(inner)).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner, key)}`).join(",")}}`;
}

async function control({ control, body }) {
  const [method, target] = control.split(" ");
  const url = origin + target.replace(/\$(\w+)/g, (_, name) => saved[name]);
  const json = { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetch(url, { method, ...(body === undefined ? {} : json) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${control}: ${response.status} ${text}`);
  return { status: response.status, answer: text === "" ? undefined : JSON.parse(text) };
}

function line(step, { status, answer, code, refusedEarly }) {
  if (step.control !== undefined) return "done";
  if (refusedEarly) return `${step.operation} refused before it was sent`;
  const head = `${step.operation} ${status}`;
  if (code !== undefined) return `${head} ${code}`;
  if (answer === undefined) return head;
  const shown = step.show === undefined ? answer : Object.fromEntries(step.show.map((name) => [name, answer[name]]));
  return `${head} ${canonical(shown)}`;
}

/**
 * Tell the story. `call({operation, path, body, wrong_secret})` gives `{status, answer}`, `{status, code}`, or
 * `{refusedEarly: true}` if the client itself refuses the arguments.
 */
export async function tell(call) {
  let failures = 0;
  for (const [index, step] of scenario.steps.entries()) {
    const ready = { ...step, path: filled(step.path ?? {}), body: filled(step.body) };
    const told = await (step.control === undefined ? call(ready) : control(ready));
    for (const [field, name] of Object.entries(step.save ?? {})) saved[name] = told.answer[field];
    const { expect } = step;
    const wrong =
      expect !== undefined && !told.refusedEarly && (expect.status !== told.status || expect.code !== told.code);
    if (wrong) failures += 1;
    console.log(`${String(index + 1).padStart(2, "0")} ${step.say}: ${line(step, told)}${wrong ? " UNEXPECTED" : ""}`);
  }
  console.log(failures === 0 ? `all ${scenario.steps.length} steps as expected` : `${failures} steps not as expected`);
  process.exitCode = failures === 0 ? 0 : 1;
}
