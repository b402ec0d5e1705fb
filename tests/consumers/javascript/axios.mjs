// The scenario, told by openapi-client-axios: a client that is made of the spec when the program starts.
//   node axios.mjs SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like
import { readFileSync } from "node:fs";
import { OpenAPIClientAxios } from "openapi-client-axios";
import { origin, tell } from "./story.mjs";

const definition = JSON.parse(readFileSync("jsms.json", "utf8"));

function clientFor(username, password) {
  const axiosConfigDefaults = { baseURL: `${origin}/v1`, auth: { username, password }, validateStatus: () => true };
  return new OpenAPIClientAxios({ definition, axiosConfigDefaults }).initSync();
}

const { JSMS_APP_KEY, JSMS_MASTER_SECRET, JSMS_DEV_KEY, JSMS_DEV_SECRET } = process.env;
const app = clientFor(JSMS_APP_KEY, JSMS_MASTER_SECRET);
const stranger = clientFor(JSMS_APP_KEY, "wrong");
const account = clientFor(JSMS_DEV_KEY, JSMS_DEV_SECRET);

await tell(async ({ operation, path, body, wrong_secret }) => {
  const client = operation === "getAccountBalance" ? account : wrong_secret ? stranger : app;
  const { status, data } = await client[operation](path, body);
  return { status, answer: data === "" ? undefined : data, code: data?.error?.code };
});
