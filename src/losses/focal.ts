/** Cross-entropies that leave easy samples to themselves (Lin et al., "Focal loss for dense object detection", ICCV 2017). */
import { LOSSES } from "../engine/families/losses.generated.ts";
import { boolean, checked, type Input, number, optional, options as schema } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { behind, fromLogits, labelSmoothing, smoothed } from "./labels.ts";
import { type Loss, REDUCTION, reducing, rowsOf, sameShape } from "./loss.ts";
import { pointwise } from "./pointwiseLoss.ts";

const CATEGORICAL = schema({
  /** Times the loss of every class; default 0.25 */
  alpha: optional(number(0), 0.25),
  /** The higher, the less what is nearly right counts; default 2 */
  gamma: optional(number(0), 2),
  fromLogits,
  labelSmoothing,
  ...REDUCTION,
});

const BINARY = schema({
  /** Counts a yes `alpha` times, a no 1 - `alpha` times; default false */
  applyClassBalancing: optional(boolean, false),
  /** See `applyClassBalancing`; default 0.25 */
  alpha: optional(number(0, 1), 0.25),
  /** The higher, the less what is nearly right counts; default 2 */
  gamma: optional(number(0), 2),
  fromLogits,
  labelSmoothing,
  ...REDUCTION,
});

export interface BinaryFocalOptions extends Input<typeof BINARY> {}
export interface CategoricalFocalOptions extends Input<typeof CATEGORICAL> {}

/** Mean of (1 - p_t)^gamma times the binary cross-entropy, p_t the probability of what is right. */
export function binaryFocalCrossentropy(options: BinaryFocalOptions = {}): Loss {
  const name = "binaryFocalCrossentropy";
  const settings = checked(options, name, BINARY);
  const { applyClassBalancing, alpha, gamma, fromLogits: logits, labelSmoothing: smoothing } = settings;
  return pointwise(
    name,
    settings,
    shape => ({ ...sameShape(shape), binary: true, activation: "sigmoid", logits }),
    (context, p, y) => {
      const { z, isLogits } = behind(p, "sigmoid", logits);
      return {
        kind: isLogits ? "focalLogits" : "focal",
        z,
        y: smoothed(context, y, smoothing, 2),
        a: gamma,
        b: applyClassBalancing ? alpha : -1,
      };
    },
  );
}

/** Mean over rows of -sum(alpha·(1 - p)^gamma·y·ln p), y a distribution over the last axis. */
export function categoricalFocalCrossentropy(options: CategoricalFocalOptions = {}): Loss {
  const name = "categoricalFocalCrossentropy";
  const settings = checked(options, name, CATEGORICAL);
  const { alpha, gamma, fromLogits: logits, labelSmoothing: smoothing } = settings;
  const sizes = (p: Tensor, isLogits: boolean) => [isLogits, gamma, alpha, ...rowsOf(p)] as const;
  return {
    name,
    families: [LOSSES],
    ...reducing(settings),
    target: shape => ({ ...sameShape(shape), activation: "softmax", logits }),
    forward(context, p, target, rowWeights = 0) {
      const { z, isLogits } = behind(p, "softmax", logits);
      const y = smoothed(context, target, smoothing, rowsOf(p)[1]);
      return context.kernels.categoricalFocalForward(z.pointer, y.pointer, rowWeights, ...sizes(p, isLogits));
    },
    backward(context, p, target, rowWeights = 0) {
      const { z, isLogits } = behind(p, "softmax", logits);
      const y = smoothed(context, target, smoothing, rowsOf(p)[1]);
      const dz = context.gradientOf(z);
      context.kernels.categoricalFocalBackward(dz, z.pointer, y.pointer, rowWeights, ...sizes(p, isLogits));
    },
    toJSON: () => ({ name, options: settings }),
  };
}
