// The packed package in every runtime, as a table: one hash, and what a process pays from its start to the first prediction.
import { bundle } from "./bundle.js";
import { hosts } from "./hosts/index.js";
import { makeProject } from "./packed/project.js";

const folder = await makeProject("table");
const bundled = await bundle(new URL(`file://${folder}/body.js`));
const rows = [["runtime", "hash", "threads", "CPU ms to the first prediction"]];
const hashes = new Set();
for (const host of hosts) {
  if (!host.installed()) {
    rows.push([host.name, "not installed", "", ""]);
    continue;
  }
  try {
    const page = "visit" in host;
    const { trained, predictions, resumed, fitted, threads, streams } = await host.run(
      page ? bundled : `${folder}/body.js`,
    );
    const hash = [trained, predictions, resumed, fitted, streams].join(" ");
    hashes.add(hash);
    const times = [];
    for (let i = 0; i < 5 && !page; i++) times.push(await host.run(`${folder}/first.js`));
    rows.push([host.name, hash, String(threads), page ? "" : Math.min(...times).toFixed(1)]);
  } catch (error) {
    rows.push([host.name, `fails: ${error instanceof Error ? error.message : error}`, "", ""]);
    process.exitCode = 1;
  }
}
if (hashes.size > 1) process.exitCode = 1;
const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)));
for (const row of rows)
  console.log(
    row
      .map((text, i) => text.padEnd(widths[i]))
      .join("  ")
      .trimEnd(),
  );
