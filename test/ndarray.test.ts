import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layers, ndarray, sequential } from "../src/index.ts";
import { describe as nameOf, sizeOf, toNDArray } from "../src/ndarray.ts";
import { expectError } from "./helpers/models.ts";
import { untyped } from "./helpers/untyped.ts";

describe("ndarray", () => {
  it("keeps float32, int32 and float64, and copies others to what holds their numbers without rounding", () => {
    for (const data of [new Float32Array(6), new Int32Array(6), new Float64Array(6)]) {
      expect(ndarray(data, [2, 3]).data).toBe(data);
    }
    const copied: [ArrayLike<number>, object][] = [
      [[0.1, 2 ** 53], Float64Array],
      [new Uint32Array([1, 2 ** 32 - 1]), Float64Array],
      [new Uint8Array([1, 255]), Float32Array],
      [new Int16Array([-1, 32767]), Float32Array],
    ];
    for (const [data, kind] of copied) {
      const array = ndarray(data);
      expect(array.data).toBeInstanceOf(kind);
      expect([...array.data]).toEqual(Array.from(data));
      expect(array.shape).toEqual([2]);
    }
  });

  it("does not keep the caller's shape", () => {
    const shape = [2, 3];
    const array = ndarray(new Float32Array(6), shape);
    shape[0] = 9;
    expect(array.shape).toEqual([2, 3]);
  });

  it("gives nested arrays of any shape, and takes them back", () => {
    const nested = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).map(shape =>
      ndarray(
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => i / 3),
        shape,
      ),
    );
    fc.assert(
      fc.property(nested, array => {
        const again = toNDArray(array.toArray(), "x");
        expect(again.shape).toEqual(array.shape);
        expect(again.data).toEqual(Float64Array.from(array.data));
      }),
      { seed: 1 },
    );
    expect(ndarray([1, 2, 3, 4, 5, 6], [3, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(ndarray([7], []).toArray()).toBe(7);
    expect(ndarray([], [2, 0]).toArray()).toEqual([[], []]);
  });

  it.each<[unknown, unknown, "TypeError" | "RangeError", string]>([
    [[1, 2, 3], [2], "RangeError", "shape [2] holds 2 numbers, got 3; pass a shape whose product is data.length"],
    [[1, 2], [-1, -2], "RangeError", "expected a shape of whole numbers >= 0, got [-1, -2]"],
    [[1], [0.5, 2], "RangeError", "expected a shape of whole numbers >= 0, got [0.5, 2]"],
    [[1], ["1"], "RangeError", 'expected a shape of whole numbers >= 0, got ["1"]'],
    [[1], 1, "TypeError", "expected a shape such as [2, 3], got 1"],
    [[1], null, "TypeError", "expected a shape such as [2, 3], got null"],
    [null, undefined, "TypeError", "expected data of numbers, an array or a typed array, got null"],
    [undefined, undefined, "TypeError", "expected data of numbers, an array or a typed array, got undefined"],
    [5, undefined, "TypeError", "expected data of numbers, an array or a typed array, got 5"],
    ["12", undefined, "TypeError", 'expected data of numbers, an array or a typed array, got "12"'],
    [[1, "2"], undefined, "TypeError", 'expected numbers, got "2" at element 1'],
    [[[1], [2]], [2], "TypeError", "expected numbers, got an array of 1 at element 0"],
    [
      new BigInt64Array(2),
      [2],
      "TypeError",
      "expected data of numbers, an array or a typed array, got an object (BigInt64Array)",
    ],
    [
      new DataView(new ArrayBuffer(4)),
      [4],
      "TypeError",
      "expected data of numbers, an array or a typed array, got an object (DataView)",
    ],
  ])("refuses data and shape: case %#", async (data, shape, type, message) => {
    await expectError(() => ndarray(data as number[], shape as number[]), type, `ndarray: ${message}`);
  });
});

describe("toNDArray", () => {
  it("returns an NDArray itself, and wraps typed arrays and { shape, data } without a copy", () => {
    const data = new Int32Array([1, 2]);
    const array = ndarray(data);
    expect(toNDArray(array, "x")).toBe(array);
    expect(toNDArray(data, "x").data).toBe(data);
    expect(toNDArray({ shape: [1, 2], data }, "x").data).toBe(data);
    expect(toNDArray({ shape: [1, 2], data: [1, 2] }, "x").shape).toEqual([1, 2]);
    expect(toNDArray([array], "x"), "a list of one").toBe(array);
  });

  it("takes typed arrays as rows", () => {
    const array = toNDArray([Float32Array.of(1, 2), [3, 4], Int32Array.of(5, 6)], "x");
    expect(array.shape).toEqual([3, 2]);
    expect([...array.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("takes empty arrays", () => {
    expect(toNDArray([], "x").shape).toEqual([0]);
    expect(toNDArray([[], []], "x").shape).toEqual([2, 0]);
  });

  const WANTED = "expected nested number arrays, { shape, data } or ndarray(data, shape), got";
  const RAGGED = "pad or cut the rows to one length";
  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [5, "TypeError", `${WANTED} 5`],
    ["5", "TypeError", `${WANTED} "5"`],
    [null, "TypeError", `${WANTED} null`],
    [undefined, "TypeError", `${WANTED} undefined`],
    [{}, "TypeError", `${WANTED} an object`],
    [new Map(), "TypeError", `${WANTED} an object (Map)`],
    [new DataView(new ArrayBuffer(4)), "TypeError", `${WANTED} an object (DataView)`],
    [new BigInt64Array(1), "TypeError", `${WANTED} an object (BigInt64Array)`],
    [
      { shape: [3], data: [1, 2] },
      "RangeError",
      "shape [3] holds 3 numbers, got 2; pass a shape whose product is data.length",
    ],
    [{ shape: 3, data: [1, 2, 3] }, "TypeError", "expected a shape such as [2, 3], got 3"],
    [{ shape: [1], data: "1" }, "TypeError", 'expected data of numbers, an array or a typed array, got "1"'],
    [{ shape: [1], data: [null] }, "TypeError", "expected numbers, got null at element 0"],
    [[1, "2"], "TypeError", 'expected numbers, got "2" at element 1'],
    [
      [
        [1, 2],
        [3, null],
      ],
      "TypeError",
      "expected numbers, got null at element 3",
    ],
    [[[1, 2], [3]], "RangeError", `expected every row of axis 1 to have 2 entries, got one of 1; ${RAGGED}`],
    [[[1, 2], 3], "RangeError", `expected every row of axis 1 to have 2 entries, got 3; ${RAGGED}`],
    [
      [
        [1, 2],
        [3, [4]],
      ],
      "TypeError",
      "expected numbers, got an array of 1 at element 3",
    ],
    [[1, [2]], "TypeError", "expected numbers, got an array of 1 at element 1"],
  ])("refuses what is no array: case %#", async (value, type, message) => {
    await expectError(() => toNDArray(value, "y[1]"), type, `y[1]: ${message}`);
  });
});

describe("booleans", () => {
  it("are labels where a caller says so, and no numbers elsewhere", async () => {
    expect([...toNDArray([true, false], "y", true).data]).toEqual([1, 0]);
    expect([...toNDArray([[true, 2]], "y", true).data]).toEqual([1, 2]);
    expect([...toNDArray({ shape: [2], data: [false, true] }, "y", true).data]).toEqual([0, 1]);
    await expectError(
      () => toNDArray([true, "yes"], "y", true),
      "TypeError",
      'y: expected numbers, got "yes" at element 1',
    );
    const net = sequential([layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] })], { seed: 1 });
    net.compile({ loss: "binaryCrossentropy", metrics: ["accuracy"] });
    const x = [[1], [2], [3]];
    expect(net.gradients(x, [true, false, true])).toEqual(net.gradients(x, [1, 0, 1]));
    expect(net.gradients(x, [[true], [false], [true]])).toEqual(net.gradients(x, [1, 0, 1]));
    await expectError(() => net.predict([[untyped(true)]]), "TypeError", "x: expected numbers, got true at element 0");
  });
});

describe("describe", () => {
  it.each<[unknown, string]>([
    [null, "null"],
    [undefined, "undefined"],
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [true, "true"],
    ["a\nb", '"a\\nb"'],
    ["x".repeat(50), `"${"x".repeat(40)}…"`],
    [[1, 2], "an array of 2"],
    [{ a: 1 }, "an object"],
    [Object.create(null), "an object"],
    [new Date(0), "an object (Date)"],
    [{ constructor: { name: "a\nb" } }, "an object"],
    [{ constructor: null, toString: 1 }, "an object"],
    [() => 1, "a function"],
    [Symbol("s"), "a symbol"],
    [1n, "a bigint"],
  ])("names values in one line: case %#", (value, name) => {
    expect(nameOf(value)).toBe(name);
  });
});
