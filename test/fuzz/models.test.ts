/** Random models against the f64 reference, whatever their options, masks, losses, scalers, offsets and seeds. */
import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { moveMemory } from "../helpers/moveMemory.ts";
import { untyped } from "../helpers/untyped.ts";
import { TIMEOUT, tried } from "./budget.ts";
import { type Case, caseOf, specs } from "./randomModels.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The largest difference; an index out of either counts as infinite. */
function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    most = Number.isNaN(error) ? Infinity : Math.max(most, error);
  }
  return most;
}

async function expectExact({ net, x, y, exact, targetSpread }: Case): Promise<void> {
  const { prediction, loss, gradients } = exact();
  const got = net.predict(untyped(x)).data;
  const size = targetSpread === 1 ? Math.max(1, largest(prediction)) : targetSpread;
  expect(farthest(got, prediction) / size, "predictions").toBeLessThan(1e-5);
  const logs = await net.evaluate(untyped(x), untyped(y));
  expect(Math.abs(logs.loss - loss) / Math.max(1, Math.abs(loss)), "loss").toBeLessThan(1e-5);
  const all = Math.max(...gradients.map(largest));
  net.gradients(untyped(x), untyped(y)).forEach(({ data }, i) => {
    const error = farthest(data, gradients[i]);
    expect(error, `gradient ${i}`).toBeLessThanOrEqual(1e-4 * largest(gradients[i]) + 1e-6 * all);
  });
}

it("predicts, scores and differentiates as float64 does", { timeout: TIMEOUT }, async () => {
  await tried(
    fc.asyncProperty(specs, spec => expectExact(caseOf(spec))),
    150,
  );
});

it("does so beyond 2 GiB", { timeout: TIMEOUT }, async () => {
  moveMemory(2 ** 31 - 2 ** 16);
  await tried(
    fc.asyncProperty(specs, spec => expectExact(caseOf(spec))),
    4,
  );
});
