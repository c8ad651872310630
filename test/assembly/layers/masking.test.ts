import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const MASK = [1, 0, 1, 1, 0, 0, 1];
const rows = MASK.length;

/** What stands in the rows of a matrix whose mask is 1, the others through `otherwise`. */
const rowsOf = (data: ArrayLike<number>, C: number, otherwise: (i: number) => number[]) =>
  Float32Array.from(
    MASK.flatMap((real, r) =>
      Array.from({ length: C }, (_, j) => (real ? [data[r * C + j]] : otherwise(r * C + j))),
    ).flat(),
  );

describe.each([1, 3, 4, 5, 8, 9])("rows of %i numbers", C => {
  const random = seeded(C);
  const [dx, dy] = [random.array(rows * C), random.array(rows * C)];
  const added = dx.map((d, i) => Math.fround(d + dy[i]));

  it.each([0, -1.1])("maskingForward of %d: a row is padding if all of it is that, not if part is", value => {
    const x = random.array(rows * C);
    MASK.forEach((real, r) => {
      if (!real) x.fill(Math.fround(value), r * C, (r + 1) * C);
      else if (C > 1) x.fill(Math.fround(value), r * C, (r + 1) * C - 1); // all but the last
    });
    const [y, mask] = [bench.output(rows * C), bench.output(rows)];
    kernels.maskingForward(y, mask, bench.input(x), value, rows, C);
    expect([...bench.readInts(mask)]).toEqual(MASK);
    expect(bench.read(y)).toEqual(rowsOf(x, C, () => [0]));
    const both = bench.inOut(x);
    kernels.maskingForward(both, bench.output(rows), both, value, rows, C);
    expect(bench.read(both)).toEqual(bench.read(y));
  });

  it("maskingBackward adds to real rows alone", () => {
    const d = bench.inOut(dx);
    kernels.maskingBackward(d, bench.input(dy), bench.inputInts(MASK), rows, C);
    expect(bench.read(d)).toEqual(rowsOf(added, C, i => [dx[i]]));
  });

  it("selectRowsForward packs real rows, of floats and of whole numbers", () => {
    const mask = bench.inputInts(MASK);
    const count = kernels.countRows(mask, rows);
    expect(count).toBe(4);
    const y = bench.output(count * C);
    kernels.selectRowsForward(y, bench.input(dx), mask, rows, C);
    expect(bench.read(y)).toEqual(rowsOf(dx, C, () => []));
    const whole = Array.from({ length: rows * C }, (_, i) => i - 3);
    const ids = bench.output(count * C);
    kernels.selectRowsForward(ids, bench.inputInts(whole), mask, rows, C);
    expect([...bench.readInts(ids)]).toEqual([...rowsOf(whole, C, () => [])]);
  });

  it("selectRowsBackward adds them where they came from", () => {
    const d = bench.inOut(dx);
    const packed = rowsOf(dy, C, () => []);
    kernels.selectRowsBackward(d, bench.input(packed), bench.inputInts(MASK), rows, C);
    expect(bench.read(d)).toEqual(rowsOf(added, C, i => [dx[i]]));
  });
});

it("NaN is not padding", () => {
  const [y, mask] = [bench.output(2), bench.output(2)];
  kernels.maskingForward(y, mask, bench.input([Number.NaN, 0]), 0, 2, 1);
  expect([...bench.readInts(mask)]).toEqual([1, 0]);
});

it("maskZeros of ids", () => {
  const mask = bench.output(5);
  kernels.maskZeros(mask, bench.inputInts([0, 3, -1, 0, 2 ** 31 - 1]), 5);
  expect([...bench.readInts(mask)]).toEqual([0, 1, 1, 0, 1]);
});

it("uniteMasks hides what both hide, in place too", () => {
  const [a, b] = [bench.inputInts([0, 1, 0, 1, 0]), bench.inputInts([0, 0, 1, 1, 0])];
  const mask = bench.output(5);
  kernels.uniteMasks(mask, a, b, 5);
  expect([...bench.readInts(mask)]).toEqual([0, 1, 1, 1, 0]);
  kernels.uniteMasks(mask, mask, bench.inputInts([1, 0, 0, 0, 0]), 5);
  expect([...bench.readInts(mask)]).toEqual([1, 1, 1, 1, 0]);
});

it.each([
  [[], 0],
  [[0, 0, 0], 0],
  [[1, 1], 2],
])("countRows of %j is %i", (mask, count) => {
  expect(kernels.countRows(bench.inputInts(mask), mask.length)).toBe(count);
});
