import { describe } from "../describe.ts";
import { showShape } from "../expect.ts";
import { isArray } from "../isObject.ts";
import { checked, type Input, option, optional, options, positive } from "../options.ts";
import type { Constraint } from "./constraint.ts";

/** As Keras adds it to norms. */
const EPSILON = 1e-7;

const axis = option<number | readonly number[]>((value, what) => {
  const list: unknown[] = isArray(value) ? [...value] : [value];
  if (list.length > 0 && list.length < 9 && list.every(Number.isInteger))
    return (isArray(value) ? list : value) as number[];
  throw new TypeError(`${what}: expected a whole number, or a list of them, got ${describe(value)}`);
});

const AXIS = options({
  /**
   * Along which norms are taken, one or several: 0, the default, for each unit of a kernel [C, units] by itself; [0, 1] for each
   * filter of a convolution's [size, C, filters]. From the end with -1
   */
  axis: optional(axis, 0),
});
export interface UnitNormOptions extends Input<typeof AXIS> {}

const MAX = options({
  /** Default 2 */
  maxValue: optional(positive, 2),
  ...AXIS,
});
export interface MaxNormOptions extends Input<typeof MAX> {}

/** For each axis whether norms go along it; undefined if the weight has not all of them. */
function along(given: number | readonly number[], { length }: readonly number[]): boolean[] | undefined {
  const list = [given].flat().map(own => (own < 0 ? own + length : own));
  return list.some(own => own < 0 || own >= length) ? undefined : Array.from({ length }, (_, i) => list.includes(i));
}

/** Which norm each number belongs to, and how many there are. */
function groupsOf(shape: readonly number[], summed: readonly boolean[]): [group: Int32Array, count: number] {
  const size = shape.reduce((product, n) => product * n, 1);
  const group = new Int32Array(size);
  let count = 1;
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]) {
    if (summed[axis]) continue;
    for (let i = 0; i < size; i++) group[i] += (Math.floor(i / stride) % shape[axis]) * count;
    count *= shape[axis];
  }
  return [group, count];
}

/** @param factorOf what numbers of such a norm are multiplied with */
function ofNorms(
  name: string,
  settings: { axis: number | readonly number[] },
  factorOf: (norm: number) => number,
): Constraint {
  const groups = new Map<string, [Int32Array, number]>();
  return {
    name,
    problemOf(shape) {
      if (along(settings.axis, shape)) return undefined;
      return `expected axes of ${showShape(shape)} for its axis, got ${[settings.axis].flat().join(", ")}`;
    },
    constrain(numbers, shape) {
      const key = shape.join();
      const [group, count] = groups.get(key) ?? groupsOf(shape, along(settings.axis, shape) ?? []);
      groups.set(key, [group, count]);
      const squares = new Float64Array(count);
      for (let i = 0; i < group.length; i++) squares[group[i]] += numbers[i] * numbers[i];
      const factors = squares.map(sum => factorOf(Math.sqrt(sum)));
      for (let i = 0; i < group.length; i++) numbers[i] *= factors[group[i]];
    },
    toJSON: () => ({ name, options: settings }),
  };
}

/**
 * Norms of a unit's weights are at most `maxValue`: larger ones are scaled down after each step, as Keras' MaxNorm.
 *
 * @example layers.lstm({ units: 8, kernelConstraint: constraints.maxNorm({ maxValue: 3 }) })
 */
export function maxNorm(options: MaxNormOptions = {}): Constraint {
  const settings = checked(options, "maxNorm", MAX);
  return ofNorms("maxNorm", settings, norm => Math.min(norm, settings.maxValue) / (EPSILON + norm));
}

/**
 * Norms of a unit's weights are 1 after each step, as Keras' UnitNorm.
 *
 * @example layers.embedding({ inputDim: 100, outputDim: 8, embeddingsConstraint: constraints.unitNorm({ axis: 1 }) })
 */
export function unitNorm(options: UnitNormOptions = {}): Constraint {
  const settings = checked(options, "unitNorm", AXIS);
  return ofNorms("unitNorm", settings, norm => 1 / (EPSILON + norm));
}
