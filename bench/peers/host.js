/**
 * The process around a JavaScript peer: `node host.js module variant`. Lines of JSON in, lines of JSON out:
 * {do: "hello"} -> {versions}; {do: "load", task, problem} -> {prediction, note} or {cannot};
 * {do: "time", calls} -> {ms, loss}.
 *
 * @typedef {import("../../dist/cli/bench/engine.js").Peer} Peer
 * @typedef {Partial<import("../../dist/cli/bench/engine.js").Loaded> & { note?: string }} Loaded without a prediction: another model
 */
import { createInterface } from "node:readline";
import { Cannot } from "../../dist/cli/bench/engine.js";
import { decode, encode } from "./tensors.js";

// The answers have standard output for themselves; what libraries print goes elsewhere.
console.log = console.info = console.warn = console.error;

const [module, variant] = process.argv.slice(2);
const { open } = await import(`./peers/${module}.js`);
/** @type {Peer} */
const host = await open(variant);
/** @type {Loaded | undefined} */
let loaded;

/** @type {Record<string, (question: any) => Promise<object>>} */
const handlers = {
  async hello() {
    return { versions: { ...host.versions, node: process.versions.node } };
  },

  async load({ task, problem }) {
    await loaded?.dispose?.();
    loaded = undefined;
    const { weights, x, y } = problem;
    loaded = await host.load(task, { ...problem, weights: weights.map(decode), x: decode(x), y: decode(y) });
    const { prediction, note } = loaded;
    const array = prediction && { shape: [prediction.length], data: Float32Array.from(prediction) };
    return { prediction: array && encode(array), note };
  },

  async time({ calls }) {
    if (!loaded) throw new Error("time comes after load");
    const begun = performance.now();
    const loss = await loaded.run?.(calls);
    return { ms: performance.now() - begun, loss };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  /** @type {object} */
  let answer;
  try {
    answer = await handlers[question.do](question);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    answer = error instanceof Cannot ? { cannot: message } : { error: message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
