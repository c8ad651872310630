/** Checks of whole models around one kind of recurrent layer: streams of numbers and of ids, training, files, threads. */
import { expect } from "vitest";
import {
  type Layer,
  layers,
  loadModel,
  type Model,
  type ModelOptions,
  type NDArray,
  optimizers,
  sequential,
} from "../../src/index.ts";
import { customCells } from "./customCells.ts";
import { bits, ids, numbers, scramble, weightBits } from "./models.ts";
import { untyped } from "./untyped.ts";

export type MakeLayer = (options: Parameters<typeof layers.simpleRNN>[0]) => Layer;

/** The outputs of a stream of x [1, T, C] have the bits of predict, where the model returns sequences. */
export function expectStreamBits(net: Model, x: NDArray): void {
  const [, T, C] = x.shape;
  const stream = net.stream();
  const steps = Array.from({ length: T }, (_, t) => bits(stream.step(x.data.subarray(t * C, (t + 1) * C))));
  expect(steps.flat()).toEqual(bits(net.predict(x).data));
}

/** The outputs of a stream of ids have the bits of predict: the layer stands above an embedding. */
export function expectIdStreamBits(
  cell: MakeLayer,
  { V, T, heads = 1, ...rest }: { V: number; T: number; heads?: number; useBias?: boolean; maskZero?: boolean },
): void {
  const { useBias = true, maskZero = false } = rest;
  const net = sequential([
    layers.embedding({ inputDim: V, outputDim: 3, maskZero, inputShape: [null] }),
    cell({ units: 9 * heads, useBias, returnSequences: true }),
  ]);
  scramble(net);
  const tokens = ids([1, T], V);
  if (maskZero) tokens.data.set([0, 1, 2, 0]); // hidden before, between
  const stream = net.stream();
  const steps = [...tokens.data].map(token => bits(stream.step(token)));
  expect(steps.flat()).toEqual(bits(net.predict(tokens).data));
}

/** A compiled model: both directions with dropout, then one backwards, over masked steps. */
export function maskedModel(cell: MakeLayer, options?: ModelOptions, heads = 1): Model {
  const net = sequential(
    [
      layers.masking({ inputShape: [6, 33] }),
      layers.bidirectional({ layer: untyped(cell({ units: 61 * heads, dropout: 0.2, returnSequences: true })) }),
      cell({ units: 37 * heads, goBackwards: true }),
      layers.dense({ units: 2 }),
    ],
    { seed: 4, ...options },
  );
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
  return net;
}

/** Data for that model: sequences of 0 to 6 real steps. */
export function maskedData(): { x: NDArray; y: NDArray } {
  const x = numbers([40, 6, 33]);
  for (let n = 0; n < 40; n++) x.data.fill(0, (n * 6 + (n % 7)) * 33, (n + 1) * 6 * 33);
  return { x, y: numbers([40, 2], 2) };
}

/** That model trains to the same bits with two threads, and goes on to them from a file. */
export async function expectSameTraining(cell: MakeLayer, heads = 1): Promise<void> {
  const { x, y } = maskedData();
  const [one, two] = [maskedModel(cell, {}, heads), maskedModel(cell, { threads: 2 }, heads)];
  await two.ready();
  expect(two.threads).toBe(2);
  for (const net of [one, two]) for (let step = 0; step < 3; step++) net.trainOnBatch(x, y);
  expect(weightBits(two)).toEqual(weightBits(one));
  const again = loadModel(one.save({ optimizer: true }), { cells: customCells });
  expect(bits(again.predict(x).data)).toEqual(bits(one.predict(x).data));
  for (const net of [one, again]) net.trainOnBatch(x, y);
  expect(weightBits(again)).toEqual(weightBits(one));
}
