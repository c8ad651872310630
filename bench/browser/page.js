// The page: what to run, and rows as they come. Its address may say ?only=sequence50,mid128&time=60&run, which starts it
// at once, and &post, which sends the report to the server that waits for it.
import { runtimeName, showMs } from "../../dist/cli/bench/engine.js";
import { choices, chosen } from "./choice.js";

/** @typedef {import("../../dist/cli/bench/engine.js").Row} Row */
/** @typedef {import("../../dist/cli/bench/engine.js").Report} Report */

const PRODUCTS_AND_MODEL = 5; // rows of a workload

/** @template {HTMLElement} [E=HTMLElement] @param {string} id */
const element = id => /** @type {E} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (element("choice"));
const [table, status, progress] = [
  element("table"),
  element("status"),
  /** @type {HTMLProgressElement} */ (element("progress")),
];
const button = /** @type {HTMLButtonElement} */ (element("run"));
const asked = new URLSearchParams(location.search);

/**
 * An element with attributes and children.
 *
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** @type {Worker | undefined} */
let worker;
/** @type {(Report & { runtime: string, milliseconds: number }) | undefined} */
let finished;

for (const { name, about, quick } of choices) {
  const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", name: "workload", value: name }));
  box.checked = asked.get("only")?.split(",").includes(name) ?? quick;
  element("workloads").append(make("label", {}, box, make("span", {}, name), make("span", {}, about)));
}
element("runtime").textContent = runtimeName();

/** @param {Row} row */
function rowOf({ what, ms, gflops, percentOfPeak }) {
  const kind = what.startsWith("product") ? "product" : what.startsWith("training") ? "training" : "inference";
  const bar = make("div", { class: `bar ${kind}`, style: `--percent: ${Math.min(percentOfPeak, 100)}%` });
  bar.append(make("i", {}), `${percentOfPeak > 100 ? "*" : ""}${percentOfPeak.toFixed(0)} %`);
  const numbers = [showMs(ms.median), showMs(ms.min), gflops.toFixed(1)];
  const cells = numbers.map(text => make("td", { class: "number" }, text));
  return make("tr", {}, make("td", {}, what), ...cells, make("td", { class: "peak" }, bar));
}

/** @param {readonly Row[]} rows */
function show(rows) {
  for (const old of table.querySelectorAll("tbody")) old.remove();
  /** @type {Map<string, HTMLElement>} */
  const groups = new Map();
  for (const row of rows) {
    const group = row.workload.startsWith("stream") ? "streams" : row.workload;
    let body = groups.get(group);
    if (!body) {
      const about = choices.find(({ name }) => name === group)?.about ?? "";
      body = make("tbody", {}, make("tr", {}, make("th", { colspan: "5" }, group, make("small", {}, about))));
      groups.set(group, body);
      table.append(body);
    }
    body.append(rowOf(group === "streams" ? { ...row, what: `${row.workload}, one step` } : row));
  }
  table.hidden = rows.length === 0;
}

/** @param {string} text @param {boolean} [error] */
function end(text, error = false) {
  worker?.terminate();
  worker = undefined;
  button.textContent = "Run";
  progress.hidden = true;
  status.textContent = text;
  status.classList.toggle("error", error);
  if (asked.has("post")) {
    fetch("/answer", { method: "POST", body: JSON.stringify(error ? { error: text } : { value: finished }) });
  }
}

function run() {
  const choice = new FormData(form);
  const only = choice.getAll("workload").map(String);
  const milliseconds = Number(asked.get("time") ?? choice.get("time"));
  const { some, units } = chosen(only);
  const total = PRODUCTS_AND_MODEL * some.length + units.length;
  if (total === 0) return end("choose a workload", true);
  /** @type {Row[]} */
  const rows = [];
  show(rows);
  element("notes").hidden = true;
  button.textContent = "Stop";
  status.classList.remove("error");
  status.textContent = "measuring the peak";
  progress.hidden = false;
  progress.value = 0;
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onerror = event => end(`the worker cannot run: ${event.message || "see the console"}`, true);
  worker.onmessage = ({ data: { row, report, error } }) => {
    if (error) return end(error, true);
    if (row) {
      rows.push(row);
      show(rows);
      progress.value = rows.length / total;
      status.textContent = `${rows.length} of ${total}`;
    } else {
      finished = { runtime: runtimeName(), milliseconds, ...report };
      show(report.rows);
      element("peak").textContent = `${report.peakGflops.toFixed(1)} GFLOP/s`;
      element("notes").hidden = false;
      end("");
    }
  };
  worker.postMessage({ only, milliseconds });
}

form.addEventListener("submit", event => {
  event.preventDefault();
  if (worker) end("stopped");
  else run();
});
element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(JSON.stringify(finished, null, 2));
  element("copy").textContent = "Copied";
});
if (asked.has("run")) run();
