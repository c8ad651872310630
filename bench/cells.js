// npm run bench:cells [-- --quick] [--json] [part of a name]: a training step of mid128 with every cell, against the plain
// LSTM's by FLOP of its products; what recurrent dropout costs, and what padding saves.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureCells, measureCosts } from "./cells/measure.js";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, quick: { type: "boolean" } },
  allowPositionals: true,
});
const milliseconds = values.quick ? 400 : 3000;
/** @import { Row } from "./cells/measure.js" */

/** @param {string} name */
const wanted = name => positionals.every(part => name.includes(part));
const machine = { cpu: cpus()[0]?.model ?? "unknown", runtime: `Node ${process.versions.node}` };

/** @param {string} text */
const print = text => {
  if (!values.json) console.log(text);
};
/** @param {Row} row */
const line = ({ name, ms, ratio, atMost }) =>
  print(
    `${name.padEnd(36)} ${ms.toFixed(2).padStart(7)} ${ratio.toFixed(2).padStart(7)} ${String(atMost).padStart(8)}`,
  );
/** @param {string} what @param {string} ratio */
const heading = (what, ratio) =>
  print(`\n${what.padEnd(36)} ${"ms".padStart(7)} ${ratio.padStart(7)} ${"at most".padStart(8)}`);

print(`${machine.cpu}, ${machine.runtime}, one thread`);
heading("training step of mid128", "by FLOP");
const cells = measureCells(milliseconds, wanted, line);
heading("the same step", "times");
const costs = measureCosts(milliseconds, wanted, line);
if (values.json) console.log(JSON.stringify({ ...machine, cells, costs }));
