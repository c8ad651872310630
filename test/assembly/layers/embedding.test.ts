import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { embeddingBackward, embeddingForward } from "../../reference/embedding.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

describe.each([1, 3, 4, 5, 8, 9])("rows of %i numbers", C => {
  const V = 6;
  // The first and the last row of the table, one twice, one never.
  const ids = [5, 0, 2, 2, 4, 0, 1];
  const random = seeded(C);

  it("embeddingForward copies rows", () => {
    const table = random.array(V * C);
    const y = bench.output(ids.length * C);
    kernels.embeddingForward(y, bench.inputInts(ids), bench.input(table), ids.length, C);
    expect(bench.read(y)).toEqual(Float32Array.from(embeddingForward(ids, table, C)));
  });

  it("embeddingBackward adds, rows of the same id together", () => {
    const [before, dy] = [random.array(V * C), random.array(ids.length * C)];
    const dTable = bench.inOut(before);
    kernels.embeddingBackward(dTable, bench.input(dy), bench.inputInts(ids), ids.length, C);
    const added = embeddingBackward(dy, ids, V, C);
    const expected = before.map((value, i) => value + added[i]);
    expectClose(bench.read(dTable), expected, { relative: 1e-7, absolute: 2e-7 });
  });
});

it.each<[number[], number]>([
  [[0, 5, 3], -1],
  [[0, 6, 7], 1],
  [[-1, 2, 3], 0],
  [[1, 2, -(2 ** 31)], 2],
  [[1, 2 ** 31 - 1], 1],
  [[], -1],
])("firstIdOutside of %j among 6 is %i", (ids, index) => {
  expect(kernels.firstIdOutside(bench.inputInts(ids), 6, ids.length)).toBe(index);
});
