/** The reference's analytic gradients against central differences, with random outer gradients. */
import { describe, expect, it } from "vitest";
import { expectClose } from "../helpers/compare.ts";
import { seeded } from "../helpers/random.ts";
import {
  type Activation,
  activate,
  activationBackward,
  activationForward,
  activations,
  softmaxBackward,
  softmaxForward,
} from "./activations.ts";
import { type Arrays, dot, expectGradients } from "./checkGradients.ts";
import { type DenseActivation, denseBackward, denseForward } from "./dense.ts";
import { dropoutBackward, dropoutForward } from "./dropout.ts";
import { embeddingBackward, embeddingForward } from "./embedding.ts";
import * as losses from "./losses.ts";
import { matmul } from "./matmul.ts";

describe("activations", () => {
  it.each(activations)("%s", kind => {
    const random = seeded(1);
    const [x, outer] = [random.array(40, 2), random.array(40)];
    const dx = activationBackward(kind, outer, activationForward(kind, x));
    expectGradients({ x }, ({ x }) => dot(outer, activationForward(kind, x)), { x: dx });
  });

  it("have the values of their definitions, far out too", () => {
    const values = (kind: Activation) => activationForward(kind, [-1000, -1, 0, 1, 1000]);
    const e = Math.E;
    const close = { relative: 1e-15 };
    expectClose(values("linear"), [-1000, -1, 0, 1, 1000], close);
    expectClose(values("relu"), [0, 0, 0, 1, 1000], close);
    expectClose(values("tanh"), [-1, -(e * e - 1) / (e * e + 1), 0, (e * e - 1) / (e * e + 1), 1], close);
    expectClose(values("sigmoid"), [0, 1 / (1 + e), 0.5, e / (1 + e), 1], close);
    expectClose(values("hardSigmoid"), [0, 1 / 3, 0.5, 2 / 3, 1], { relative: 4e-16 });
    expectClose(values("softplus"), [0, Math.log(1 + 1 / e), Math.LN2, Math.log(1 + e), 1000], close);
    expectClose(values("softsign"), [-1000 / 1001, -0.5, 0, 0.5, 1000 / 1001], close);
    expectClose(values("elu"), [-1, 1 / e - 1, 0, 1, 1000], close);
    const limit = 1.7580993408473766; // scale·alpha
    expectClose(values("selu"), [-limit, limit * (1 / e - 1), 0, 1.0507009873554805, 1050.7009873554805], {
      relative: 1e-14,
    });
    expectClose(values("leakyRelu"), [-200, -0.2, 0, 1, 1000], close);
    expectClose(values("exponential"), [0, 1 / e, 1, e, Infinity], close);
    for (const kind of activations) expect(activate(kind, Number.NaN)).toBeNaN();
  });

  it.each([1, 5])("softmax over %i", V => {
    const random = seeded(2);
    const [x, outer] = [random.array(3 * V, 2), random.array(3 * V)];
    const y = softmaxForward(x, 3, V);
    for (let r = 0; r < 3; r++) expect(dot(y.slice(r * V, r * V + V), Array(V).fill(1))).toBeCloseTo(1, 14);
    const dx = softmaxBackward(outer, y, 3, V);
    if (V === 1) expect([...dx]).toEqual([0, 0, 0]);
    else expectGradients({ x }, ({ x }) => dot(outer, softmaxForward(x, 3, V)), { x: dx });
    expectClose(
      softmaxForward(
        x.map(z => z + 1000),
        3,
        V,
      ),
      y,
      { relative: 1e-11 },
    );
  });
});

it("matmul is the same product in its four layouts", () => {
  const random = seeded(3);
  const [rows, inner, columns] = [3, 4, 2];
  const a = random.array(rows * inner);
  const b = random.array(inner * columns);
  const transposed = (m: Float64Array, rows: number) =>
    m.map((_, i) => m[(i % rows) * (m.length / rows) + Math.floor(i / rows)]);
  const expected: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      expected.push(
        dot(
          a.slice(i * inner, (i + 1) * inner),
          b.filter((_, k) => k % columns === j),
        ),
      );
    }
  }
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const left = transposeA ? transposed(a, rows) : a;
      const right = transposeB ? transposed(b, inner) : b;
      expectClose(matmul(left, right, rows, inner, columns, { transposeA, transposeB }), expected, { relative: 1e-14 });
    }
  }
});

describe("dense", () => {
  it.each<[DenseActivation, boolean]>([
    ...[...activations, "softmax" as const].map((a): [DenseActivation, boolean] => [a, true]),
    ["tanh", false],
  ])("%s, bias %s", (activation, useBias) => {
    const random = seeded(4);
    const sizes = { rows: 3, C: 4, units: 5 };
    const bias = useBias ? { bias: random.array(5) } : {};
    const inputs = { x: random.array(12), kernel: random.array(20), ...bias };
    const outer = random.array(15);
    const run = ({ x, kernel, bias = null }: { x: Float64Array; kernel: Float64Array; bias?: Float64Array | null }) =>
      denseForward(x, { kernel, bias }, sizes, activation);
    const weights = { kernel: inputs.kernel, bias: bias.bias ?? null };
    const { dx, dKernel, dBias } = denseBackward(outer, run(inputs), inputs.x, weights, sizes, activation);
    expect(dBias === null).toBe(!useBias);
    const gradients: Record<string, Float64Array | null> = { x: dx, kernel: dKernel, bias: dBias };
    expectGradients<Arrays>(inputs as Arrays, i => dot(outer, run(i as typeof inputs)), gradients);
  });
});

it("embedding", () => {
  const random = seeded(8);
  const ids = [2, 0, 2, 4, 2];
  const table = random.array(5 * 3);
  const outer = random.array(ids.length * 3);
  const run = (table: Float64Array) => dot(outer, embeddingForward(ids, table, 3));
  expectGradients({ table }, ({ table }) => run(table), { table: embeddingBackward(outer, ids, 5, 3) });
});

it("dropout", () => {
  const known = dropoutForward([1, 2, 3, 4, 5, 6, 7, 8], [2, 0, 0, 3], 2, 2, 2);
  expect([...known]).toEqual([2, 0, 6, 0, 0, 18, 0, 24]);
  const random = seeded(9);
  const [N, T, C] = [3, 4, 5];
  const mask = Float64Array.from({ length: N * C }, () => (random.uniform() < 0.4 ? 0 : 1 / 0.6));
  const [x, outer] = [random.array(N * T * C), random.array(N * T * C)];
  const loss = ({ x }: { x: Float64Array }) => dot(outer, dropoutForward(x, mask, N, T, C));
  expectGradients({ x }, loss, { x: dropoutBackward(outer, mask, N, T, C) });
});

describe("losses", () => {
  const random = seeded(10);
  const [rows, V] = [6, 4];
  const n = rows * V;
  const numbers = random.array(n, 1.5);
  const target = random.array(n, 1.5);
  const soft = Float64Array.from({ length: n }, () => random.uniform()); // rows do not add up to 1
  const probabilities = Float64Array.from({ length: n }, () => 0.02 + 0.96 * random.uniform());
  const ids = Float64Array.from({ length: rows }, () => Math.floor(random.uniform() * V));

  it.each<[string, Float64Array, (p: Float64Array) => losses.Loss]>([
    ["meanSquaredError", numbers, p => losses.meanSquaredError(p, target)],
    ["meanAbsoluteError", numbers, p => losses.meanAbsoluteError(p, target)],
    ["huber", numbers, p => losses.huber(p, target)],
    ["huber, delta 0.3", numbers, p => losses.huber(p, target, 0.3)],
    ["binaryCrossentropy", probabilities, p => losses.binaryCrossentropy(p, soft)],
    ["binaryCrossentropyFromLogits", numbers, z => losses.binaryCrossentropyFromLogits(z, soft)],
    ["categoricalCrossentropy", probabilities, p => losses.categoricalCrossentropy(p, soft, V)],
    ["categoricalCrossentropyFromLogits", numbers, z => losses.categoricalCrossentropyFromLogits(z, soft, V)],
    ["sparseCategoricalCrossentropy", probabilities, p => losses.sparseCategoricalCrossentropy(p, ids, V)],
    [
      "sparseCategoricalCrossentropyFromLogits",
      numbers,
      z => losses.sparseCategoricalCrossentropyFromLogits(z, ids, V),
    ],
  ])("%s", (_, prediction, loss) => {
    expectGradients({ prediction }, i => loss(i.prediction).value, { prediction: loss(prediction).gradient });
  });

  it("from logits are those of the activated logits", () => {
    const close = { relative: 1e-13 };
    const binary = losses.binaryCrossentropy(activationForward("sigmoid", numbers), soft).value;
    expectClose([losses.binaryCrossentropyFromLogits(numbers, soft).value], [binary], close);
    const categorical = losses.categoricalCrossentropy(softmaxForward(numbers, rows, V), soft, V).value;
    expectClose([losses.categoricalCrossentropyFromLogits(numbers, soft, V).value], [categorical], close);
  });

  it("stay finite at probabilities 0 and 1, with a slope", () => {
    const binary = losses.binaryCrossentropy([0, 1], [1, 0]);
    expectClose([binary.value], [-Math.log(1e-7)], { relative: 1e-9 });
    expectClose(binary.gradient, [-0.5e7, 0.5e7], { relative: 1e-8 });
    const categorical = losses.categoricalCrossentropy([0, 1], [1, 0], 2);
    expectClose([categorical.value], [-Math.log(1e-7)], { relative: 1e-9 });
    expectClose(categorical.gradient, [1 - 1e7, 1], { relative: 1e-9 });
  });
});
