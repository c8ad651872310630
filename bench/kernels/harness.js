// What the kernel benchmarks share: an engine with its buffers, checks against plain JavaScript, and the roofs.
import {
  Engine,
  FRAME_ELEMENTS,
  measurePeak,
  sequence,
  time,
  timeInTurns,
  writeFrame,
} from "../../dist/cli/bench/engine.js";

/** @import { Frame } from "../../dist/cli/bench/engine.js" */

/**
 * One kernel at one shape.
 *
 * @typedef {object} Shape
 * @property {string} family the kernels that belong together
 * @property {string} name
 * @property {string} shape
 * @property {number} elements what "ns per element" counts
 * @property {number} [flop] multiplies, adds and divisions of one run
 * @property {number} bytes that one run must read and write, each buffer once (an in/out buffer twice)
 * @property {() => void} check runs once and throws if the result is wrong
 *
 * @typedef {Shape & { run: () => unknown, without?: () => unknown }} Case
 * without: what `run` does beside the kernel, its time is taken off
 *
 * @typedef {Shape & { time: (milliseconds: number) => number }} TimedCase
 * time: measures by itself, the median in milliseconds
 *
 * What was measured, against its bound.
 *
 * @typedef {object} Row
 * @property {string} family
 * @property {string} name
 * @property {string} shape
 * @property {number} nanoseconds of an element
 * @property {number} gflops
 * @property {number} gigabytes a second
 * @property {"multiply-add" | "copy"} bound
 * @property {number} percentOfBound
 */

/** Buffers in the linear memory of one engine. */
export class Buffers {
  #engine = new Engine();
  #next = sequence(11);

  get kernels() {
    return this.#engine.kernels;
  }

  get floats() {
    return this.#engine.memory.floats;
  }

  get ints() {
    return this.#engine.memory.ints;
  }

  /** Zeros. @param {number} n */
  zeros(n) {
    return this.#engine.memory.allocateZeros(n);
  }

  /** Evenly distributed in [low, high). @param {number} n */
  random(n, low = -1, high = 1) {
    const pointer = this.#engine.memory.allocate(n);
    for (let i = 0; i < n; i++) this.floats[(pointer >> 2) + i] = low + (high - low) * this.#next();
    return pointer;
  }

  /** int32 in 0..limit-1. @param {number} n @param {number} limit */
  ids(n, limit) {
    const pointer = this.#engine.memory.allocate(n);
    for (let i = 0; i < n; i++) this.ints[(pointer >> 2) + i] = Math.floor(this.#next() * limit);
    return pointer;
  }

  /** int32 numbers as given. @param {ArrayLike<number>} numbers */
  placeIds(numbers) {
    const pointer = this.#engine.memory.allocate(numbers.length);
    this.ints.set(numbers, pointer >> 2);
    return pointer;
  }

  /** What a recurrent kernel works on, by the names of its words; the others are 0. @param {Frame} words */
  frame(words) {
    const pointer = this.#engine.memory.allocate(FRAME_ELEMENTS);
    writeFrame(this.#engine.memory, pointer, words);
    return pointer;
  }

  /** A copy of the numbers as they are now. @param {number} pointer @param {number} n */
  read(pointer, n) {
    return this.floats.slice(pointer >> 2, (pointer >> 2) + n);
  }

  /** The same of int32 numbers. @param {number} pointer @param {number} n */
  readIds(pointer, n) {
    return this.ints.slice(pointer >> 2, (pointer >> 2) + n);
  }
}

/**
 * Throws if a number is further from its expected value than `tolerance` times the larger of that and 1.
 *
 * @param {string} what
 * @param {ArrayLike<number>} actual
 * @param {ArrayLike<number>} expected
 */
export function expectClose(what, actual, expected, tolerance = 1e-5) {
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i] - expected[i]);
    if (!(off <= tolerance * Math.max(1, Math.abs(expected[i])))) {
      throw new Error(`${what}: element ${i} is ${actual[i]} instead of ${expected[i]}`);
    }
  }
}

/** Numbers made by index. @param {number} n @param {(i: number) => number} value */
export const range = (n, value) => Float64Array.from({ length: n }, (_, i) => value(i));

/** What the machine can do now: multiplies and adds in registers, and copying a working set of some size. */
export class Roofs {
  #milliseconds;
  /** @type {Map<number, number>} */
  #bandwidths = new Map();

  /** @param {number} milliseconds to spend on each figure */
  constructor(milliseconds) {
    this.#milliseconds = milliseconds;
    this.gflops = measurePeak(milliseconds);
  }

  /** GB/s read and written when half of `bytes` is copied to the other half. @param {number} bytes */
  bandwidth(bytes) {
    const size = 2 ** Math.round(Math.log2(Math.max(bytes, 4096))); // neighbouring sizes share a measurement
    let gigabytes = this.#bandwidths.get(size);
    if (gigabytes === undefined) {
      const floats = new Float32Array(size / 4).fill(1);
      const half = floats.length / 2;
      gigabytes = size / time(() => floats.copyWithin(half, 0, half), this.#milliseconds).min / 1e6;
      this.#bandwidths.set(size, gigabytes);
    }
    return gigabytes;
  }
}

/** Milliseconds of one run. @param {Case | TimedCase} kernel @param {number} milliseconds */
function medianOf(kernel, milliseconds) {
  if ("time" in kernel) return kernel.time(milliseconds);
  const run = () => kernel.run();
  if (!kernel.without) return time(run, milliseconds).median;
  const [all, rest] = timeInTurns([run, kernel.without], 2 * milliseconds);
  return all.median - rest.median;
}

/**
 * Checks, then times one kernel, and compares it with the higher of the two bounds on its time.
 *
 * @param {Case | TimedCase} kernel
 * @param {Roofs} roofs
 * @param {number} milliseconds
 * @returns {Row}
 */
export function measure(kernel, roofs, milliseconds) {
  kernel.check();
  const { family, name, shape, elements, flop = 0, bytes } = kernel;
  const ms = medianOf(kernel, milliseconds);
  const computing = flop / roofs.gflops / 1e6;
  const moving = bytes / roofs.bandwidth(bytes) / 1e6;
  return {
    family,
    name,
    shape,
    nanoseconds: (1e6 * ms) / elements,
    gflops: flop / ms / 1e6,
    gigabytes: bytes / ms / 1e6,
    bound: computing > moving ? "multiply-add" : "copy",
    percentOfBound: (100 * Math.max(computing, moving)) / ms,
  };
}
