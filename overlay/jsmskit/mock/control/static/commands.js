// Commands for a terminal: what the page offers to copy works there as it stands.

/** The pair that the vendor's documentation prints. A page shows no other secret. */
const SAMPLE_KEY = "7d431e42dfa6a6d693ac2d04";
const SAMPLE_SECRET = "5e987ac6d2e04d95a9d8f0d1";

export const takesSamples = (keys) => keys.includes(SAMPLE_KEY);

/** A word of a shell: in quotes where it needs them. */
const word = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const jsms = (phone) => `jsms codes send ${phone} --mock=${location.origin}`;

/** A request of the service to this very server; the secret of any pair but the sample one is the shell's to know. */
export function curl(method, path, body, key = SAMPLE_KEY) {
  const pair = key === SAMPLE_KEY ? `${key}:${SAMPLE_SECRET}` : `"${key}:$JSMS_MASTER_SECRET"`;
  const how = method === "POST" ? "" : `-X ${method} `;
  return `curl -u ${pair} ${how}--json ${word(body)} ${word(location.origin + path)}`;
}
