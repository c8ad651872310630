import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scalerFromJSON } from "../../src/data/index.ts";

const standard = { kind: "standard", mean: [1, 2], deviation: [3, 0] };
const minMax = { kind: "minMax", range: [0, 1], min: [1, 2], max: [3, 2] };

describe("scalerFromJSON", () => {
  it("takes both kinds, and only what belongs to them", () => {
    expect(scalerFromJSON({ ...standard, note: 1 }).toJSON()).toEqual(standard);
    expect(scalerFromJSON({ ...minMax, mean: [1] }).toJSON()).toEqual(minMax);
    expect(
      scalerFromJSON(standard)
        .transform([[4, 5]])
        .toArray(),
    ).toEqual([[1, 3]]);
    expect(
      scalerFromJSON(minMax)
        .transform([[2, 5]])
        .toArray(),
    ).toEqual([[0.5, 3]]);
  });

  it.each([
    [null, "TypeError", "expected the object that toJSON() gives, got null"],
    [[standard], "TypeError", "expected the object that toJSON() gives, got an array of 1"],
    [JSON.stringify(standard).slice(0, 5), "TypeError", 'expected the object that toJSON() gives, got "{\\"kin"'],
    [{}, "TypeError", "kind: expected one of standard, minMax, got undefined"],
    [{ ...standard, kind: "robust" }, "RangeError", 'kind: expected one of standard, minMax, got "robust"'],
    [{ kind: "standard", mean: [1] }, "TypeError", "deviation: expected an array of numbers, got undefined"],
    [{ ...standard, mean: [] }, "RangeError", "mean: expected at least one number, got an empty array"],
    [{ ...standard, mean: [1] }, "RangeError", "expected mean and deviation of one length, got 1 and 2 numbers"],
    [{ ...standard, mean: [1, null] }, "TypeError", "mean[1]: expected a number, got null"],
    [{ ...standard, mean: new Array(2) }, "TypeError", "mean[0]: expected a number, got undefined"],
    [{ ...standard, mean: [1, NaN] }, "RangeError", "mean[1]: expected a number that fits float32, got NaN"],
    [{ ...standard, mean: [1e300, 1] }, "RangeError", "mean[0]: expected a number that fits float32, got 1e+300"],
    [{ ...standard, deviation: [1, -1] }, "RangeError", "expected deviation[1] >= 0, got -1"],
    [{ ...minMax, range: [1, 0] }, "RangeError", "range: expected [low, high] with low < high, got [1, 0]"],
    [{ ...minMax, range: undefined }, "TypeError", "range: expected an array of numbers, got undefined"],
    [{ ...minMax, max: [3] }, "RangeError", "expected min and max of one length, got 2 and 1 numbers"],
    [{ ...minMax, max: [0, 2] }, "RangeError", "expected min[0] <= max[0], got 1 and 0"],
  ])("refuses %j", (json, name, message) => {
    const error = thrown(() => scalerFromJSON(json));
    expect(error.name).toBe(name);
    expect(error.message).toMatch(/^scalerFromJSON: /);
    expect(error.message).toBe(`scalerFromJSON: ${message}`);
  });

  it("gives a working scaler or one of these errors, whatever the JSON", () => {
    const numbers = fc.array(fc.oneof(fc.double(), fc.float(), fc.integer()), { maxLength: 3 });
    const near = fc.record(
      {
        kind: fc.constantFrom("standard", "minMax"),
        mean: numbers,
        deviation: numbers,
        range: numbers,
        min: numbers,
        max: numbers,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.jsonValue()), json => {
        let scaler: ReturnType<typeof scalerFromJSON>;
        try {
          scaler = scalerFromJSON(json);
        } catch (error) {
          expect((error as Error).message).toMatch(/^scalerFromJSON: /);
          return;
        }
        const row = [new Array(scaler.features).fill(0.5)];
        for (const x of scaler.transform(row).data) expect(x).not.toBeNaN();
        for (const x of scaler.inverseTransform(row).data) expect(x).not.toBeNaN();
      }),
      { numRuns: 500 },
    );
  });
});

function thrown(f: () => unknown): Error {
  try {
    f();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error");
}
