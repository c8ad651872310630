/** Targets at steps that count for nothing may be anything, NaN too; at real steps they may not. */
import { describe, expect, it } from "vitest";
import {
  input,
  layers,
  type Model,
  model,
  type NDArray,
  ndarray,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { bits, expectError, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { dense, embedding, lstm, masking, missing } = layers;
const { NaN: nan } = Number;
const [N, T] = [3, 4];
/** Padding after, before and between. */
const MASK = [1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1];
const AFTER = [1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
const lengths = [2, 0, 4];

/** With `value` where the mask is 0. */
function hidden({ data, shape }: NDArray, mask: readonly number[], value: number): NDArray {
  const width = data.length / mask.length;
  return ndarray(
    Float32Array.from(data, (own, i) => (mask[Math.floor(i / width)] ? own : value)),
    shape,
  );
}

const classes = ndarray(
  Float32Array.from({ length: N * T }, (_, i) => (5 * i) % 3),
  [N, T],
);
const tokens = hidden(
  ndarray(
    Float32Array.from({ length: N * T }, (_, i) => 1 + (i % 5)),
    [N, T],
  ),
  MASK,
  0,
);
const head = (sparse: boolean) => dense({ units: 3, activation: sparse ? "softmax" : "linear" });
const body = () => lstm({ units: 4, returnSequences: true, dropout: 0.2 });

/** What makes the mask, and the input that has it. */
const ways: [string, readonly number[], (sparse: boolean) => Model, unknown][] = [
  [
    "masking",
    MASK,
    sparse => sequential([masking({ maskValue: -9, inputShape: [T, 2] }), body(), head(sparse)], { seed: 2 }),
    hidden(numbers([N, T, 2]), MASK, -9),
  ],
  [
    "embedding",
    MASK,
    sparse =>
      sequential([embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputShape: [T] }), body(), head(sparse)]),
    tokens,
  ],
  [
    "missing",
    MASK,
    sparse => sequential([missing({ strategy: "mask", inputShape: [T, 2] }), body(), head(sparse)], { seed: 2 }),
    hidden(numbers([N, T, 2]), MASK, nan),
  ],
  [
    "lengths",
    AFTER,
    sparse => sequential([lstm({ units: 4, returnSequences: true, inputShape: [T, 2] }), head(sparse)], { seed: 2 }),
    { x: hidden(numbers([N, T, 2]), AFTER, nan), lengths },
  ],
  [
    "lengths of ids",
    AFTER,
    sparse => sequential([embedding({ inputDim: 6, outputDim: 3, inputShape: [T] }), body(), head(sparse)]),
    { x: hidden(tokens, AFTER, nan), lengths },
  ],
];

describe.each(ways)("behind %s", (_, mask, build, x) => {
  describe.each([
    ["numbers", false, numbers([N, T, 3], 5)],
    ["class ids", true, classes],
  ])("%s", (_name, sparse, y) => {
    const compiled = () => {
      const net = build(sparse);
      net.compile({
        ...{ optimizer: "adam", loss: sparse ? "sparseCategoricalCrossentropy" : "meanSquaredError" },
        metrics: sparse ? ["accuracy"] : ["mae", "mse"],
      });
      return net;
    };
    const clean = hidden(y, mask, 0);
    const padded = hidden(y, mask, nan);

    it("give the bits of any others in trainOnBatch, gradients and evaluate", async () => {
      const [a, b] = [compiled(), compiled()];
      for (let i = 0; i < 3; i++) expect(a.trainOnBatch(untyped(x), padded)).toEqual(b.trainOnBatch(untyped(x), clean));
      expect(a.gradients(untyped(x), padded).map(g => bits(g.data))).toEqual(
        b.gradients(untyped(x), clean).map(g => bits(g.data)),
      );
      for (const batchSize of [1, 2, 3]) {
        expect(await a.evaluate(untyped(x), padded, { batchSize })).toEqual(
          await b.evaluate(untyped(x), clean, { batchSize }),
        );
      }
      expect(weightBits(a)).toEqual(weightBits(b));
    });

    it("and in fit and its validation, shuffled", async () => {
      const run = async (targets: NDArray) => {
        const net = compiled();
        const options = { epochs: 2, batchSize: 2, verbose: 0, validationData: [x, targets] } as const;
        const { history } = await net.fit(untyped(x), targets, untyped(options));
        return { history, weights: weightBits(net) };
      };
      const own = await run(padded);
      expect(own).toEqual(await run(clean));
      expect(Object.values(own.history).flat().every(Number.isFinite)).toBe(true);
    });

    it("are refused at a real step, by its place in the whole batch; then nothing has changed", async () => {
      const net = compiled();
      const before = weightBits(net);
      const width = sparse ? 1 : 3;
      const bad = ndarray(padded.data.slice(), padded.shape);
      const at = 10 * width + (width - 1); // sample 2, step 2
      bad.data[at] = nan;
      const message = sparse
        ? "y: expected class ids in 0..2, got NaN at element 10; hide such steps with a mask or lengths"
        : "y has NaN at [2, 2, 2] of [3, 4, 3]; expected finite numbers: fill or drop missing values first, " +
          "or hide their steps with a mask or lengths";
      await expectError(() => net.trainOnBatch(untyped(x), bad), "RangeError", `step 1: ${message}`);
      await expectError(() => net.evaluate(untyped(x), bad), "RangeError", `batch 1: ${message}`);
      expect(weightBits(net)).toEqual(before);
    });
  });
});

it("of an output without a mask are refused, whatever the other output's mask", async () => {
  const x = input({ shape: [T, 2] });
  const masked = masking({ maskValue: -9 }).apply(x);
  const outputs = [dense({ units: 1 }).apply(masked), lstm({ units: 1 }).apply(masked)];
  const net = model({ inputs: x, outputs });
  net.compile({ loss: "mse" });
  const data = hidden(numbers([N, T, 2]), MASK, -9);
  const sequence = hidden(numbers([N, T, 1]), MASK, nan);
  net.trainOnBatch(data, [sequence, numbers([N, 1])]);
  await expectError(
    () => net.trainOnBatch(data, [sequence, [[1], [nan], [2]]]),
    "RangeError",
    "step 2: y[1] has NaN at [1, 0] of [3, 1]; expected finite numbers: fill or drop missing values first",
  );
});

it("pass through a scaler", () => {
  const net = sequential([masking({ maskValue: -9, inputShape: [T, 2] }), body(), dense({ units: 1 })]);
  net.compile({ loss: "mse" });
  const y = hidden(numbers([N, T, 1], 3), MASK, nan);
  net.setScaling({ target: standardScaler().fit(y) });
  const { loss } = net.trainOnBatch(hidden(numbers([N, T, 2]), MASK, -9), y);
  expect(loss).toBeGreaterThan(0);
});
