import { vi } from "vitest";
import { Memory } from "../../src/engine/memory.ts";

/** Models that are made from now on have their memory from an address on, until `vi.restoreAllMocks()`. */
export function moveMemory(base: number): void {
  const begin = Memory.prototype.begin;
  vi.spyOn(Memory.prototype, "begin").mockImplementation(function (this: Memory, constants: number) {
    begin.call(this, base + constants);
  });
}
