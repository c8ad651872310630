/** Cross-entropy behind sigmoid and softmax, which is computed from the logits. */
import { describe, expect, it } from "vitest";
import { layers, losses, sequential } from "../../src/index.ts";
import { type NDArray, ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { randomArray } from "../helpers/gradients.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { runLoss } from "../helpers/runLoss.ts";
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
