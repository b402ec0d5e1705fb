// The scenario, told by the tools of an MCP server that openapi-mcp-generator made of the spec.
//   node mcp.mjs SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { origin, tell } from "./story.mjs";

const { JSMS_APP_KEY, JSMS_MASTER_SECRET, JSMS_DEV_KEY, JSMS_DEV_SECRET } = process.env;

async function serverWith(secret) {
  const client = new Client({ name: "story", version: "1.0.0" });
  const env = {
    ...process.env,
    API_BASE_URL: `${origin}/v1`,
    BASIC_USERNAME_APPCREDENTIAL: JSMS_APP_KEY,
    BASIC_PASSWORD_APPCREDENTIAL: secret,
    BASIC_USERNAME_DEVCREDENTIAL: JSMS_DEV_KEY,
    BASIC_PASSWORD_DEVCREDENTIAL: JSMS_DEV_SECRET,
  };
  await client.connect(new StdioClientTransport({ command: "node", args: ["server/src/index.ts"], env, stderr: "ignore" }));
  return client;
}

const app = await serverWith(JSMS_MASTER_SECRET);
const stranger = await serverWith("wrong");

await tell(async ({ operation, path, body, wrong_secret }) => {
  const tool = { name: operation, arguments: { ...path, ...(body === undefined ? {} : { requestBody: body }) } };
  const { content } = await (wrong_secret ? stranger : app).callTool(tool);
  if (content[0].text.startsWith("Invalid arguments")) return { refusedEarly: true };
  const [, status, text] = /Status:? (\d+)[^\n]*?(?:Response: |\):?\n)?([[{][^]*)?$/.exec(content[0].text);
  const answer = text === undefined ? undefined : JSON.parse(text);
  return { status: Number(status), answer, code: answer?.error?.code };
});
await app.close();
await stranger.close();
