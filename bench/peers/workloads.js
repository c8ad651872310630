/**
 * What is measured: the package's own named workloads, each with weights, data and the output to agree on.
 *
 * @typedef {import("./tensors.js").Tensor} Tensor
 *
 * @typedef {"train" | "infer" | "step" | "sequence"} Task
 * train: one Adam step on the batch. infer: outputs of the batch. step: one step of a stream, state carried on.
 * sequence: N = 1 at once over T steps; figures are per step.
 *
 * @typedef {object} Problem
 * @property {"regression" | "sentiment" | "stream"} kind which model: see the README
 * @property {number} N batch
 * @property {number} T steps
 * @property {number} C input features
 * @property {number} H hidden units
 * @property {number} V vocabulary, 0 without one
 * @property {Tensor[]} weights in Keras' order and layout
 * @property {Tensor} x
 * @property {Tensor} y
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} about
 * @property {readonly Task[]} tasks
 * @property {() => Problem & { expected: ArrayLike<number> }} build
 */
import { fileURLToPath } from "node:url";
import { sequence, streamUnits, workloads } from "../../dist/cli/bench/workloads.js";
import { layers, sequential } from "../../dist/index.js";
import { readTokens } from "./text.js";

/** The text that comes with this folder. */
export const defaultText = fileURLToPath(new URL("data/shakespeare.txt", import.meta.url));

/** @param {import("../../dist/index.js").NDArray} array @returns {Tensor} */
const plain = ({ shape, data }) => ({
  shape: [...shape],
  data: data instanceof Float64Array ? Float32Array.from(data) : data,
});

/** @param {(typeof workloads)[number]} workload @param {string} [text] @returns {Workload} */
function batch(workload, text) {
  const { name, about, N, T, C, H } = workload;
  const sentiment = name === "sentiment64";
  return {
    name: text ? `${name}-text` : name,
    about: sentiment ? `${about}, ${text ? "English" : "random"} tokens` : about,
    tasks: ["train", "infer"],
    build() {
      const net = workload.build();
      const weights = net.getWeights().map(plain);
      const { x, y } = workload.data();
      const V = sentiment ? weights[0].shape[0] : 0;
      if (text) x.data.set(readTokens(text, N, T, V).ids);
      const expected = net.predict(x).data;
      return {
        kind: sentiment ? "sentiment" : "regression",
        N,
        T,
        C,
        H,
        V,
        weights,
        x: plain(x),
        y: plain(y),
        expected,
      };
    },
  };
}

const T = 100;

/** @param {number} H @returns {Workload} */
function stream(H) {
  return {
    name: `stream${H}`,
    about: `LSTM(${H}) on ${H} features, batch of one`,
    tasks: ["step", "sequence"],
    build() {
      const net = sequential([layers.lstm({ units: H, inputShape: [T, H] })], { seed: 1 });
      const next = sequence(3);
      const x = { shape: [1, T, H], data: Float32Array.from({ length: T * H }, () => next() - 0.5) };
      const y = { shape: [0], data: new Float32Array() };
      const expected = net.predict(x).data;
      return { kind: "stream", N: 1, T, C: H, H, V: 0, weights: net.getWeights().map(plain), x, y, expected };
    },
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
