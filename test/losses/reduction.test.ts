/** `reduction`: whether all steps count alike, or all sequences. */
import { expect, it } from "vitest";
import { type Loss, layers, loadModel, losses, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { expectError, ids, numbers } from "../helpers/models.ts";

const [N, T, V] = [3, 4, 3];
const x = numbers([N, T, 2]);
const lengths = [4, 1, 3];
const y = { numbers: numbers([N, T, V], 2), ids: ids([N, T], V, 3) };
const sampleWeight = [1, 0.5, 2];

const cases: [string, () => Loss, "numbers" | "ids"][] = [
  ["meanSquaredError", () => losses.meanSquaredError({ reduction: "sequences" }), "numbers"],
  ["huber", () => losses.huber({ delta: 0.5, reduction: "sequences" }), "numbers"],
  ["cosineSimilarity", () => losses.cosineSimilarity({ reduction: "sequences" }), "numbers"],
  ["hinge", () => losses.hinge({ reduction: "sequences" }), "numbers"],
  ["sparse", () => losses.sparseCategoricalCrossentropy({ fromLogits: true, reduction: "sequences" }), "ids"],
];

function build(loss: Loss) {
  const net = sequential(
    [layers.lstm({ units: 3, returnSequences: true, inputShape: [null, 2] }), layers.dense({ units: V })],
    { seed: 1 },
  );
  net.compile({ loss, optimizer: "sgd", metrics: loss.name === "sparseCategoricalCrossentropy" ? ["accuracy"] : [] });
  return net;
}

it.each(cases)("%s: every sequence counts alike, with lengths and weights", async (_, make, kind) => {
  const net = build(make());
  const target = y[kind];
  const width = kind === "ids" ? 1 : V;
  const one = (n: number) => {
    const cut = (data: ArrayLike<number>, size: number) =>
      Array.from(data).slice(n * T * size, (n * T + lengths[n]) * size);
    const rows = (data: number[], size: number) =>
      Array.from({ length: lengths[n] }, (_, t) => data.slice(t * size, (t + 1) * size));
    const own = rows(cut(target.data, width), width);
    return [[rows(cut(x.data, 2), 2)], kind === "ids" ? [own.map(([id]) => id)] : [own]] as const;
  };
  const alone = await Promise.all([0, 1, 2].map(async n => (await net.evaluate(...one(n))).loss));
  const mean = (weights: number[]) => alone.reduce((sum, loss, n) => sum + weights[n] * loss, 0) / N;
  for (const batchSize of [1, 2, 3]) {
    const { loss } = await net.evaluate({ x, lengths }, target, { batchSize });
    expect(loss).toBeCloseTo(mean([1, 1, 1]), 6);
  }
  const weighted = await net.evaluate({ x, lengths }, target, { sampleWeight });
  expect(weighted.loss).toBeCloseTo(mean(sampleWeight), 6);

  const gradients = net.gradients({ x, lengths }, target, { sampleWeight });
  const each = [0, 1, 2].map(n => net.gradients(...one(n)));
  gradients.forEach(({ data }, i) => {
    const expected = Array.from(data, (_, j) =>
      each.reduce((sum, own, n) => sum + (sampleWeight[n] * own[i].data[j]) / N, 0),
    );
    expectClose(data, expected, { relative: 1e-4, absolute: 1e-6 });
  });
  expect(await loadModel(net.save()).evaluate({ x, lengths }, target)).toEqual(
    await net.evaluate({ x, lengths }, target),
  );
});

it("is steps by default, and the same for sequences of one length", async () => {
  const [steps, sequences] = [losses.meanSquaredError(), losses.meanSquaredError({ reduction: "sequences" })].map(
    build,
  );
  expect((await sequences.evaluate(x, y.numbers)).loss).toBeCloseTo((await steps.evaluate(x, y.numbers)).loss, 6);
  expect(losses.meanSquaredError().toJSON().options).toEqual({});
  await expectError(() => losses.huber({ reduction: "sum" as "steps" }), "RangeError", /reduction: expected one of/);
});
