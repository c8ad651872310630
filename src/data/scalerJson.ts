/** What a fitted scaler is, as plain JSON: the form in which it travels inside a saved model. */
import { expectOneOf } from "../expect.ts";
import { isArray, isObject, isReadable } from "../isObject.ts";
import { describe } from "../ndarray.ts";

export interface StandardScalerJSON {
  kind: "standard";
  mean: number[];
  deviation: number[];
}

export interface MinMaxScalerJSON {
  kind: "minMax";
  range: [low: number, high: number];
  min: number[];
  max: number[];
}

export type ScalerJSON = StandardScalerJSON | MinMaxScalerJSON;

/**
 * Checks untrusted JSON and copies what belongs to a scaler.
 *
 * @throws TypeError for a wrong type, RangeError for a wrong value; both name the entry
 */
export function expectScalerJSON(json: unknown, what: string): ScalerJSON {
  if (!isObject(json) || !isReadable(json) || Array.isArray(json)) {
    throw new TypeError(`${what}: expected the object that toJSON() gives, got ${describe(json)}`);
  }
  const entries = json as Record<string, unknown>;
  if (expectOneOf(entries.kind, ["standard", "minMax"], `${what}: kind`) === "standard") {
    const mean = expectNumbers(entries.mean, `${what}: mean`);
    const deviation = expectNumbers(entries.deviation, `${what}: deviation`);
    expectSameLength({ mean, deviation }, what);
    deviation.forEach((d, i) => {
      if (d < 0) throw new RangeError(`${what}: expected deviation[${i}] >= 0, got ${d}`);
    });
    return { kind: "standard", mean, deviation };
  }
  const range = expectRange(entries.range, `${what}: range`);
  const min = expectNumbers(entries.min, `${what}: min`);
  const max = expectNumbers(entries.max, `${what}: max`);
  expectSameLength({ min, max }, what);
  min.forEach((low, i) => {
    if (low > max[i]) throw new RangeError(`${what}: expected min[${i}] <= max[${i}], got ${low} and ${max[i]}`);
  });
  return { kind: "minMax", range, min, max };
}

/** Two numbers, the second larger in float32, so that dividing by their distance stays finite. */
export function expectRange(value: unknown, what: string): [low: number, high: number] {
  const range = expectNumbers(value, what);
  if (range.length !== 2 || Math.fround(range[0]) >= Math.fround(range[1])) {
    throw new RangeError(`${what}: expected [low, high] with low < high, got [${range.join(", ")}]`);
  }
  return [range[0], range[1]];
}

function expectNumbers(value: unknown, what: string): number[] {
  if (!isArray(value)) throw new TypeError(`${what}: expected an array of numbers, got ${describe(value)}`);
  if (value.length === 0) throw new RangeError(`${what}: expected at least one number, got an empty array`);
  return Array.from(value, (entry, i) => {
    if (typeof entry !== "number") throw new TypeError(`${what}[${i}]: expected a number, got ${describe(entry)}`);
    if (!Number.isFinite(Math.fround(entry))) {
      throw new RangeError(`${what}[${i}]: expected a number that fits float32, got ${entry}`);
    }
    return entry;
  });
}

function expectSameLength(lists: Record<string, number[]>, what: string): void {
  const [[a, first], [b, second]] = Object.entries(lists);
  if (first.length !== second.length) {
    throw new RangeError(
      `${what}: expected ${a} and ${b} of one length, got ${first.length} and ${second.length} numbers`,
    );
  }
}
