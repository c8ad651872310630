/** Rows picked by an index: with one row twice, one never, and strides on both sides. */
import { afterEach, describe, expect, it } from "vitest";
import { KernelBench, withoutStride, withStride } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

describe.each([1, 3, 4, 5, 8, 9])("rows of %i numbers", columns => {
  const table = 6;
  const index = [5, 0, 2, 2, 4, 0, 1];
  const rows = index.length;
  const [wide, wider] = [columns + 1, columns + 3];
  const random = seeded(columns);
  const [few, many] = [random.array(table * columns), random.array(rows * columns)].map(x => Float32Array.from(x));

  it("gatherRows and gatherAddRows", () => {
    const [at, x] = [bench.inputInts(index), bench.input(withStride(few, columns, wide))];
    const picked = Float32Array.from(many, (_, i) => few[index[Math.floor(i / columns)] * columns + (i % columns)]);
    const y = bench.inOut(withStride(many, columns, wider));
    kernels.gatherAddRows(y, wider, x, wide, at, rows, columns);
    expect(withoutStride(bench.read(y), columns, wider)).toEqual(picked.map((value, i) => many[i] + value));
    kernels.gatherRows(y, wider, x, wide, at, rows, columns);
    expect(withoutStride(bench.read(y), columns, wider)).toEqual(picked);
  });

  it("scatterAddRows: rows of one index are added in their order", () => {
    const y = bench.inOut(withStride(few, columns, wide));
    const x = bench.input(withStride(many, columns, wider));
    kernels.scatterAddRows(y, wide, x, wider, bench.inputInts(index), rows, columns);
    const expected = few.slice();
    many.forEach((value, i) => {
      expected[index[Math.floor(i / columns)] * columns + (i % columns)] += value;
    });
    expect(withoutStride(bench.read(y), columns, wide)).toEqual(expected);
  });

  it("addGroups of groupRows", () => {
    const [starts, grouped] = [bench.output(table + 1), bench.output(rows)];
    kernels.groupRows(starts, grouped, bench.inputInts(index), rows, table);
    expect([...bench.readInts(starts)]).toEqual([0, 2, 3, 5, 5, 6, 7]);
    expect([...bench.readInts(grouped)]).toEqual([1, 5, 6, 2, 3, 4, 0]);
    const y = bench.inOut(withStride(few, columns, wide));
    kernels.addGroups(y, wide, bench.input(withStride(many, columns, wider)), wider, starts, grouped, table, columns);
    const expected = few.slice();
    many.forEach((value, i) => {
      expected[index[Math.floor(i / columns)] * columns + (i % columns)] += value;
    });
    expect(withoutStride(bench.read(y), columns, wide)).toEqual(expected);
  });

  it("scatterRows", () => {
    const y = bench.inOut(withStride(few, columns, wide));
    kernels.scatterRows(
      y,
      wide,
      bench.input(withStride(many, columns, wider)),
      wider,
      bench.inputInts(index),
      rows,
      columns,
    );
    const expected = few.slice();
    many.forEach((value, i) => {
      expected[index[Math.floor(i / columns)] * columns + (i % columns)] = value;
    });
    expect(withoutStride(bench.read(y), columns, wide)).toEqual(expected);
  });
});

it("pointToRow", () => {
  const pointer = bench.output(1);
  kernels.pointToRow(pointer, 1024, 5, bench.inputInts([3]));
  expect([...bench.readInts(pointer)]).toEqual([1024 + 4 * 3 * 5]);
});
