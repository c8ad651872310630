import { afterEach, describe, expect, it, vi } from "vitest";
import { claim } from "../../../src/engine/threads/control.ts";
import { spawnWorker } from "../../../src/engine/threads/spawn.ts";
import { endRigs, idle, PoolRig, rigOf } from "./rig.ts";

afterEach(() => {
  vi.restoreAllMocks();
  endRigs();
});

describe("what goes wrong", () => {
  it("in a kernel on a worker is an error that names the call; the pool goes on", async () => {
    const rig = rigOf(2, self => self.addAfterWorkers(1));
    const { memory, pool } = rig;
    await pool.ready();
    const y = memory.allocateZeros(8);
    const outside = 2 ** 32 - 65536;
    expect(() =>
      pool.run("add", [
        [outside, y, 4],
        [y, y + 16, 4],
      ]),
    ).toThrow(`kernel add(${outside}, ${y}, 4) failed in a worker`);
    const x = rig.place([1, 2, 3, 4]);
    pool.run("add", [
      [y, x, 4],
      [y + 16, x, 4],
    ]);
    expect([...rig.floats(y, 8)]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it("in a kernel on the calling thread is thrown when all parts have been done", () => {
    const rig = rigOf(2, undefined, idle);
    const y = rig.memory.allocateZeros(4);
    const x = rig.place([1, 2, 3, 4]);
    expect(() =>
      rig.pool.run("add", [
        [y, x, 4],
        [2 ** 32 - 65536, y, 4],
      ]),
    ).toThrow(WebAssembly.RuntimeError);
    expect([...rig.floats(y, 4)]).toEqual([1, 2, 3, 4]);
  });

  it("when a worker is killed is an error of every use after it", async () => {
    const { pool, memory, workers } = rigOf(3);
    await pool.ready();
    await workers[1].terminate();
    const y = memory.allocateZeros(8);
    for (const calls of [
      [[y, y, 4]],
      [
        [y, y, 4],
        [y + 16, y, 4],
      ],
    ]) {
      expect(() => pool.run("add", calls)).toThrow(
        /worker 2 of 2 has ended \(exit code 1\).*loadModel\(net\.save\(\), \{ threads: 1 \}\)/,
      );
    }
    await expect(pool.ready()).rejects.toThrow(/worker 2 of 2 has ended/);
  });

  it("when a worker dies with a part in its hands is an error, not a hang", () => {
    let terminated = 0;
    const rig = rigOf(
      2,
      // Takes the other part as a worker would, and never finishes it.
      self => ({
        add: () => {
          expect(claim(self.words)).toBe(0);
        },
      }),
      () => ({ terminate: () => terminated++ }),
    );
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 500));
    const calls = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(() => rig.pool.run("add", calls)).toThrow(/taken a part of the work and not finished it.*loadModel/);
    // 100 times the time of the calling thread's own part, one look at the clock, is longer than 5 s here.
    expect(clock).toBeGreaterThan(100 * 500);
    expect(clock).toBeLessThan(110 * 500);
    expect(terminated).toBe(1);
    expect(() => rig.pool.run("add", calls)).toThrow(/not finished it/);
  });

  it("when a worker cannot start is told once; the others, or the calling thread, do its work", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const rig = rigOf(3, undefined, (start, onEnd) =>
      spawnWorker(start.worker === 0 ? { ...start, module: {} as WebAssembly.Module } : start, onEnd),
    );
    const { pool, memory } = rig;
    await vi.waitFor(() => expect(pool.threads).toBe(2));
    await pool.ready();
    expect(said.mock.calls).toEqual([
      [expect.stringMatching(/^wasm-lstm: threads: 3 asked for, 2 used: a worker could not start \(.*WebAssembly/)],
    ]);
    const y = memory.allocateZeros(8);
    const x = rig.place([1, 2, 3, 4]);
    pool.run("add", [
      [y, x, 4],
      [y + 16, x, 4],
    ]);
    expect([...rig.floats(y, 8)]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(pool.split(90, 1, Number.POSITIVE_INFINITY)).toHaveLength(2);
  });

  it("when none can start leaves the model as it is on one thread", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const rig = rigOf(2, undefined, (start, onEnd) => {
      queueMicrotask(() => {
        onEnd("no such file");
        onEnd("exit code 1");
      });
      return { terminate: () => start };
    });
    await rig.pool.ready();
    await null;
    expect(rig.pool.threads).toBe(1);
    expect(said.mock.calls).toEqual([
      ["wasm-lstm: threads: 2 asked for, 1 used: a worker could not start (no such file)"],
    ]);
    const y = rig.memory.allocateZeros(4);
    rig.pool.run("add", [[y, rig.place([1, 2, 3, 4]), 4]]);
    expect([...rig.floats(y, 4)]).toEqual([1, 2, 3, 4]);
  });

  it("when workers do not come up in 10 s is told, and done without", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { pool } = rigOf(4, undefined, idle);
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 2_000));
    await pool.ready();
    expect(said.mock.calls).toEqual([
      ["wasm-lstm: threads: 4 asked for, 1 used: the other workers have not started in 10 s"],
    ]);
  });

  it("when there are no workers is told by the one who makes the pool, which leaves none behind", () => {
    let terminated = 0;
    let made = 0;
    const spawn = () => {
      if (made++) throw new Error("no more");
      return { terminate: () => terminated++ };
    };
    expect(() => new PoolRig(3, undefined, spawn)).toThrow("no more");
    expect(terminated).toBe(1);
  });
});
