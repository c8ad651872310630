/** Into how many pieces large calls are cut, whatever the clock says. */
import { afterEach, expect, it, vi } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { PatientParallel } from "../../../src/engine/turns/patientParallel.ts";
import { WorkList } from "../../../src/engine/turns/workList.ts";

afterEach(() => vi.restoreAllMocks());

const FLOP = 4e7;
const ROWS = 4096;

/**
 * Calls of 4e7 operations each, on a processor that does 2e7 a millisecond.
 *
 * @param stolen milliseconds that others take from the so manieth piece of all
 * @returns into how many pieces each call was cut
 */
function piecesOfCalls(count: number, stolen: (piece: number) => number): number[] {
  let [now, all] = [0, 0];
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const run = (_: string, [call]: readonly (readonly number[])[]): void => {
    now += (FLOP * call[7]) / ROWS / 2e7 + stolen(all++);
  };
  const engine = { memory: {}, parallel: { threads: 1, split: () => [[0, ROWS]], run } } as unknown as Engine;
  const list = new WorkList(() => 0);
  const parallel = new PatientParallel(engine, list);
  return Array.from({ length: count }, () => {
    const before = all;
    parallel.split(ROWS, 4, FLOP);
    // product: to, its stride, x, its stride, …, and at place 7 how many rows
    parallel.run("product", [[0, 1, 0, 1, 0, 1, 1, ROWS]]);
    while (list.waits) list.run();
    return all - before;
  });
}

it("are as long as they should be once the rate is known", () => {
  expect(piecesOfCalls(40, () => 0).at(-1)).toBe(1);
});

it("are never cut to nothing beside other processes, and are whole again soon after those", () => {
  // Every third piece waits 20 ms for the processor, as beside several busy processes.
  const counts = piecesOfCalls(300, piece => (piece % 3 === 0 ? 20 : 0));
  expect(Math.max(...counts)).toBeLessThan(150);
  const after = piecesOfCalls(60, piece => (piece < 200 ? 50 : 0));
  expect(after.at(-1)).toBe(1);
});
