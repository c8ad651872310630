/** Memory that belongs to an object: given back, taken again, and no reason for a model to stay. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Blocks } from "../../src/engine/blocks.ts";
import { Memory } from "../../src/engine/memory.ts";
import { layers, sequential } from "../../src/index.ts";

function begun(): Memory {
  const memory = new Memory();
  memory.begin(4096);
  return memory;
}

it("gives zeros, and again what was given back", () => {
  const memory = begun();
  const blocks = new Blocks(memory);
  const [a, b] = [{}, {}];
  const first = blocks.take(a, 8);
  const second = blocks.take(a, 4);
  memory.floats.fill(7, first >>> 2, (first >>> 2) + 8);
  const other = blocks.take(b, 8);
  expect(new Set([first, second, other]).size).toBe(3);
  blocks.give(a);
  expect(blocks.take(b, 8)).toBe(first);
  expect(blocks.take(b, 4)).toBe(second);
  expect([...memory.floats.subarray(first >>> 2, (first >>> 2) + 8)]).toEqual(new Array(8).fill(0));
  expect([first, second, other]).not.toContain(blocks.take(b, 8));
  blocks.give({});
});

it("takes back what the owner of is gone", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const blocks = new Blocks(begun());
  const pointer = (() => blocks.take({}, 8))();
  const kept = {};
  const mine = blocks.take(kept, 8);
  let again = mine;
  for (let i = 0; i < 50 && again !== pointer; i++) {
    gc();
    await new Promise(resolve => setTimeout(resolve, 1));
    again = blocks.take(kept, 8);
  }
  expect(again).toBe(pointer);
});

it("lets go of models that were compiled in a loop without a turn of the event loop", () => {
  // Each has a range of addresses: Node has room for some 12,000 at a time.
  for (let i = 0; i < 14_000; i++) {
    sequential([layers.dense({ units: 1, inputShape: [1] })]).compile({ loss: "mse" });
  }
  expect(sequential([layers.dense({ units: 1, inputShape: [1] })]).predict([[1]]).shape).toEqual([1, 1]);
});
