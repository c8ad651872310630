/**
 * What is measured: the package's own named workloads, each with weights, data and the output to agree on.
 *
 * @typedef {import("../../dist/cli/bench/engine.js").Task} Task
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} about
 * @property {readonly Task[]} tasks
 * @property {() => import("../../dist/cli/bench/engine.js").Checkable} build
 */
import { fileURLToPath } from "node:url";
import { batchProblem, streamProblem, streamUnits, workloads } from "../../dist/cli/bench/engine.js";
import { readTokens } from "./text.js";

/** The text that comes with this folder. */
export const defaultText = fileURLToPath(new URL("data/shakespeare.txt", import.meta.url));

/** @param {(typeof workloads)[number]} workload @param {string} [text] @returns {Workload} */
function batch(workload, text) {
  const { name, about, N, T } = workload;
  const sentiment = name === "sentiment64";
  return {
    name: text ? `${name}-text` : name,
    about: sentiment ? `${about}, ${text ? "English" : "random"} tokens` : about,
    tasks: ["train", "infer"],
    build: () => batchProblem(workload, text ? V => readTokens(text, N, T, V).ids : undefined),
  };
}

/** @param {number} H @returns {Workload} */
function stream(H) {
  return {
    name: `stream${H}`,
    about: `LSTM(${H}) on ${H} features, batch of one`,
    tasks: ["step", "sequence"],
    build: () => streamProblem(H),
  };
}

/**
 * All workloads, in the order of the table.
 *
 * @param {string} text the file that `sentiment64-text` reads
 * @returns {Workload[]}
 */
export function allWorkloads(text = defaultText) {
  const batches = workloads.flatMap(workload =>
    workload.name === "sentiment64" ? [batch(workload), batch(workload, text)] : [batch(workload)],
  );
  return [...batches, ...streamUnits.map(stream)];
}
