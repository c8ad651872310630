import { afterEach, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

it.each<[number[], number[], number[]]>([
  [
    [5, 0, 2, 2, 4, 0, 1],
    [5, 0, 2, 4, 1],
    [0, 1, 2, 2, 3, 1, 4],
  ],
  [[3, 3, 3], [3], [0, 0, 0]],
  [[], [], []],
])("distinctIds of %j", (ids, distinct, which) => {
  const V = 6;
  const [found, places, seen] = [bench.output(ids.length), bench.output(ids.length), bench.output(V)];
  const count = kernels.distinctIds(found, places, seen, bench.inputInts(ids), V, ids.length);
  expect([...bench.readInts(found)].slice(0, count)).toEqual(distinct);
  expect([...bench.readInts(places)]).toEqual(which);
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
