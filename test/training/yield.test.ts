import { afterEach, expect, it, vi } from "vitest";
import { Yielder } from "../../src/training/yield.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([[[]], [["setImmediate"]], [["setImmediate", "MessageChannel"]]])("gives a turn without %s", async missing => {
  for (const name of missing) vi.stubGlobal(name, undefined);
  const yielder = new Yielder();
  const until = performance.now() + 30;
  while (performance.now() < until);
  let turns = 0;
  setTimeout(() => turns++, 0);
  await yielder.due();
  await new Promise(resolve => setTimeout(resolve, 5));
  expect(turns).toBe(1);
});
