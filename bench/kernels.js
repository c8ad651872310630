// npm run bench:kernels [-- --json] [--quick] [part of a name]: every kernel by itself, checked, timed, and compared with
// the bound that its arithmetic or its memory sets on this machine.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { attentionCases } from "./kernels/attention.js";
import { cellCases } from "./kernels/cells.js";
import { Buffers, measure, Roofs } from "./kernels/harness.js";
import { layerNormCases } from "./kernels/layerNorm.js";
import { layerCases } from "./kernels/layers.js";
import { lossCases } from "./kernels/losses.js";
import { lstmCellCases } from "./kernels/lstmCell.js";
import { maskingCases } from "./kernels/masking.js";
import { mathCases } from "./kernels/math.js";
import { matmulCases } from "./kernels/matmul.js";
import { moreActivationCases } from "./kernels/moreActivations.js";
import { movingCases } from "./kernels/moving.js";
import { optimizerCases } from "./kernels/optimizers.js";
import { productRows } from "./kernels/products.js";
import { randomCases } from "./kernels/random.js";
import { rowCases } from "./kernels/rows.js";
import { stepCases } from "./kernels/steps.js";
import { tensorCases } from "./kernels/tensors.js";
import { windowCases } from "./kernels/windows.js";
import { workspaceCases } from "./kernels/workspace.js";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, quick: { type: "boolean" } },
  allowPositionals: true,
});
const milliseconds = values.quick ? 20 : 150;
/** @import { Row } from "./kernels/harness.js" */

/** @param {{ family: string, name: string }} kernel */
const wanted = ({ family, name }) => positionals.every(part => `${family} ${name}`.includes(part));

const HEADINGS = ["family", "kernel", "shape", "ns/element", "GFLOP/s", "GB/s", "bound", "% of it"];
const WIDTHS = [10, 44, 27, 10, 8, 8, 12, 7];
/** @param {readonly string[]} cells */
const line = cells =>
  cells.map((cell, i) => (i < 3 || i === 6 ? cell.padEnd(WIDTHS[i]) : cell.padStart(WIDTHS[i]))).join(" ");
/** @param {Row} row */
const show = row =>
  line([
    row.family,
    row.name,
    row.shape,
    row.nanoseconds.toFixed(3),
    row.gflops > 0 ? row.gflops.toFixed(1) : "-",
    row.gigabytes > 0 ? row.gigabytes.toFixed(1) : "-",
    row.bound,
    row.percentOfBound.toFixed(0),
  ]);

const roofs = new Roofs(milliseconds);
const machine = { cpu: cpus()[0]?.model ?? "unknown", runtime: `Node ${process.versions.node}` };
/** @type {Row[]} */
const rows = [];
/** @param {Row} row */
const add = row => {
  rows.push(row);
  if (!values.json) console.log(show(row));
};

if (!values.json) {
  console.log(`${machine.cpu}, ${machine.runtime}, one thread`);
  console.log(`multiplies and adds in registers: ${roofs.gflops.toFixed(1)} GFLOP/s\n`);
  console.log(line(HEADINGS));
}
const families = [
  mathCases,
  matmulCases,
  lstmCellCases,
  cellCases,
  stepCases,
  workspaceCases,
  layerCases,
  rowCases,
  movingCases,
  layerNormCases,
  maskingCases,
  tensorCases,
  moreActivationCases,
  windowCases,
  attentionCases,
  randomCases,
  lossCases,
  optimizerCases,
];
for (const cases of families) {
  // An engine each: what one family leaves in the caches is not the next one's.
  for (const kernel of cases(new Buffers()).filter(wanted)) add(measure(kernel, roofs, milliseconds));
}
if (positionals.length === 0) for (const row of productRows(roofs, milliseconds)) add(row);
if (values.json) console.log(JSON.stringify({ ...machine, peakGflops: roofs.gflops, rows }));
