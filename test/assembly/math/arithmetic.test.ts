import { afterEach, describe, expect, it } from "vitest";
import { arithmeticKinds } from "../../../src/engine/kinds.generated.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const f32 = Math.fround;
const rows = 3;

type Value = (a: number, b: number) => number;
type Slopes = (dy: number, a: number, b: number) => [number, number];

/** Rounded as the kernels do it: each operation by itself. */
const kinds: Record<keyof typeof arithmeticKinds, [Value, Slopes]> = {
  add: [(a, b) => f32(a + b), dy => [dy, dy]],
  subtract: [(a, b) => f32(a - b), dy => [dy, -dy]],
  multiply: [(a, b) => f32(a * b), (dy, a, b) => [f32(dy * b), f32(dy * a)]],
  divide: [(a, b) => f32(a / b), (dy, a, b) => [f32(dy / b), -f32(f32(dy * f32(a / b)) / b)]],
  maximum: [(a, b) => Math.max(a, b), (dy, a, b) => shares(dy, a - b)],
  greater: [(a, b) => Number(a > b), () => [0, 0]],
  minimum: [(a, b) => Math.min(a, b), (dy, a, b) => shares(dy, b - a)],
};
/** What goes to the first of two, and to the second, where the first is taken if it is above. */
function shares(dy: number, above: number): [number, number] {
  if (above === 0) return [dy / 2, dy / 2];
  return above > 0 ? [dy, 0] : [0, dy];
}
const names = Object.keys(kinds) as (keyof typeof kinds)[];

describe.each([1, 2, 3, 4, 5, 7, 8, 9])("rows of %i numbers", C => {
  const random = seeded(C);
  const forms: [string, number, number][] = [
    ["two matrices", C, C],
    ["a row to the right", C, 0],
    ["a row to the left", 0, C],
  ];
  const cases = names.flatMap(name => forms.map(form => [name, ...form] as const));

  it.each(cases)("%s, %s", (name, _, aStride, bStride) => {
    const kind = arithmeticKinds[name];
    const [a, b] = [aStride, bStride].map(stride => random.array(stride ? rows * C : C));
    const dy = random.array(rows * C);
    if (aStride === bStride) b[0] = a[0]; // equal numbers
    const [f, slopes] = kinds[name];
    const at = (i: number) => [aStride ? i : i % C, bStride ? i : i % C];
    const y = bench.output(rows * C);
    const operands = [bench.input(a), aStride, bench.input(b), bStride] as const;
    kernels.arithmeticForward(y, ...operands, kind, rows, C);
    const expected = dy.map((_, i) => f(a[at(i)[0]], b[at(i)[1]]));
    expect(bench.read(y)).toEqual(Float32Array.from(expected));

    const [startA, startB] = [random.array(a.length), random.array(b.length)];
    const [da, db] = [startA.slice(), startB.slice()];
    dy.forEach((d, i) => {
      const [j, k] = at(i);
      const [left, right] = slopes(d, a[j], b[k]);
      da[j] = f32(da[j] + left);
      db[k] = f32(db[k] + right);
    });
    const outer = bench.input(dy);
    const [pa, pb] = [bench.inOut(startA), bench.inOut(startB)];
    kernels.arithmeticBackward(pa, pb, outer, ...operands, kind, rows, C);
    expect(bench.read(pa)).toEqual(Float32Array.from(da));
    expect(bench.read(pb)).toEqual(Float32Array.from(db));

    const [onlyA, onlyB] = [bench.inOut(startA), bench.inOut(startB)];
    kernels.arithmeticBackward(onlyA, 0, outer, ...operands, kind, rows, C);
    kernels.arithmeticBackward(0, onlyB, outer, ...operands, kind, rows, C);
    expect(bench.read(onlyA)).toEqual(bench.read(pa));
    expect(bench.read(onlyB)).toEqual(bench.read(pb));
  });
});

it("passes NaN and infinities on", () => {
  const y = bench.output(6);
  const a = bench.input([Number.NaN, 1, Infinity, 1, -1, 0]);
  kernels.arithmeticForward(y, a, 6, bench.input([1, Number.NaN, -Infinity, 0, 0, 0]), 6, 3, 1, 6);
  expect([...bench.read(y)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Infinity, -Infinity, Number.NaN]);
});
