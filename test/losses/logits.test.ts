/** Cross-entropy behind sigmoid and softmax, which is computed from the logits. */
import { describe, expect, it } from "vitest";
import { input, layers, losses, model, ops, type SymbolicTensor, sequential } from "../../src/index.ts";
import { type NDArray, ndarray } from "../../src/ndarray.ts";
import { activation } from "../../src/ops/activation.ts";
import { reshape } from "../../src/ops/reshape.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { randomArray, runWithGradients } from "../helpers/gradients.ts";
import { scramble } from "../helpers/models.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { runLoss } from "../helpers/runLoss.ts";
import { softmaxForward } from "../reference/activations.ts";
import * as reference from "../reference/losses.ts";

const [rows, V] = [7, 5];

const floats = (data: ArrayLike<number>, shape: readonly number[]) => ndarray(Float32Array.from(data), shape);

/** Row by row a distribution. */
function distributions(random: Random): NDArray {
  const raw = Float64Array.from({ length: rows * V }, () => random.uniform());
  const sums = Float64Array.from({ length: rows }, (_, r) =>
    raw.subarray(r * V, (r + 1) * V).reduce((a, b) => a + b, 0),
  );
  return floats(
    raw.map((value, i) => value / sums[Math.floor(i / V)]),
    [rows, V],
  );
}

/** Sigmoid of each number, or softmax of each row of three. */
const activate = (kind: "sigmoid" | "softmax", z: ArrayLike<number>) =>
  kind === "softmax" ? softmaxForward(z, z.length / 3, 3) : Float64Array.from(z, v => 1 / (1 + Math.exp(-v)));

/** The gradient by z, where dp is that by p = activation(z). */
const slopes = (kind: "sigmoid" | "softmax", p: number[], dp: ArrayLike<number>) =>
  p.map((own, i) => {
    if (kind === "sigmoid") return dp[i] * own * (1 - own);
    const first = i - (i % 3);
    const inner = [0, 1, 2].reduce((sum, j) => sum + dp[first + j] * p[first + j], 0);
    return own * (dp[i] - inner);
  });

/** The sum of column j of rows of three. */
const column = (rows: number[], j: number) => rows.reduce((sum, d, i) => (i % 3 === j ? sum + d : sum), 0);

interface Pair {
  kind: "sigmoid" | "softmax";
  make: (options?: { fromLogits?: boolean }) => ReturnType<typeof losses.binaryCrossentropy>;
  target: (random: Random) => NDArray;
  fromLogits: (z: ArrayLike<number>, y: ArrayLike<number>) => reference.Loss;
}

const pairs: [string, Pair][] = [
  [
    "sigmoid, binaryCrossentropy",
    {
      kind: "sigmoid",
      make: losses.binaryCrossentropy,
      target: random =>
        floats(
          Float64Array.from({ length: rows * V }, () => random.uniform()),
          [rows, V],
        ),
      fromLogits: reference.binaryCrossentropyFromLogits,
    },
  ],
  [
    "softmax, categoricalCrossentropy",
    {
      kind: "softmax",
      make: losses.categoricalCrossentropy,
      target: distributions,
      fromLogits: (z, y) => reference.categoricalCrossentropyFromLogits(z, y, V),
    },
  ],
  [
    "softmax, sparseCategoricalCrossentropy",
    {
      kind: "softmax",
      make: losses.sparseCategoricalCrossentropy,
      target: random =>
        ndarray(
          Int32Array.from({ length: rows }, () => Math.floor(V * random.uniform())),
          [rows],
        ),
      fromLogits: (z, y) => reference.sparseCategoricalCrossentropyFromLogits(z, y, V),
    },
  ],
];

describe.each(pairs)("%s", (_, { kind, make, target, fromLogits }) => {
  it("agrees with the way through probabilities where both are exact", () => {
    const random = seeded(1);
    const y = target(random);
    const z = randomArray(random, [rows, V], 1.5);
    const exact = fromLogits(z.data, y.data);
    // Probabilities are float32: where one is near 1, the rest to 1 has lost digits, and 1 / (1 - p) shows it.
    for (const [forgetLogits, tolerance] of [
      [false, { relative: 1e-6, absolute: 1e-8 }],
      [true, { relative: 1e-5, absolute: 1e-6 }],
    ] as const) {
      const { value, gradient } = runLoss(make(), z, y, { kind, forgetLogits });
      expectClose([value], [exact.value], tolerance, "value");
      expectClose(gradient, exact.gradient, tolerance, "gradient");
    }
  });

  it.each([20, 90, 1e4])("is finite and right for saturated outputs, logits of ±%d", size => {
    const random = seeded(2);
    const y = target(random);
    const z = floats(
      Float64Array.from({ length: rows * V }, () => (random.uniform() < 0.5 ? -size : size)),
      [rows, V],
    );
    const { value, gradient } = runLoss(make(), z, y, { kind });
    const exact = fromLogits(z.data, y.data);
    expectClose([value], [exact.value], { relative: 1e-6 }, "value");
    expectClose(gradient, exact.gradient, { relative: 1e-6, absolute: 1e-8 }, "gradient");
    expect(exact.value).toBeGreaterThan(size / 10); // some outputs are sure and wrong,
    expect(gradient.some(d => Math.abs(d) > 0.1 / rows / V)).toBe(true); // and learn
  });

  it("takes bare logits with fromLogits", () => {
    const random = seeded(3);
    const y = target(random);
    const z = randomArray(random, [rows, V], 5);
    expect(runLoss(make({ fromLogits: true }), z, y)).toEqual(runLoss(make(), z, y, { kind }));
  });
});

it.each([
  ["sigmoid", "binaryCrossentropy", 1, [[0]], [[60]], [1]],
  ["softmax", "categoricalCrossentropy", 3, [[0, 1, 0]], [[60, -60, 0]], [1, -1, 0]],
  ["softmax", "sparseCategoricalCrossentropy", 3, [1], [[60, -60, 0]], [1, -1, 0]],
] as const)("a model with %s and %s learns from an output that is sure and wrong", (...given) => {
  const [activation, loss, units, y, kernel, gradient] = given;
  const net = sequential([layers.dense({ units, activation, inputShape: [1] })]);
  net.compile({ loss });
  net.setWeights([kernel, new Float32Array(units)]);
  const [dKernel, dBias] = net.gradients([[1]], y);
  expectClose(dKernel.data, gradient, { absolute: 1e-7 });
  expectClose(dBias.data, gradient, { absolute: 1e-7 });
});

/** Each loss on the activation whose logits it may not take: the formula of its probabilities. */
const OTHERS = [
  ["binaryCrossentropy", "softmax", (p: number[], y: number[]) => reference.binaryCrossentropy(p, y)],
  ["categoricalCrossentropy", "sigmoid", (p: number[], y: number[]) => reference.categoricalCrossentropy(p, y, 3)],
  [
    "sparseCategoricalCrossentropy",
    "sigmoid",
    (p: number[], y: number[]) => reference.sparseCategoricalCrossentropy(p, y, 3),
  ],
] as const;

describe.each(OTHERS)("%s behind %s, which is not its own", (loss, activation, formula) => {
  const sparse = loss === "sparseCategoricalCrossentropy";
  const y = (sparse ? [2, 0, 1] : [0, 0, 1, 1, 0, 0, 0, 1, 0]) as number[];
  const target = sparse ? ndarray(Int32Array.from(y), [3]) : floats(y, [3, 3]);
  const z = randomArray(seeded(4), [3, 3], 1.5);

  it("has the value of the probabilities, and its slope", () => {
    const costOf = (at: ArrayLike<number>) => formula(Array.from(activate(activation, at)), y).value;
    const { value, gradient } = runLoss(losses[loss](), z, target, { kind: activation });
    expectClose([value], [costOf(z.data)], { relative: 1e-6 }, "value");
    expectClose(gradient, numericGradient(costOf, z.data, 1e-5), { relative: 1e-5, absolute: 1e-7 }, "gradient");
  });

  const heads: [string, (x: SymbolicTensor) => SymbolicTensor][] = [
    ["dense", x => layers.dense({ units: 3, activation }).apply(x)],
    ["activation", x => layers.activation({ activation }).apply(layers.dense({ units: 3 }).apply(x))],
    ["an op", x => ops[activation](layers.dense({ units: 3 }).apply(x))],
    ["lambda", x => layers.lambda({ call: v => ops[activation](v) }).apply(layers.dense({ units: 3 }).apply(x))],
    ["timeDistributed", x => layers.timeDistributed({ layer: layers.dense({ units: 3, activation }) }).apply(x)],
  ];
  it.each(heads)("in a model, by %s, with and without padding", async (_, head) => {
    const build = (masked: boolean) => {
      const x = input({ shape: [3, 2] });
      const net = model({ inputs: x, outputs: head(masked ? layers.masking({ maskValue: 9 }).apply(x) : x) });
      scramble(net);
      net.compile({ loss, optimizer: "sgd" });
      return net;
    };
    const steps = randomArray(seeded(5), [1, 3, 2], 2);
    const targets = ndarray(target.data, sparse ? [1, 3] : [1, 3, 3]);
    for (const masked of [false, true]) {
      if (masked) steps.data.fill(9, 2, 4); // the step between
      const net = build(masked);
      const real = masked ? [0, 2] : [0, 1, 2];
      const rowsOf = (data: ArrayLike<number>, width: number) =>
        real.flatMap(t => Array.from({ length: width }, (_, j) => data[t * width + j]));
      const p = rowsOf(net.predict(steps).data, 3);
      const exact = formula(p, rowsOf(y, sparse ? 1 : 3));
      expectClose([(await net.evaluate(steps, targets)).loss], [exact.value], { relative: 1e-5 }, "loss");
      const bias = net.gradients(steps, targets)[1].data;
      const dz = slopes(activation, p, exact.gradient);
      const sums = [0, 1, 2].map(j => column(dz, j));
      expectClose(bias, sums, { relative: 1e-4, absolute: 1e-6 }, "gradient of the bias");
    }
  });
});

it("a softmax that is reshaped to other rows has no logits of those", () => {
  const z = randomArray(seeded(6), [2, 3], 1);
  runWithGradients({ z }, [], (context, tensors) => {
    const ofRows = activation(context, tensors.z, "softmax");
    const alone = activation(context, tensors.z, "sigmoid");
    expect(reshape(context, ofRows, [2, 1, 3]).logits?.z.shape).toEqual([2, 1, 3]);
    expect(reshape(context, ofRows, [6]).logits).toBeUndefined();
    expect(reshape(context, alone, [6]).logits?.z.shape).toEqual([6]);
    return [ofRows];
  });
});

describe("probabilities of exactly 0 and 1", () => {
  it.each([
    ["binaryCrossentropy", [[0, 1, 1, 0]], [[1, 0, 1, 0]], reference.binaryCrossentropy],
    [
      "categoricalCrossentropy",
      [[1, 0, 0, 0]],
      [[0, 1, 0, 0]],
      (p: ArrayLike<number>, y: ArrayLike<number>) => reference.categoricalCrossentropy(p, y, 4),
    ],
  ] as const)("%s is finite and has a slope", (name, p, y, exact) => {
    const { value, gradient } = runLoss(losses[name](), floats(p[0], [1, 4]), floats(y[0], [1, 4]));
    const expected = exact(p[0], y[0]);
    expectClose([value], [expected.value], { relative: 1e-6 });
    expectClose(gradient, expected.gradient, { relative: 1e-6 });
  });
});
