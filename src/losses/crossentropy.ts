/** Losses of probabilities, computed on the logits where their own activation made those: exact for saturated outputs. */
import { checked, type Input, integer, optional, orNull, options as schema } from "../options.ts";
import type { InnerShape } from "../weight.ts";
import { behind, fromLogits, labelSmoothing, smoothed } from "./labels.ts";
import { type Loss, REDUCTION, type ReductionOptions, reducing, rowsOf, sameShape, type Target } from "./loss.ts";

const SPARSE = schema({
  fromLogits,
  /** Targets of this class are left out, as if a mask hid them; default null: none */
  ignoreClass: optional(orNull(integer(-(2 ** 31), 2 ** 31 - 1))),
  ...REDUCTION,
});
const DENSE = schema({ fromLogits, labelSmoothing, ...REDUCTION });

export interface CrossentropyOptions extends Input<typeof DENSE> {}
export interface SparseCrossentropyOptions extends Input<typeof SPARSE> {}

/** The activation whose logits a loss can take: it puts them through no other. */
const ACTIVATION = {
  binaryCrossentropy: "sigmoid",
  categoricalCrossentropy: "softmax",
  sparseCategoricalCrossentropy: "softmax",
} as const;

type Name = keyof typeof ACTIVATION;

function crossentropy(
  name: Name,
  settings: { fromLogits: boolean; labelSmoothing?: number } & ReductionOptions,
  target: (output: InnerShape) => Target,
): Loss {
  const { fromLogits: logits, labelSmoothing: smoothing = 0 } = settings;
  const activation = ACTIVATION[name];
  const classes = (C: number): number => (activation === "sigmoid" ? 2 : C);
  return {
    name,
    ...reducing(settings),
    target: output => ({ ...target(output), activation, logits }),
    forward(context, p, y, rowWeights = 0) {
      const { z, isLogits } = behind(p, activation, logits);
      const [rows, C] = rowsOf(p);
      const labels = smoothed(context, y, smoothing, classes(C)).pointer;
      return context.kernels[`${name}${isLogits ? "Logits" : ""}Forward` as const](
        z.pointer,
        labels,
        rowWeights,
        rows,
        C,
      );
    },
    backward(context, p, y, rowWeights = 0) {
      const { z, isLogits } = behind(p, activation, logits);
      const dz = context.gradientOf(z);
      const [rows, C] = rowsOf(p);
      const labels = smoothed(context, y, smoothing, classes(C)).pointer;
      context.kernels[`${name}${isLogits ? "Logits" : ""}Backward` as const](
        dz,
        z.pointer,
        labels,
        rowWeights,
        rows,
        C,
      );
    },
    // What is not used is not said: files stay as they were.
    toJSON: () => ({ name, options: { ...settings, ...(smoothing === 0 ? { labelSmoothing: undefined } : {}) } }),
  };
}

/** Mean of -(y·ln p + (1 - y)·ln(1 - p)); exact for saturated sigmoid outputs. */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const settings = checked(options, "binaryCrossentropy", DENSE);
  return crossentropy("binaryCrossentropy", settings, shape => ({ ...sameShape(shape), binary: true }));
}

/** Mean over rows of -sum(y·ln p), y a distribution over the last axis; exact for softmax outputs. */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  return crossentropy("categoricalCrossentropy", checked(options, "categoricalCrossentropy", DENSE), sameShape);
}

/** The same with class ids as targets. */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Loss {
  const settings = checked(options, "sparseCategoricalCrossentropy", SPARSE);
  const { ignoreClass } = settings;
  return crossentropy("sparseCategoricalCrossentropy", settings, shape => ({
    shape: shape.slice(0, -1),
    ids: true,
    ...(typeof ignoreClass === "number" ? { ignored: ignoreClass } : {}),
  }));
}
