/** What losses share that compare number by number, with one pair of kernels for all of them. */
import type { Context } from "../context.ts";
import { LOSSES } from "../engine/families/losses.generated.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import { type Loss, type ReductionOptions, reducing, rowsOf, type Target } from "./loss.ts";

/** By number in assembly/losses/pointwise.ts. */
const KINDS = ["kld", "poisson", "hinge", "squaredHinge", "percentage", "logarithmic", "focal", "focalLogits"] as const;

/** What kernels take of a batch. */
export interface Pointwise {
  kind: (typeof KINDS)[number];
  z: Tensor;
  y: Tensor;
  a?: number;
  b?: number;
}

/** A loss of these kernels. */
export function pointwise(
  name: string,
  settings: ReductionOptions,
  target: (output: InnerShape) => Target,
  of: (context: Context, p: Tensor, y: Tensor) => Pointwise,
): Loss {
  const sizes = (p: Tensor, kind: string) => {
    const [rows, C] = rowsOf(p);
    return [kind === "kld" ? 1 / rows : 1 / (rows * C), rows, C] as const;
  };
  return {
    name,
    families: [LOSSES],
    ...reducing(settings),
    target,
    forward(context, p, y, rowWeights = 0) {
      const { kind, z, y: own, a = 0, b = -1 } = of(context, p, y);
      const code = KINDS.indexOf(kind);
      return context.kernels.pointwiseForward(z.pointer, own.pointer, rowWeights, code, a, b, ...sizes(p, kind));
    },
    backward(context, p, y, rowWeights = 0) {
      const { kind, z, y: own, a = 0, b = -1 } = of(context, p, y);
      const [dz, code] = [context.gradientOf(z), KINDS.indexOf(kind)];
      context.kernels.pointwiseBackward(dz, z.pointer, own.pointer, rowWeights, code, a, b, ...sizes(p, kind));
    },
    toJSON: () => ({ name, options: settings }),
  };
}
