import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const MASK = [1, 0, 7, 0, 0];
const rows = MASK.length;

describe.each([1, 3, 4, 5, 9])("rows of %i numbers", C => {
  const random = seeded(C);
  const [a, b, dy] = [random.array(rows * C), random.array(rows * C), random.array(rows * C)];
  const chosen = (i: number) => MASK[Math.floor(i / C)] !== 0;
  const sum = (d: Float64Array, wanted: boolean) =>
    Float32Array.from(d, (value, i) => (chosen(i) === wanted ? value + dy[i] : value));

  it("forward", () => {
    const y = bench.output(rows * C);
    kernels.chooseRowsForward(y, bench.input(a), bench.input(b), bench.inputInts(MASK), rows, C);
    expect(bench.read(y)).toEqual(Float32Array.from(a, (value, i) => (chosen(i) ? value : b[i])));
  });

  it("backward, of both or of one", () => {
    const [da, db, onlyA, onlyB] = [a, b, a, b].map(start => bench.inOut(start));
    const [outer, mask] = [bench.input(dy), bench.inputInts(MASK)];
    kernels.chooseRowsBackward(da, db, outer, mask, rows, C);
    kernels.chooseRowsBackward(onlyA, 0, outer, mask, rows, C);
    kernels.chooseRowsBackward(0, onlyB, outer, mask, rows, C);
    for (const pointer of [da, onlyA]) expect(bench.read(pointer)).toEqual(sum(a, true));
    for (const pointer of [db, onlyB]) expect(bench.read(pointer)).toEqual(sum(b, false));
  });
});
