/** A loss says itself what it is compared with: here labels [N, U] for a prediction [N, T, V], as CTC has them. */
import { expect, it } from "vitest";
import { type Loss, layers, sequential } from "../../src/index.ts";
import { expectError } from "../helpers/models.ts";

const [T, V] = [3, 4];

/** What the loss has been given, and a gradient of 1 for all it sees. */
function labels(): { loss: Loss; seen: { prediction: number[]; target: number[]; ids: number[]; mask: number[] }[] } {
  const seen: ReturnType<typeof labels>["seen"] = [];
  const loss: Loss = {
    name: "labels",
    target: () => ({ shape: [null], ids: true, whole: true }),
    forward({ memory }, prediction, target) {
      const ints = ({ pointer, size }: typeof target) => [...memory.ints.subarray(pointer >> 2, (pointer >> 2) + size)];
      seen.push({
        prediction: [...prediction.shape],
        target: [...target.shape],
        ids: ints(target),
        mask: prediction.mask ? ints(prediction.mask) : [],
      });
      return target.shape[0];
    },
    backward({ memory, tape }, prediction) {
      const at = (tape?.gradientOf(prediction) ?? 0) >> 2;
      for (let i = 0; i < prediction.size; i++) memory.floats[at + i] += 1;
    },
    toJSON: () => ({ name: "labels", options: {} }),
  };
  return { loss, seen };
}

const x = [
  [1, 2, 0],
  [1, 0, 0],
  [2, 1, 2],
];
const build = (loss: Loss) => {
  const net = sequential([
    layers.embedding({ inputDim: 3, outputDim: 2, maskZero: true, inputShape: [T] }),
    layers.dense({ units: V }),
  ]);
  net.compile({ loss, metrics: [], optimizer: "sgd" });
  return net;
};

it("gets whole sequences with their mask, and labels of any length", async () => {
  const { loss, seen } = labels();
  const net = build(loss);
  const y = [
    [3, 0],
    [1, 1],
    [2, 3],
  ];
  // Batches of two samples and of one: means over samples.
  expect(await net.evaluate(x, y, { batchSize: 2 })).toEqual({ loss: (2 * 2 + 1) / 3 });
  expect(seen).toEqual([
    { prediction: [2, T, V], target: [2, 2], ids: [3, 0, 1, 1], mask: [1, 1, 0, 1, 0, 0] },
    { prediction: [1, T, V], target: [1, 2], ids: [2, 3], mask: [1, 1, 1] },
  ]);
  const bias = net.gradients(x, y)[2];
  expect([...bias.data]).toEqual(new Array(V).fill(x.length * T));
});

it("says what it expects, and that labels are classes", async () => {
  const net = build(labels().loss);
  await expectError(
    () => net.evaluate(x, [1, 2, 3]),
    "RangeError",
    "y: expected ids of shape [N, any], got [3]; give a target for each step, or the last recurrent layer returnSequences: false",
  );
  await expectError(
    () => net.evaluate(x, [[1], [V], [0]]),
    "RangeError",
    /y: expected class ids in 0\.\.3, got 4 at element 1/,
  );
});
