/** How much samples and steps count in the loss: weights as users give them, as one number for each row of the targets. */
import { listNames } from "../describe.ts";
import { showShape } from "../expect.ts";
import { isArray, isObject } from "../isObject.ts";
import type { Target } from "../losses/loss.ts";
import { type ArrayData, describe, type NDArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { option, optional, options } from "../options.ts";
import { denseOf, type Samples } from "../samples.ts";
import { warnOnce } from "../warn.ts";
import { inOrder, isByName } from "./byName.ts";
import { type ByName, DataSet } from "./data.ts";
import { placeOf } from "./diagnose.ts";
import { lengthsOf, padSequences } from "./ragged.ts";
import type { Slot } from "./slots.ts";

/** [N], or [N, T] for steps of time; with several outputs also one for each, in a list or by name, null for none. */
export type SampleWeight = ArrayData | readonly (ArrayData | null | undefined)[] | ByName<ArrayData | null | undefined>;

/** By class: a list, or an object such as { 0: 1, 1: 5 }. Classes that are left out count 1. */
export type ClassWeight = Readonly<Record<number, number>> | readonly number[];

type Targets = readonly (Slot & Target)[];

/** A weight of the user's. */
export function expectWeight(value: unknown, what: string): number {
  if (typeof value !== "number") throw new TypeError(`${what}: expected a finite number >= 0, got ${describe(value)}`);
  if (value >= 0 && value < Infinity) return value;
  throw new RangeError(`${what}: expected a finite number >= 0, got ${value}`);
}

function expectClassWeight(value: unknown, what: string): ReadonlyMap<number, number> {
  if (!isObject(value) || ArrayBuffer.isView(value) || value instanceof Map) {
    throw new TypeError(`${what}: expected an object such as { 0: 1, 1: 5 }, got ${describe(value)}`);
  }
  return new Map(
    Object.entries(value).map(([name, weight]) => {
      if (!Number.isInteger(Number(name))) {
        throw new RangeError(`${what}: expected classes, which are whole numbers, got ${describe(name)}`);
      }
      return [Number(name), expectWeight(weight, `${what} of class ${name}`)];
    }),
  );
}

export const SAMPLE_WEIGHT = options({
  /**
   * How much each sample [N], or each step of one [N, T], counts in the loss, and in `weightedMetrics`: numbers >= 0. The
   * loss is their sum of weight times loss over the number of rows. With several outputs one for all, or one for each, in a
   * list or by name
   */
  sampleWeight: optional(option<unknown, SampleWeight>(value => value)),
});

export const WEIGHTS = options({
  ...SAMPLE_WEIGHT,
  /** The same by the class that the target is; those left out count 1. In training alone, not in validation */
  classWeight: optional(option<ReadonlyMap<number, number>, ClassWeight>(expectClassWeight)),
});

/** The axes of a target that are rows: all but the last, unless that are ids; of a target with axes of its own, samples. */
function rowsOf({ ids, whole }: Target, { shape }: Samples): number[] {
  if (whole) return shape.slice(0, 1);
  return ids || shape.length === 1 ? [...shape] : shape.slice(0, -1);
}

/** Weights of one output for each of its rows. */
function spread(given: unknown, what: string, rows: readonly number[]): NDArray<Float32Array> {
  const slot: Slot = { what, shape: [rows[1] ?? null, 1], ids: false };
  const lengths = rows.length > 1 ? lengthsOf(given, slot) : undefined;
  const { shape, data } = lengths
    ? padSequences(given as unknown[], lengths, rows[1], slot)
    : toNDArray(given as ArrayData, what);
  const axes = shape.at(-1) === 1 && shape.length > 1 && shape.length !== rows.length ? shape.slice(0, -1) : shape;
  const fits = (own: readonly number[]) =>
    own.length > 0 && own.length <= rows.length && own.every((n, axis) => n === rows[axis]);
  const own = fits(axes) ? axes : shape.length === 2 && shape[1] === 1 ? shape.slice(0, 1) : axes;
  if (!fits(own)) {
    const forms = rows.map((_, axis) => showShape(rows.slice(0, axis + 1))).join(" or ");
    throw new RangeError(`${what}: expected ${forms}, one number for each row of the targets, got ${showShape(shape)}`);
  }
  const bad = data.findIndex(weight => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) {
    const place = showShape(placeOf(bad, shape));
    throw new RangeError(`${what}: expected finite numbers >= 0, got ${data[bad]} at ${place}`);
  }
  const times = sizeOf(rows.slice(own.length));
  const full = new Float32Array(sizeOf(rows));
  for (let i = 0; i < data.length; i++) full.fill(data[i], i * times, (i + 1) * times);
  return ndarray(full, rows);
}

/** The class of each row of a target. */
function classesOf({ ids }: Target, samples: Samples): ArrayLike<number> {
  const { shape } = samples;
  const data = denseOf(samples);
  const V = ids || shape.length === 1 ? 1 : (shape.at(-1) as number);
  if (V === 1) return ids ? data : Float32Array.from(data, Math.round);
  return Int32Array.from({ length: data.length / V }, (_, r) => {
    const row = data.subarray(r * V, (r + 1) * V);
    return row.indexOf(Math.max(...row));
  });
}

/** Says it where weights are of classes that no row has. */
export function warnOfClasses(classWeight: ReadonlyMap<number, number>, targets: Targets, { arrays }: DataSet): void {
  const classes = new Set(Array.from(classesOf(targets[0], arrays[0])));
  const absent = [...classWeight.keys()].filter(id => !classes.has(id));
  const there = [...classes].sort((a, b) => a - b);
  if (absent.length > 0)
    warnOnce(`fit classWeight: no row has class ${absent}; there are ${listNames(there.map(String))}`);
}

/**
 * Weights for the rows of all targets, checked.
 *
 * @returns arrays as the targets are without their last axis; undefined where there are no weights
 * @throws TypeError or RangeError for weights of other shapes, below 0, or not finite
 */
export function expectWeights(
  title: string,
  { sampleWeight: given, classWeight }: { sampleWeight?: unknown; classWeight?: ReadonlyMap<number, number> },
  targets: Targets,
  { arrays }: DataSet,
): DataSet | undefined {
  if (classWeight) {
    if (given !== undefined && given !== null) {
      throw new RangeError(`${title}: expected sampleWeight or classWeight, got both; multiply them into sampleWeight`);
    }
    if (targets.length > 1 || targets[0].whole || targets[0].numbers) {
      throw new RangeError(
        `${title} classWeight: expected a model with one output, whose targets are classes; use sampleWeight`,
      );
    }
    const classes = classesOf(targets[0], arrays[0]);
    const data = Float32Array.from(classes, id => classWeight.get(id) ?? 1);
    return new DataSet([ndarray(data, rowsOf(targets[0], arrays[0]))], []);
  }
  if (given === undefined || given === null) return undefined;
  const sampleWeight = inOrder(given, targets, `${title} sampleWeight`, "output", null);
  const listed = isArray(sampleWeight) && sampleWeight.length === arrays.length && arrays.length > 1;
  // Of two outputs and two samples a list of two numbers is one weight for each sample.
  const several = listed && (isByName(given, targets) || sampleWeight.every(each => typeof each !== "number"));
  const weights = arrays.map((array, i) => {
    const rows = rowsOf(targets[i], array);
    const own = several ? sampleWeight[i] : sampleWeight;
    if (own === null || own === undefined) return ndarray(new Float32Array(sizeOf(rows)).fill(1), rows);
    return spread(own, `${title} sampleWeight${several ? `[${i}]` : ""}`, rows);
  });
  return new DataSet(weights, []);
}
