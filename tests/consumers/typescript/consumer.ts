// Tells the shared scenario with a client whose types are made from the spec (jsms.ts), and prints the transcript.
//   node consumer.js SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like
import { readFileSync } from "node:fs";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./jsms.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Schemas = components["schemas"];

interface Step {
  say: string;
  control?: string;
  operation?: string;
  path?: Record<string, string>;
  body?: Json;
  save?: Record<string, string>;
  show?: string[];
  wrong_secret?: boolean;
  expect?: { status: number; code?: number };
}

interface Told {
  status: number;
  answer?: unknown;
  refusal?: Schemas["ErrorEnvelope"];
}

const [scenarioFile, origin] = process.argv.slice(2);
if (scenarioFile === undefined || origin === undefined) throw new Error("usage: consumer.js SCENARIO.json ORIGIN");
const scenario: { hidden: string[]; steps: Step[] } = JSON.parse(readFileSync(scenarioFile, "utf8"));
const saved: Record<string, Json> = {};

function clientFor(key: string, secret: string): Client<paths> {
  const credentials = Buffer.from(`${process.env[key]}:${secret}`).toString("base64");
  return createClient<paths>({ baseUrl: `${origin}/v1`, headers: { Authorization: `Basic ${credentials}` } });
}

const app = clientFor("JSMS_APP_KEY", process.env["JSMS_MASTER_SECRET"] ?? "");
const stranger = clientFor("JSMS_APP_KEY", "wrong");
const account = clientFor("JSMS_DEV_KEY", process.env["JSMS_DEV_SECRET"] ?? "");

/** Put saved values in the place of $names. */
function filled(value: Json): Json {
  if (typeof value === "string" && value.startsWith("$")) return saved[value.slice(1)] ?? value;
  if (Array.isArray(value)) return value.map(filled);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
  }
  return value;
}

/** Write JSON with sorted keys and no spaces; ids, which differ from run to run, as their type. */
function canonical(value: unknown, name = ""): string {
  if (scenario.hidden.includes(name)) return typeof value === "string" ? '"<text>"' : '"<number>"';
  if (Array.isArray(value)) return `[${value.map((inner) => canonical(inner)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner, key)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

interface Result {
  data?: unknown;
  error?: Schemas["ErrorEnvelope"] | undefined;
  response: Response;
}

async function call(step: Step): Promise<Told> {
  const client = step.wrong_secret === true ? stranger : app;
  const body = filled(step.body ?? null);
  const id = (name: string): string => String(filled(step.path?.[name] ?? ""));
  const done = await (async (): Promise<Result> => {
    switch (step.operation) {
      case "sendCode":
        return client.POST("/codes", { body: body as Schemas["SendCodeRequest"] });
      case "sendVoiceCode":
        return client.POST("/voice_codes", { body: body as Schemas["SendVoiceCodeRequest"] });
      case "verifyCode":
        return client.POST("/codes/{msg_id}/valid", {
          params: { path: { msg_id: id("msg_id") } },
          body: body as Schemas["VerifyCodeRequest"],
        });
      case "sendMessage":
        return client.POST("/messages", { body: body as Schemas["SendMessageRequest"] });
      case "sendMessageBatch":
        return client.POST("/messages/batch", { body: body as unknown as Schemas["SendMessageBatchRequest"] });
      case "createTemplate":
        return client.POST("/templates", { body: body as Schemas["TemplateRequest"] });
      case "getTemplate":
        return client.GET("/templates/{temp_id}", { params: { path: { temp_id: Number(id("temp_id")) } } });
      case "createSchedule":
        return client.POST("/schedule", { body: body as Schemas["ScheduleRequest"] });
      case "createScheduleBatch":
        return client.POST("/schedule/batch", { body: body as unknown as Schemas["ScheduleBatchRequest"] });
      case "getSchedule":
        return client.GET("/schedule/{schedule_id}", { params: { path: { schedule_id: id("schedule_id") } } });
      case "updateSchedule":
        return client.PUT("/schedule/{schedule_id}", {
          params: { path: { schedule_id: id("schedule_id") } },
          body: body as Schemas["ScheduleRequest"],
        });
      case "deleteSchedule":
        // The answer has no body: do not let the client look for JSON in it.
        return client.DELETE("/schedule/{schedule_id}", {
          params: { path: { schedule_id: id("schedule_id") } },
          parseAs: "text",
        });
      case "getAppBalance":
        return client.GET("/accounts/app");
      case "getAccountBalance":
        return account.GET("/accounts/dev");
      case "pullReplies":
        return client.GET("/reply");
      case "pullReports":
        return client.GET("/report");
      default:
        throw new Error(`no way to call ${step.operation}`);
    }
  })();
  if (done.error !== undefined) return { status: done.response.status, refusal: done.error };
  return { status: done.response.status, answer: done.data === "" ? undefined : done.data };
}

async function control(step: Step): Promise<Told> {
  const [method = "", target = ""] = (step.control ?? "").split(" ");
  const url = origin + target.replace(/\$(\w+)/g, (_, name: string) => String(saved[name]));
  const init: RequestInit = { method };
  if (step.body !== undefined) {
    init.body = JSON.stringify(filled(step.body));
    init.headers = { "Content-Type": "application/json" };
  }
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${step.control}: ${response.status} ${text}`);
  return { status: response.status, answer: text === "" ? undefined : JSON.parse(text) };
}

function line(step: Step, told: Told): string {
  if (step.control !== undefined) return "done";
  if (told.refusal !== undefined) {
    return `${step.operation} ${told.status} ${told.refusal.error.code}`;
  }
  if (told.answer === undefined) return `${step.operation} ${told.status}`;
  let shown = told.answer;
  if (step.show !== undefined) {
    const fields = told.answer as Record<string, unknown>;
    shown = Object.fromEntries(step.show.map((name) => [name, fields[name]]));
  }
  return `${step.operation} ${told.status} ${canonical(shown)}`;
}

let failures = 0;
for (const [index, step] of scenario.steps.entries()) {
  const told = step.control === undefined ? await call(step) : await control(step);
  for (const [field, name] of Object.entries(step.save ?? {})) {
    saved[name] = (told.answer as Record<string, Json> | undefined)?.[field] ?? null;
  }
  const expected = step.expect;
  const wrong =
    expected !== undefined && (expected.status !== told.status || expected.code !== told.refusal?.error.code);
  if (wrong) failures += 1;
  console.log(`${String(index + 1).padStart(2, "0")} ${step.say}: ${line(step, told)}${wrong ? " UNEXPECTED" : ""}`);
}
console.log(failures === 0 ? `all ${scenario.steps.length} steps as expected` : `${failures} steps not as expected`);
process.exitCode = failures === 0 ? 0 : 1;

/** Never called: the compiler itself proves here that the types refuse what the service would refuse. */
export function refusedByTheCompiler(client: Client<paths>): void {
  // @ts-expect-error a field that the service does not know
  const body: Schemas["SendCodeRequest"] = { mobile: "13800138000", temp_id: 1, temp_para: {} };
  void client.POST("/codes", { body }).then(({ data, error }) => {
    // @ts-expect-error the answer's field has another name
    void data?.message_id;
    // @ts-expect-error the code stands one level deeper
    void error?.code;
  });
  // @ts-expect-error a number where a text belongs
  void client.POST("/codes", { body: { mobile: 13800138000, temp_id: 1 } });
  // @ts-expect-error a required field left out
  void client.POST("/schedule", { body: { mobile: "13800138000", temp_id: 1 } });
  // @ts-expect-error a language that does not exist
  void client.POST("/voice_codes", { body: { mobile: "13800138000", voice_lang: 3 } });
  // @ts-expect-error a path that does not exist
  void client.GET("/accounts/amount");
}
