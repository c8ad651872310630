/** A net of every cell, with each of its options, trains in whatever runs this: the bits of what it has learned. */
import { layers, type Model, type NDArray, optimizers, type RecurrentLayer, sequential } from "../../../src/index.ts";
import { bits, numbers } from "../../helpers/models.ts";
import { recurrentForms } from "../../helpers/recurrentForms.ts";

const [N, T, C, H] = [5, 7, 3, 12];
const STEPS = 6;

const OPTIMIZERS = [
  () => optimizers.adam({ learningRate: 0.01, globalClipNorm: 1 }),
  () => optimizers.adamW({ learningRate: 0.01, weightDecay: 0.1 }),
  () => optimizers.rmsprop({ learningRate: 0.01, centered: true, momentum: 0.5 }),
  () => optimizers.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
];

const LOSSES = ["huber", "meanSquaredError", "logCosh", "meanAbsoluteError"] as const;

/** The first 16 digits of the SHA-256 of some numbers. */
async function hashOf(numbers: ArrayLike<number>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint32Array.from(numbers)));
  return [...digest.subarray(0, 8)].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

/** The outputs of a stream of the first sequence. */
function streamed(net: Model, { data }: NDArray): number[] {
  const stream = net.stream();
  return Array.from({ length: T }, (_, t) => bits(stream.step(data.subarray(t * C, (t + 1) * C)))).flat();
}

/** By the name of a form, a hash of weights, predictions and the outputs of a stream; "all" is the hash of the hashes. */
export default async function cells(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  const [x, y] = [numbers([N, T, C], 7), numbers([N, T, 2], 9)];
  x.data.fill(0, 2 * C, 4 * C); // two steps are masked
  for (const [i, [name, { layer }]] of Object.entries(recurrentForms).entries()) {
    const cell = layer({ units: H, returnSequences: true });
    const both = i % 5 === 2;
    const net = sequential(
      [
        layers.masking({ inputShape: [T, C] }),
        both ? layers.bidirectional({ layer: cell as RecurrentLayer }) : cell,
        layers.dropout({ rate: 0.2 }),
        layers.dense({ units: 2 }),
      ],
      { seed: 3 + i },
    );
    net.compile({ optimizer: OPTIMIZERS[i % 4](), loss: LOSSES[(i >> 2) % 4] });
    for (let step = 0; step < STEPS; step++) net.trainOnBatch(x, y);
    const learned = [...net.getWeights(), net.predict(x)].flatMap(({ data }) => bits(data));
    hashes[name] = await hashOf([...learned, ...(both ? [] : streamed(net, x))]);
  }
  return { ...hashes, all: await hashOf(Object.values(hashes).map(hash => Number.parseInt(hash.slice(0, 8), 16))) };
}
