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
import { bits, ids, numbers, scramble, weightBits } from "./models.ts";

export type MakeLayer = (options: Parameters<typeof layers.simpleRNN>[0]) => Layer;

/** The outputs of a stream of x [1, T, C] have the bits of predict, where the model returns sequences. */
export function expectStreamBits(net: Model, x: NDArray): void {
  const [, T, C] = x.shape;
  const stream = net.stream();
  const steps = Array.from({ length: T }, (_, t) => bits(stream.step(x.data.subarray(t * C, (t + 1) * C))));
  expect(steps.flat()).toEqual(bits(net.predict(x).data));
}

/** The last output of a stream of T ids below V has the bits of predict: the layer stands above an embedding. */
export function expectIdStreamBits(cell: MakeLayer, V: number, T: number, useBias: boolean): void {
  const net = sequential([
    layers.embedding({ inputDim: V, outputDim: 3, inputShape: [null] }),
    cell({ units: 9, useBias }),
  ]);
  scramble(net);
  const tokens = ids([1, T], V);
  const stream = net.stream();
  const outputs = [...tokens.data].map(token => stream.step(token));
  expect(bits(outputs[T - 1])).toEqual(bits(net.predict(tokens).data));
}

/** A compiled model: both directions with dropout, then one backwards, over masked steps. */
export function maskedModel(cell: MakeLayer, options?: ModelOptions): Model {
  const net = sequential(
    [
      layers.masking({ inputShape: [6, 33] }),
      layers.bidirectional({ layer: cell({ units: 61, dropout: 0.2, returnSequences: true }) }),
      cell({ units: 37, goBackwards: true }),
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
export async function expectSameTraining(cell: MakeLayer): Promise<void> {
  const { x, y } = maskedData();
  const [one, two] = [maskedModel(cell), maskedModel(cell, { threads: 2 })];
  await two.ready();
  for (const net of [one, two]) for (let step = 0; step < 3; step++) net.trainOnBatch(x, y);
  expect(weightBits(two)).toEqual(weightBits(one));
  const again = loadModel(one.save({ optimizer: true }));
  expect(bits(again.predict(x).data)).toEqual(bits(one.predict(x).data));
  for (const net of [one, again]) net.trainOnBatch(x, y);
  expect(weightBits(again)).toEqual(weightBits(one));
}
