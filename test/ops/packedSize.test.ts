import { expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { gruPackedSize } from "../../src/recurrent/run/gruPacking.ts";

it("packed weights of a GRU have room in every form, whatever the units", () => {
  const { kernels } = new Engine();
  const wide = (K: number, N: number) => Math.ceil(N / 28) * 28 * K;
  for (let H = 1; H <= 200; H++) {
    const P = (H + 3) & ~3;
    for (const C of [1, 5, 64]) {
      for (const size of [kernels.packedSize, wide]) {
        const together = size(C + H, 2 * P) + size(C, P) + size(H, P);
        const apart = kernels.packedSize(C, 3 * P) + size(H, 2 * P) + size(H, P);
        expect(gruPackedSize(C, H), `${C}, ${H}`).toBeGreaterThanOrEqual(Math.max(together, apart));
      }
    }
  }
});
