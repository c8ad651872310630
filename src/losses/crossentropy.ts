/** Losses of probabilities, computed on the logits where their own activation made those: exact for saturated outputs. */
import { boolean, checked, type Input, optional, options as schema } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import { type Loss, rowsOf, sameShape, type Target } from "./loss.ts";

const OPTIONS = schema({
  /** The model outputs logits, not probabilities; default false */
  fromLogits: optional(boolean, false),
});

export interface CrossentropyOptions extends Input<typeof OPTIONS> {}

/** The activation whose logits a loss can take: it puts them through no other. */
const ACTIVATION = {
  binaryCrossentropy: "sigmoid",
  categoricalCrossentropy: "softmax",
  sparseCategoricalCrossentropy: "softmax",
} as const;

type Name = keyof typeof ACTIVATION;

/** Where the loss is computed: on logits if they are known, else on the probabilities. */
function inputOf(name: Name, p: Tensor, fromLogits: boolean): { z: Tensor; form: "Logits" | "" } {
  if (fromLogits) return { z: p, form: "Logits" };
  const { logits } = p;
  return logits?.activation === ACTIVATION[name] ? { z: logits.z, form: "Logits" } : { z: p, form: "" };
}

function crossentropy(name: Name, options: CrossentropyOptions, target: (output: InnerShape) => Target): Loss {
  const settings = checked(options, name, OPTIONS);
  const { fromLogits } = settings;
  return {
    name,
    target: output => ({ ...target(output), activation: ACTIVATION[name], ...(fromLogits ? { logits: true } : {}) }),
    forward({ kernels }, p, y, rowWeights = 0) {
      const { z, form } = inputOf(name, p, fromLogits);
      return kernels[`${name}${form}Forward` as const](z.pointer, y.pointer, rowWeights, ...rowsOf(p));
    },
    backward({ kernels, tape }, p, y, rowWeights = 0) {
      const { z, form } = inputOf(name, p, fromLogits);
      const dz = tape?.gradientOf(z) ?? 0;
      kernels[`${name}${form}Backward` as const](dz, z.pointer, y.pointer, rowWeights, ...rowsOf(p));
    },
    toJSON: () => ({ name, options: settings }),
  };
}

/** Mean of -(y·ln p + (1 - y)·ln(1 - p)); exact for saturated sigmoid outputs. */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  return crossentropy("binaryCrossentropy", options, shape => ({ ...sameShape(shape), binary: true }));
}

/** Mean over rows of -sum(y·ln p), y a distribution over the last axis; exact for softmax outputs. */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  return crossentropy("categoricalCrossentropy", options, sameShape);
}

/** The same with class ids as targets. */
export function sparseCategoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  return crossentropy("sparseCategoricalCrossentropy", options, shape => ({ shape: shape.slice(0, -1), ids: true }));
}
