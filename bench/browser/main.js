// npm run bench:browser: serves the page, and prints its address. With --headless an installed browser runs it, unseen, and
// the table is printed here: -- --headless [--browser firefox] [--only sequence50,streams] [--time 60] [--json]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tableHead, tableRow } from "../../dist/cli/bench/engine.js";
import { chromium, firefox, webkit } from "../../test/runtimes/hosts/index.js";
import { serve } from "../../test/runtimes/hosts/serve.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({
  options: {
    headless: { type: "boolean", default: false },
    browser: { type: "string", default: "chromium" },
    only: { type: "string" },
    time: { type: "string" },
    json: { type: "boolean", default: false },
    port: { type: "string", default: "0" },
  },
});
const browser = [chromium, firefox, webkit].find(({ name }) => name.toLowerCase() === values.browser);
if (!browser) {
  console.error(`--browser: expected chromium, firefox or webkit, got "${values.browser}"`);
  process.exit(1);
}
process.on("SIGINT", () => process.exit(130)); // a browser ends with this process

const server = await serve(root, { port: Number(values.port) });
const query = new URLSearchParams();
for (const name of /** @type {const} */ (["only", "time"])) if (values[name]) query.set(name, values[name]);
const address = `${server.address}/bench/browser/index.html?`;

if (values.headless) {
  query.set("run", "");
  query.set("post", "");
  const close = browser.visit(`${address}${query}`);
  const { value: report, error } = await server.answer;
  close();
  server.close();
  if (error) throw new Error(error);
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log(`${report.runtime}, one thread\n\n${tableHead()}`);
    for (const row of report.rows) console.log(tableRow(row));
    console.log(`\npeak: ${report.peakGflops.toFixed(1)} GFLOP/s of multiplies and adds in registers`);
  }
} else console.log(`open ${address.slice(0, -1)}${query.size ? `?${query}` : ""} in a browser; Ctrl-C ends`);
