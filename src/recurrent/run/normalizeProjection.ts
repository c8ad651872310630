/** Layer normalization of x·kernel, all gates of a row at once; see assembly/recurrent/normalizedGates.ts. */
import type { Context } from "../../context.ts";
import type { Call } from "../../engine/threads/parallel.ts";
import type { Tensor } from "../../tensor.ts";
import type { AfterProjection } from "./inputSide.ts";
import type { Sizes } from "./weights.ts";

/**
 * @param gamma begins with the gains, [gates·H]
 * @param bias [G], padded; 0 without
 */
export function normalizeProjection(
  context: Context,
  gamma: Tensor,
  bias: number,
  epsilon: number,
  { G, H, gates }: Sizes,
): AfterProjection {
  const { kernels, memory, parallel, tape } = context;
  const gain = memory.allocate(G);
  kernels.recurrentPadGates(gain, gamma.pointer, 1, H, gates);
  let normalized = 0;
  let inverse = 0;
  const split = (count: number) => parallel.split(count, 1, 8 * count * G);
  return {
    forward(projected, count) {
      [normalized, inverse] = [memory.allocate(count * G), memory.allocate(count)];
      const calls = split(count).map(([from, to]): Call<"normalizedGatesForward"> => {
        const [y, n] = [projected, normalized].map(pointer => pointer + 4 * from * G);
        return [y, n, inverse + 4 * from, y, gain, bias, epsilon, to - from, gates, H];
      });
      parallel.run("normalizedGatesForward", calls);
    },
    backward(dProjected, first, count) {
      const dGamma = tape?.gradientOf(gamma) ?? 0;
      if (dGamma) {
        const sums = memory.allocateZeros(G);
        kernels.layerNormGainGradient(sums, dProjected, normalized + 4 * first * G, count, G);
        kernels.recurrentAddUnpadded(dGamma, sums, 1, H, gates);
      }
      const d = memory.allocate(count * G);
      const calls = split(count).map(([from, to]): Call<"normalizedGatesBackward"> => {
        const [dx, dy, n] = [d, dProjected, normalized + 4 * first * G].map(pointer => pointer + 4 * from * G);
        return [dx, dy, n, inverse + 4 * (first + from), gain, to - from, gates, H];
      });
      parallel.run("normalizedGatesBackward", calls);
      return d;
    },
  };
}
