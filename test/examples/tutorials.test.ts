/** The systems that tutorials teach, each a short program in examples/tutorials that learns what it claims to. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";

beforeAll(() => {
  for (const method of ["log", "warn"] as const) vi.spyOn(console, method).mockImplementation(() => {});
});
afterAll(() => void vi.restoreAllMocks());

const run = (name: string) => import(new URL(`../../examples/tutorials/${name}.js`, import.meta.url).href);

it("a forecast by an LSTM with peepholes is better than the last value", async () => {
  const { mae, naive, net } = await run("forecast");
  expect(net.layers[0].options).toMatchObject({ units: 50, peephole: "previous" });
  expect(net.getWeights().map(({ shape }: { shape: number[] }) => shape)).toContainEqual([3, 50]);
  expect(mae / naive).toBeLessThan(0.95);
});

it("reviews are told apart by a bidirectional LSTM, and both accuracies are drawn", async () => {
  const { accuracy, history, svg } = await run("reviews");
  expect(accuracy).toBeGreaterThan(0.95);
  expect(history.history.valAccuracy.at(-1)).toBeGreaterThan(0.95);
  expect([...svg.matchAll(/<path class="line (\w+)"/g)].map(([, kind]) => kind)).toEqual(["train", "valid"]);
});

it("many outputs with one target each sequence learn what Keras does: .083 after 100 epochs", async () => {
  const { loss, shape, variance } = await run("many-to-many");
  expect(shape).toEqual([200, 20, 1]);
  expect(loss).toBeLessThanOrEqual(0.084);
  expect(loss).toBeLessThan(variance);
});

it("a translator is right about numbers it has never seen, greedily and by beam; a beam of 1 is greedy to the bit", async () => {
  const { right, rightByBeam, test, greedy, beam } = await run("translate-numbers");
  expect(right).toBeGreaterThanOrEqual(190);
  expect(rightByBeam).toBeGreaterThanOrEqual(right - 2);
  for (const [, words] of test.slice(0, 50)) {
    const { score, ...one } = beam(words, 1)[0];
    expect(one).toEqual(greedy(words));
    expect(score).toBe(one.logProbability / (one.ids.length + Number(one.ended)));
    const scores = beam(words, 4).map(({ score }: { score: number }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  }
});

it("a student learns more from its teacher's soft targets than from labels, for at least 4 of 5 seeds", async () => {
  const { results, teachers } = await run("distill");
  expect(teachers).toBeGreaterThan(0.95);
  expect(results).toHaveLength(5);
  expect(results.filter(({ hard, soft }: { hard: number; soft: number }) => soft > hard).length).toBeGreaterThanOrEqual(
    4,
  );
});

it("a frozen body stays as it is, and beats a net from scratch where samples are few", async () => {
  const { accuracies, frozen } = await run("transfer");
  expect(frozen).toBe(true);
  expect(accuracies.transferred).toBeGreaterThan(0.95);
  expect(accuracies.transferred).toBeGreaterThan(accuracies.scratch + 0.1);
});

it("a line about a picture that it has never seen is right in at least 85 of 100 words", async () => {
  const { share, digits } = await run("caption");
  expect(share).toBeGreaterThanOrEqual(0.85);
  expect(digits).toBeGreaterThan(0.7);
});

it("an autoencoder finds a marked fault: AUC of at least .95", async () => {
  const { auc, first } = await run("anomaly");
  expect(auc).toBeGreaterThanOrEqual(0.95);
  expect(first).toBeGreaterThanOrEqual(2500);
  expect(first).toBeLessThan(2520);
});

it("moving dots are followed: at least 90 of 100 videos", async () => {
  expect((await run("video")).accuracy).toBeGreaterThanOrEqual(0.9);
});
