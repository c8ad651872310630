import { afterEach, describe, expect, it, vi } from "vitest";
import { PARKED, UP } from "../../../src/engine/threads/control.ts";
import type { Range } from "../../../src/engine/threads/parallel.ts";
import { seeded } from "../../helpers/random.ts";
import { endRigs, idle, rigOf } from "./rig.ts";

afterEach(endRigs);

describe("split", () => {
  const { pool } = rigOf(3, undefined, idle);

  it("covers the extent with ranges that begin at multiples", () => {
    for (const [extent, align, parts] of [
      [96, 8, 3],
      [50, 8, 3],
      [9, 8, 2],
      [8, 8, 1],
      [1, 1, 1],
      [1000, 1, 3],
    ]) {
      const ranges = pool.split(extent, align, Number.POSITIVE_INFINITY);
      expect(ranges).toHaveLength(parts);
      expect([ranges[0][0], ranges[parts - 1][1]]).toEqual([0, extent]);
      ranges.forEach(([begin, end], i) => {
        expect(begin % align).toBe(0);
        expect(end).toBeGreaterThan(begin);
        if (i) expect(begin).toBe(ranges[i - 1][1]);
      });
    }
  });

  it("leaves small work whole", () => {
    expect(pool.split(64, 1, 10_000)).toEqual([[0, 64]]);
    expect(pool.split(0, 1, 0)).toEqual([[0, 0]]);
    expect(pool.split(64, 1, 250_000)).toHaveLength(2);
    expect(pool.split(64, 1, 10_000_000)).toHaveLength(3);
  });
});

describe("a pool", () => {
  it.each([2, 3, 5])("of %i computes a product in parts to the bits of the whole", async threads => {
    const rig = rigOf(threads);
    const { kernels, memory, pool } = rig;
    await pool.ready();
    const random = seeded(threads);
    for (const [M, N, K] of [
      [64, 256, 40],
      [37, 50, 29],
      [5, 17, 300],
    ]) {
      const mark = memory.mark();
      const a = rig.place(random.array(M * K));
      const packed = memory.allocate(kernels.packedSize(K, N));
      kernels.pack(packed, rig.place(random.array(K * N)), N, K, N);
      const start = rig.place(random.array(N));
      const whole = memory.allocate(M * N);
      kernels.product(whole, N, start, 0, a, K, packed, M, N, K);
      const rows = ([from, to]: Range, c: number) =>
        [c + 4 * from * N, N, start, 0, a + 4 * from * K, K, packed, to - from, N, K] as const;
      const columns = ([from, to]: Range, c: number) =>
        [c + 4 * from, N, start + 4 * from, 0, a, K, packed + 4 * from * K, M, to - from, K] as const;
      for (const [part, extent, align] of [
        [rows, M, 4],
        [columns, N, 8],
      ] as const) {
        const c = memory.allocateZeros(M * N);
        const ranges = pool.split(extent, align, Number.POSITIVE_INFINITY);
        expect(ranges.length).toBeGreaterThan(1);
        pool.run(
          "product",
          ranges.map(range => part(range, c)),
        );
        expect(rig.floats(c, M * N)).toEqual(rig.floats(whole, M * N));
      }
      memory.release(mark);
    }
  });

  it("does all the work in the calling thread while no worker is up", () => {
    const rig = rigOf(4, undefined, idle);
    const x = rig.place([1, 2, 3, 4, 5, 6, 7, 8]);
    const y = rig.place([10, 10, 10, 10, 20, 20, 20, 20]);
    rig.pool.run("add", []);
    rig.pool.run("add", [
      [y, x, 4],
      [y + 16, x + 16, 4],
    ]);
    expect([...rig.floats(y, 8)]).toEqual([11, 12, 13, 14, 25, 26, 27, 28]);
  });

  it("loses and doubles nothing in 20,000 small forks, with more threads than cores", async () => {
    const rig = rigOf(4);
    const { memory, pool } = rig;
    await pool.ready();
    const x = memory.allocateZeros(64);
    const y = memory.allocateZeros(64);
    const sums = new Float64Array(16);
    let wrong = 0;
    for (let fork = 0; fork < 20_000; fork++) {
      const parts = 2 + (fork % 15);
      // The arguments differ from fork to fork: a part with those of another fork shows in the sums.
      const calls = Array.from({ length: parts }, (_, part) => [y + 16 * part, x + 16 * ((part + fork) % 16), 1]);
      for (let i = 0; i < 16; i++) memory.floats[(x >> 2) + 4 * i] = (fork + i) % 32;
      calls.forEach((_, part) => {
        sums[part] += (fork + ((part + fork) % 16)) % 32;
      });
      pool.run("add", calls);
      for (let part = 0; part < 16; part++) if (memory.floats[(y >> 2) + 4 * part] !== sums[part]) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("works in memory that has just grown, also when its workers sleep", async () => {
    const rig = rigOf(2, self => self.addAfterWorkers(1));
    const { memory, pool, words } = rig;
    await pool.ready();
    const n = 100_000;
    for (let round = 0; round < 6; round++) {
      if (round % 2) await vi.waitUntil(() => Atomics.load(words, PARKED) === 1, { timeout: 20_000 });
      const before = memory.bytes;
      const x = memory.allocate(2 * n);
      const y = memory.allocateZeros(2 * n);
      expect(memory.bytes).toBeGreaterThan(before);
      memory.floats.fill(round + 1, x >> 2, (x >> 2) + 2 * n);
      pool.run("add", [
        [y, x, n],
        [y + 4 * n, x + 4 * n, n],
      ]);
      expect(rig.floats(y, 2 * n).every(value => value === round + 1)).toBe(true);
    }
  });

  it("sleeps when it has nothing to do, and wakes", async () => {
    const rig = rigOf(3, self => self.addAfterWorkers(2));
    const { memory, pool, words } = rig;
    await pool.ready();
    expect(words[UP]).toBe(2);
    await vi.waitUntil(() => Atomics.load(words, PARKED) === 2, { timeout: 20_000 });
    const y = memory.allocateZeros(12);
    const x = rig.place([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    pool.run(
      "add",
      [0, 16, 32].map(at => [y + at, x + at, 4]),
    );
    expect([...rig.floats(y, 12)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await vi.waitUntil(() => Atomics.load(words, PARKED) === 2, { timeout: 20_000 });
  });

  it("refuses more parts than it has room for", () => {
    const { pool } = rigOf(2, undefined, idle);
    const calls = Array.from({ length: 65 }, () => [0, 0, 0]);
    expect(() => pool.run("add", calls)).toThrow(/run add: expected at most 64 calls, got 65/);
  });
});
