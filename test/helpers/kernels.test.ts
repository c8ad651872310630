import { afterEach, describe, expect, it } from "vitest";
import { KernelBench, withoutStride, withStride } from "./kernels.ts";

describe("KernelBench", () => {
  const bench = new KernelBench();
  afterEach(() => bench.reset());

  it("gives kernels numbers and takes them back", () => {
    const x = bench.input([1, 2, 3]);
    const y = bench.inOut([10, 20, 30]);
    bench.kernels.add(y, x, 3);
    expect([...bench.read(y)]).toEqual([11, 22, 33]);
    expect([...bench.readInts(bench.inputInts([-1, 7]))]).toEqual([-1, 7]);
    expect([...bench.read(bench.output(2))]).toEqual([Number.NaN, Number.NaN]);
  });

  it.each([
    ["past its end", 0, 4],
    ["before its start", -1, 1],
  ])("catches a write %s", (message, from, n) => {
    const y = bench.inOut([1, 2, 3]);
    bench.kernels.randomUniform(y + 4 * from, 0, 1, 0, 0, 0, n);
    expect(() => bench.read(y)).toThrow(message);
  });

  it("catches a write into an input", () => {
    const x = bench.input([1, 2, 3]);
    bench.kernels.scaleInPlace(x, 2, 3);
    expect(() => bench.check()).toThrow("an input, changed at index 0");
  });
});

it("strides put gaps between rows, and see when they change", () => {
  const wide = withStride([1, 2, 3, 4], 2, 3);
  expect([...wide]).toEqual([1, 2, Number.NaN, 3, 4]);
  expect([...withoutStride(wide, 2, 3)]).toEqual([1, 2, 3, 4]);
  wide[2] = 0;
  expect(() => withoutStride(wide, 2, 3)).toThrow("between rows, at index 2");
});
