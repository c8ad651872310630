/** Arrays that are not what they claim: one clear error each, in time that depends on what is really there. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  type ArrayLike32,
  chronologicalSplit,
  layers,
  minMaxScaler,
  ndarray,
  sequential,
  windows,
} from "../src/index.ts";
import { toNDArray } from "../src/ndarray.ts";
import { errorOf, expectError } from "./helpers/models.ts";
import { untyped } from "./helpers/untyped.ts";

function cyclic(length: number): unknown[] {
  const array: unknown[] = [];
  for (let i = 0; i < length; i++) array.push(array);
  return array;
}

function nested(depth: number): unknown {
  let array: unknown = 1;
  for (let i = 0; i < depth; i++) array = [array];
  return array;
}

function sparse(length: number, first: unknown): unknown[] {
  const array = [first];
  array.length = length;
  return array;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable<unknown[]>([], {});
  revoke();
  return proxy;
}

const withLength = (length: unknown) =>
  new Proxy([[1, 2]], { get: (target, key) => (key === "length" ? length : Reflect.get(target, key)) });

/** n lists of one list of … no numbers at all: small in memory, endless to walk. */
function emptyTree(n: number, axes: number): unknown {
  let level: unknown = [];
  for (let i = 1; i < axes; i++) level = new Array(n).fill(level);
  return level;
}

const DEEP = "expected nested arrays of at most 32 axes, got deeper ones; does an array hold itself?";
const LENGTH = "expected arrays with a length, got one whose length is";

describe("nested arrays", () => {
  it.each<[string, () => unknown, "TypeError" | "RangeError", string]>([
    ["that hold themselves", () => cyclic(1), "RangeError", DEEP],
    ["that hold themselves twice", () => cyclic(2), "RangeError", DEEP],
    [
      "that hold themselves later on",
      () => {
        const array: unknown[] = [[1, 2]];
        array.push(array);
        return array;
      },
      "TypeError",
      "expected numbers, got an array of 2 at element 2",
    ],
    ["20,000 levels deep", () => nested(20_000), "RangeError", DEEP],
    ["33 levels deep", () => nested(33), "RangeError", DEEP],
    [
      "20,000 levels deep behind a flat row",
      () => [[1], nested(20_000)],
      "TypeError",
      "expected numbers, got an array of 1 at element 1",
    ],
    [
      "of 2^32 - 1 holes",
      () => sparse(2 ** 32 - 1, [1, 2, 3, 4]),
      "RangeError",
      "shape [4294967295, 4] would hold 17179869180 numbers; expected at most 1073741824: pass the data in parts",
    ],
    [
      "of 2^32 - 1 empty rows",
      () => sparse(2 ** 32 - 1, []),
      "RangeError",
      "shape [4294967295, 0] would hold 0 numbers; expected at most 1073741824: pass the data in parts",
    ],
    ["of 10^8 holes", () => sparse(1e8, 1), "TypeError", "expected numbers, got undefined at element 1"],
    ["with a hole", () => sparse(3, 1), "TypeError", "expected numbers, got undefined at element 1"],
    [
      "with a hole for a row",
      () => sparse(3, [1]),
      "RangeError",
      "expected every row of axis 1 to have 1 entries, got undefined; pad or cut the rows to one length",
    ],
    [
      "of 10^12 rows without numbers",
      () => emptyTree(1e4, 4),
      "RangeError",
      "shape [10000, 10000, 10000, 0] would hold 0 numbers; expected at most 1073741824: pass the data in parts",
    ],
    [
      "that were revoked",
      revoked,
      "TypeError",
      "expected nested number arrays, { shape, data } or ndarray(data, shape), got an object that cannot be read",
    ],
    [
      "with a revoked row",
      () => [[1], revoked()],
      "RangeError",
      "expected every row of axis 1 to have 1 entries, got an object that cannot be read; pad or cut the rows to one length",
    ],
    ["of length -1", () => withLength(-1), "TypeError", `${LENGTH} -1`],
    ["of length NaN", () => withLength(NaN), "TypeError", `${LENGTH} NaN`],
    ["of length 1.5", () => withLength(1.5), "TypeError", `${LENGTH} 1.5`],
    ["of a text for a length", () => withLength("2"), "TypeError", `${LENGTH} "2"`],
    [
      "of 10^300 rows",
      () => withLength(1e300),
      "RangeError",
      "shape [1e+300, 2] would hold 2e+300 numbers; expected at most 1073741824: pass the data in parts",
    ],
    [
      "that claim a row too many",
      () => withLength(2),
      "RangeError",
      "expected every row of axis 1 to have 2 entries, got undefined; pad or cut the rows to one length",
    ],
    ["of bigints", () => [[1n]], "TypeError", "expected numbers, got a bigint at element 0"],
    [
      "of bigints in typed rows",
      () => [[1], new BigInt64Array(1)],
      "RangeError",
      "expected every row of axis 1 to have 1 entries, got an object (BigInt64Array); pad or cut the rows to one length",
    ],
    ["of symbols", () => [Symbol("x")], "TypeError", "expected numbers, got a symbol at element 0"],
    ["of dates", () => [[1, new Date(0)]], "TypeError", "expected numbers, got an object (Date) at element 1"],
    ["of texts", () => [["1"]], "TypeError", 'expected numbers, got "1" at element 0'],
    ["of booleans", () => [[true]], "TypeError", "expected numbers, got true at element 0"],
    ["of boxed numbers", () => [[new Number(1)]], "TypeError", "expected numbers, got an object (Number) at element 0"],
    [
      "of objects that turn into numbers",
      () => [[{ valueOf: () => 1 }]],
      "TypeError",
      "expected numbers, got an object at element 0",
    ],
    [
      "with a DataView for a row",
      () => [new DataView(new ArrayBuffer(4))],
      "TypeError",
      "expected numbers, got an object (DataView) at element 0",
    ],
  ])("%s", async (_, make, type, message) => {
    const value = make();
    const start = performance.now();
    await expectError(() => toNDArray(value, "x"), type, `x: ${message}`);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("is one line, however long the name of a class", async () => {
    const Long = { [`${"x".repeat(2000)}`]: class {} }["x".repeat(2000)];
    const { message } = await errorOf(() => toNDArray([new Long()], "x"));
    expect(message).toBe(`x: expected numbers, got an object (${"x".repeat(40)}…) at element 0`);
  });

  it("reads each getter once", () => {
    let reads = 0;
    const row = Object.defineProperty([1, 2], 1, { get: () => ++reads });
    expect([...toNDArray([[0, 0], row], "x").data]).toEqual([0, 0, 1, 1]);
  });

  it("lets an error of a getter through", () => {
    const row = Object.defineProperty([1], 0, {
      get() {
        throw new Error("mine");
      },
    });
    expect(() => toNDArray([[1], row], "x")).toThrow(new Error("mine"));
  });

  it("takes arrays and typed arrays of another realm", () => {
    const { lists, typed, bigints } = runInNewContext(
      "({ lists: [[1, 2], [3, 4]], typed: new Float32Array([1, 2]), bigints: new BigInt64Array(1) })",
    );
    expect([...toNDArray(lists, "x").data]).toEqual([1, 2, 3, 4]);
    const { data } = toNDArray(typed, "x");
    expect(data).toEqual(Float32Array.of(1, 2));
    expect(data.buffer, "not a copy").toBe(typed.buffer);
    expect(() => toNDArray(bigints, "x")).toThrow(/^x: expected nested number arrays/);
  });

  it("takes time in proportion to the numbers", () => {
    const rows = (n: number) => Array.from({ length: n }, () => [1, 2, 3, 4]);
    const time = (value: unknown) => {
      const start = performance.now();
      toNDArray(value, "x");
      return performance.now() - start;
    };
    const [small, large] = [rows(20_000), rows(200_000)];
    time(small);
    expect(time(large)).toBeLessThan(30 * Math.max(time(small), 5));
  });
});

describe("{ shape, data }", () => {
  it.each<[string, unknown, string]>([
    ["holes among the numbers", { shape: [3], data: sparse(3, 1) }, "x: expected numbers, got undefined at element 1"],
    [
      "a list of 2^32 - 1 holes",
      { shape: [2 ** 32 - 1], data: sparse(2 ** 32 - 1, 1) },
      "x: shape [4294967295] would hold 4294967295 numbers; expected at most 1073741824: pass the data in parts",
    ],
    [
      "a hole in the shape",
      { shape: sparse(3, 2), data: new Float32Array(6) },
      "x: expected a shape of whole numbers >= 0, got [2, undefined, undefined]",
    ],
    [
      "a shape of 2^32 - 1 axes",
      { shape: sparse(2 ** 32 - 1, 1), data: [1] },
      "x: expected a shape of at most 32 axes, got 4294967295",
    ],
    [
      "a revoked shape",
      { shape: revoked(), data: [1] },
      "x: expected a shape such as [2, 3], got an object that cannot be read",
    ],
    [
      "revoked data",
      { shape: [1], data: revoked() },
      "x: expected data of numbers, an array or a typed array, got an object that cannot be read",
    ],
    [
      "a claim of 2^53 samples without numbers",
      { shape: [2 ** 53, 0, 2], data: [] },
      "x: shape [9007199254740992, 0, 2] is too large for an array without numbers",
    ],
    ["booleans", { shape: [1], data: [true] }, "x: expected numbers, got true at element 0"],
    [
      "an object like an array",
      { shape: [1], data: { length: 1, 0: 1 } },
      "x: expected data of numbers, an array or a typed array, got an object",
    ],
  ])("%s", (_, value, message) => {
    expect(() => toNDArray(value, "x")).toThrow(message);
  });

  it("-0 in a shape is 0", () => {
    expect(toNDArray({ shape: [-0, 2], data: [] }, "x").shape).toEqual([0, 2]);
  });

  it("believes no length that a typed array claims", () => {
    const data = Object.defineProperty(new Float32Array(2), "length", { value: 6 });
    expect(() => ndarray(data, [6])).toThrow("shape [6] holds 6 numbers, got 2");
    class Longer extends Float32Array {
      override get length() {
        return 6;
      }
    }
    expect(() => ndarray(new Longer(2), [6])).toThrow("shape [6] holds 6 numbers, got 2");
    expect(ndarray(new Longer(2), [2]).data).toEqual(new Float32Array(2));
  });

  it("checks again what was changed after it was checked", () => {
    const made = () => ndarray(new Float32Array(6), [2, 3]);
    for (const change of [
      (array: object) => Object.assign(array, { data: new Float32Array(1) }),
      (array: object) => Object.assign(array, { shape: [9] }),
      (array: { shape: readonly number[] }) => (array.shape as number[]).push(9),
      (array: { shape: readonly number[] }) => (array.shape as number[]).splice(0, 2, -2, -3),
      (array: { shape: readonly number[] }) => (array.shape as number[]).splice(0, 2, 1.5, 4),
    ]) {
      const array = made();
      change(array);
      expect(() => toNDArray(array, "x")).toThrow(/^x: (shape|expected a shape)/);
    }
    const array = made();
    expect(toNDArray(array, "x")).toBe(array);
    expect(toNDArray(new Proxy(array, {}), "x")).toEqual(array);
  });

  it("knows a typed array by what it is, not by its prototype", () => {
    const data = Object.setPrototypeOf(Float32Array.of(1.5), Int32Array.prototype);
    expect(toNDArray({ shape: [1], data }, "x").data).toEqual(Float32Array.of(1.5));
  });
});

/** Moves an array's buffer away, as postMessage does with a transfer. */
const giveAway = ({ buffer }: ArrayBufferView) => structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });

const GONE = "its buffer was transferred or resized; pass a copy, data.slice()";

it("a revoked proxy is refused by every method", async () => {
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  net.compile({ loss: "mse" });
  const WANTED =
    "expected nested number arrays, { shape, data } or ndarray(data, shape), got an object that cannot be read";
  await expectError(() => net.predict(untyped(revoked())), "TypeError", `x: ${WANTED}`);
  await expectError(() => net.trainOnBatch([[1, 2]], untyped(revoked())), "TypeError", `y: ${WANTED}`);
  await expectError(() => net.fit(untyped(revoked()), [[1]]), "TypeError", `x: ${WANTED}`);
  await expectError(() => windows(revoked() as number[], { window: 1 }), "TypeError", `windows: series: ${WANTED}`);
});

describe("a buffer that is gone", () => {
  const model = () => {
    const net = sequential([layers.lstm({ units: 4, inputShape: [3, 2] }), layers.dense({ units: 1 })], { seed: 1 });
    net.compile({ loss: "mse" });
    return net;
  };
  const transferred = (shape: number[]) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5);
    const array = ndarray(data, shape);
    giveAway(data);
    return array;
  };
  /** An array of [1, 3, 2] whose resizable buffer is shrunk behind it. */
  const shrunk = (bytes: number, tracking: boolean) => {
    const Resizable = ArrayBuffer as unknown as new (
      size: number,
      options: object,
    ) => ArrayBuffer & { resize(n: number): void };
    const buffer = new Resizable(24, { maxByteLength: 24 });
    const array = ndarray(tracking ? new Float32Array(buffer) : new Float32Array(buffer, 0, 6), [1, 3, 2]);
    buffer.resize(bytes);
    return array;
  };

  it.each<[string, () => ArrayLike32, number]>([
    ["transferred", () => transferred([1, 3, 2]), 0],
    ["shrunk, fixed", () => shrunk(4, false), 0],
    ["shrunk, tracking", () => shrunk(4, true), 1],
    ["shrunk to nothing", () => shrunk(0, true), 0],
  ])("%s: every method says so", async (_, make, count) => {
    const net = model();
    const weights = net.getWeights();
    const stale = ndarray(new Float32Array(6).fill(9), [1, 3, 2]);
    const message = (what: string, shape: string) =>
      `${what}: expected the 6 numbers of [${shape}], but the typed array has ${count} now: ${GONE}`;
    net.predict(stale);
    await expectError(() => net.predict(make()), "TypeError", message("x", "1, 3, 2"));
    await expectError(() => net.trainOnBatch(make(), [[1]]), "TypeError", message("x", "1, 3, 2"));
    await expectError(() => net.fit(make(), [[1]], { verbose: 0 }), "TypeError", message("x", "1, 3, 2"));
    await expectError(() => net.evaluate(stale, make()), "TypeError", message("y", "1, 3, 2"));
    await expectError(() => net.gradients(make(), [[1]]), "TypeError", message("x", "1, 3, 2"));
    const array = make() as ReturnType<typeof ndarray>;
    await expectError(() => array.toArray(), "TypeError", message("toArray", "1, 3, 2"));
    await expectError(() => chronologicalSplit(array), "TypeError", message("chronologicalSplit", "1, 3, 2"));
    await expectError(() => minMaxScaler().fit(array), "TypeError", message("minMaxScaler.fit", "1, 3, 2"));
    await expectError(() => windows(array, { window: 1 }), "TypeError", message("windows: series", "1, 3, 2"));
    expect(net.getWeights()).toEqual(weights);
  });

  it("is no data in any form", () => {
    for (const data of [new Float64Array(8), new Uint8Array(8), new Float32Array(0)]) {
      giveAway(data);
      expect(() => ndarray(data, [0])).toThrow(`ndarray: expected numbers, but the typed array has 0 now: ${GONE}`);
      expect(() => toNDArray({ shape: [8], data }, "x")).toThrow(GONE);
      expect(() => toNDArray(data, "x")).toThrow(GONE);
      expect(() => toNDArray([data], "x")).toThrow(GONE);
    }
    expect(ndarray(new Float64Array(0), [0]).shape).toEqual([0]);
  });

  it("is noticed in the middle of a training too, and the weights are those of the last good step", async () => {
    const net = model();
    const x = new Float32Array(4 * 6).fill(0.5);
    let weights = net.getWeights();
    const training = net.fit(ndarray(x, [4, 3, 2]), [[1], [2], [3], [4]], {
      batchSize: 2,
      epochs: 3,
      verbose: 0,
      callbacks: [
        {
          onEpochEnd() {
            weights = net.getWeights();
            giveAway(x);
          },
        },
      ],
    });
    await expectError(
      () => training,
      "TypeError",
      `data: expected the 24 numbers of [4, 3, 2], but the typed array has 0 now: ${GONE}`,
    );
    expect(net.getWeights()).toEqual(weights);
  });
});
