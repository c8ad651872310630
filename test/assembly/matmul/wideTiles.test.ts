/** The tiles of JavaScriptCore: all that holds for products, and the bits of the other tiles. */
import { describe, expect, it, vi } from "vitest";
import { prefersWideTiles } from "../../../src/engine/tiles.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";

vi.mock("../../../src/engine/tiles.ts", async actual => ({
  ...(await actual<typeof import("../../../src/engine/tiles.ts")>()),
  prefersWideTiles: vi.fn(() => true),
}));

await import("./product.test.ts");
await import("./weightGradient.test.ts");

describe("wide tiles", () => {
  it("were used above", () => {
    expect(prefersWideTiles).toHaveBeenCalled();
  });

  it.each([
    [1, 16, 5],
    [2, 17, 9],
    [3, 24, 33],
    [4, 40, 64],
    [7, 23, 100],
    [33, 65, 130],
    [20, 31, 1100],
  ])("give the bits of the others: %i rows, %i columns, sums of %i", (M, N, K) => {
    const bench = new KernelBench();
    const { kernels } = bench;
    const random = seeded(M * N + K);
    const [a, b, rows] = [random.array(M * K), random.array(K * N), random.array(M * N)];
    const [left, right] = [false, true].map(wide => {
      bench.reset();
      kernels.useScratch(bench.output(kernels.scratchSize()), wide);
      const packed = bench.output(kernels.packedSize(K, N));
      kernels.pack(packed, bench.input(b), N, K, N);
      const c = bench.inOut(rows);
      kernels.product(c, N, c, N, bench.input(a), K, packed, M, N, K);
      const d = bench.inOut(b);
      // The same numbers as K rows of N, and M rows of them as a.
      kernels.weightGradient(
        d,
        N,
        bench.input(a),
        K,
        bench.input(rows),
        N,
        K,
        N,
        M,
        bench.output(kernels.weightGradientScratch(K, N, M)),
      );
      return [bench.readInts(c), bench.readInts(d)];
    });
    expect(right).toEqual(left);
  });

  it("are for Bun, Safari and what runs in its engine", async () => {
    const inBun = "Bun" in globalThis; // where these tests run too
    const { prefersWideTiles: prefers } =
      await vi.importActual<typeof import("../../../src/engine/tiles.ts")>("../../../src/engine/tiles.ts");
    expect(prefers()).toBe(inBun);
    const webKit = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    vi.stubGlobal("navigator", { userAgent: `${webKit} HeadlessChrome/156.0.0.0 Safari/537.36` });
    expect(prefers()).toBe(inBun);
    for (const name of ["Version/60.5", "CriOS/156.0"]) {
      vi.stubGlobal("navigator", { userAgent: `${webKit} ${name} Safari/605.1.15` });
      expect(prefers()).toBe(true);
    }
    vi.stubGlobal("navigator", undefined);
    expect(prefers()).toBe(inBun);
    if (!inBun) vi.stubGlobal("Bun", {});
    expect(prefers()).toBe(true);
    vi.unstubAllGlobals();
  });
});
