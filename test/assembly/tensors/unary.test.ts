import { afterEach, expect, it } from "vitest";
import { unaryKinds } from "../../../src/engine/kinds.generated.ts";
import { ulpDistance } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const functions = { log: Math.log, sqrt: Math.sqrt, abs: Math.abs, square: (x: number) => x * x };
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const numbers = [
  0,
  1,
  -1,
  2 ** -149,
  1.1754944e-38,
  3.4e38,
  1e-20,
  0.9999999,
  1.0000001,
  1.5,
  1.4,
  7,
  -3.5,
  inf,
  -inf,
  nan,
];
for (let i = 0; i < 500; i++) numbers.push(1.3 ** (i - 250));
const x = Float32Array.from(numbers).filter(value => value * value < 3e38 || !Number.isFinite(value));

it.each(Object.entries(functions))("%s is within 1 ULP, in place too", (name, f) => {
  const kind = unaryKinds[name as keyof typeof functions];
  const y = bench.output(x.length);
  kernels.unaryForward(y, bench.input(x), kind, x.length);
  const both = bench.inOut(x);
  kernels.unaryForward(both, both, kind, x.length);
  expect(bench.read(both)).toEqual(bench.read(y));
  bench.read(y).forEach((value, i) => {
    expect(ulpDistance(value, f(x[i])), `${name}(${x[i]})`).toBeLessThanOrEqual(1);
  });
});
