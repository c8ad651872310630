/** What the tests of the reference share. */
import { expect } from "vitest";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";

/** Arrays by name. */
export type Arrays = Record<string, Float64Array>;

/** A scalar loss of `a` whose gradient is `b`. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Compares, for each of `inputs`, the gradient of that name with differences of `loss`; relative 1e-6. */
export function expectGradients<In extends Arrays>(
  inputs: In,
  loss: (inputs: In) => number,
  gradients: { [Key in keyof In]: ArrayLike<number> | null },
) {
  for (const [name, value] of Object.entries(inputs)) {
    const numeric = numericGradient(moved => loss({ ...inputs, [name]: moved }), value);
    expect(
      numeric.some(d => d !== 0),
      name,
    ).toBe(true);
    // The absolute part is the roundoff of the difference, for elements near 0.
    expectClose(gradients[name] ?? [], numeric, { relative: 1e-6, absolute: 1e-9 }, name);
  }
}
