// Training steps of mid128 with a layer of any kind, checked before they are timed.
import { layers, optimizers, sequential, timeInTurns } from "../../dist/cli/bench/engine.js";
import { mid128 } from "./kinds.js";

const { N, T, C, H } = mid128;
const { x, y } = mid128.data();
/** Evenly spread: half of all steps are padding. */
const halfLengths = Int32Array.from({ length: N }, (_, n) => Math.round(((n + 0.5) * T) / N));

/** @typedef {() => number} Step a training step, which returns its loss */

/**
 * @param {import("./kinds.js").Kind} kind
 * @param {{ half?: boolean, recurrentDropout?: number }} [how] half: sequences of all lengths, half of all steps padding
 * @returns {Step} a training step, which returns its loss; it has been seen to learn
 */
export function trainingStep({ name, layer }, { half = false, recurrentDropout } = {}) {
  const net = sequential(
    [
      layer({ units: H, returnSequences: true, inputShape: [T, C], ...(recurrentDropout && { recurrentDropout }) }),
      layers.dense({ units: 1 }),
    ],
    { seed: 1 },
  );
  net.compile({ optimizer: optimizers.adam(), loss: "meanSquaredError" });
  const input = half ? { x, lengths: halfLengths } : x;
  const step = () => net.trainOnBatch(input, y).loss;
  const first = step();
  let last = first;
  for (let i = 0; i < 20; i++) last = step();
  if (!(last < first)) throw new Error(`${name}: the loss went from ${first} to ${last}`);
  return step;
}

/**
 * @param {{ forward?: boolean }} [how] forward: the masking layer has no short form, so that its forward pass runs
 * @returns {Step} a hundred steps of a stream, which returns the first number of its last output
 */
export function streamSteps({ forward = false } = {}) {
  const masking = layers.masking({ inputShape: [null, C] });
  if (forward) masking.compileStep = () => undefined;
  const net = sequential([masking, layers.lstm({ units: H }), layers.dense({ units: 1 })], { seed: 1 });
  const stream = net.stream();
  const [row, out] = [x.data.slice(0, C), new Float32Array(1)];
  return () => {
    for (let i = 0; i < 100; i++) stream.step(row, out);
    return out[0];
  };
}

/**
 * How many times as long as the first step the second one takes, and its milliseconds: medians, measured in turns.
 *
 * @param {Step} first
 * @param {Step} second
 * @param {number} milliseconds
 */
export function compare(first, second, milliseconds) {
  const [a, b] = timeInTurns([first, second], milliseconds);
  return { times: b.median / a.median, ms: b.median };
}
