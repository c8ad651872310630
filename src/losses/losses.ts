/** Losses: a value, and its gradient added to the prediction (or, where exact, to the logits behind it). */
import type { Context } from "../context.ts";
import { expectBoolean, expectNumber, expectOptions } from "../expect.ts";
import type { Tensor } from "../tensor.ts";

export interface Loss {
  readonly name: LossName;
  /** Targets are class ids, one number less of axes than the prediction. */
  readonly sparse: boolean;
  /** The mean loss of a batch. */
  forward(context: Context, prediction: Tensor, target: Tensor): number;
  /** Adds the gradient of the mean loss. */
  backward(context: Context, prediction: Tensor, target: Tensor): void;
  toJSON(): { name: LossName; options: object };
}

export type LossName =
  | "meanSquaredError"
  | "meanAbsoluteError"
  | "huber"
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "sparseCategoricalCrossentropy";

export interface CrossentropyOptions {
  /** The model outputs logits, not probabilities; default false */
  fromLogits?: boolean;
}

function plain(name: "meanSquaredError" | "meanAbsoluteError"): Loss {
  return {
    name,
    sparse: false,
    forward: ({ kernels }, p, y) => kernels[`${name}Forward`](p.pointer, y.pointer, p.size),
    backward: ({ kernels, tape }, p, y) =>
      kernels[`${name}Backward`](tape?.gradientOf(p) ?? 0, p.pointer, y.pointer, 1, p.size),
    toJSON: () => ({ name, options: {} }),
  };
}

/** Mean of (prediction - target)². */
export function meanSquaredError(): Loss {
  return plain("meanSquaredError");
}

/** Mean of |prediction - target|. */
export function meanAbsoluteError(): Loss {
  return plain("meanAbsoluteError");
}

/**
 * Quadratic for errors up to `delta`, linear beyond.
 *
 * @see Huber, "Robust estimation of a location parameter", 1964
 */
export function huber(options: { delta?: number } = {}): Loss {
  expectOptions(options, ["delta"], "huber");
  const delta = expectNumber(options.delta ?? 1, "huber delta", 0);
  return {
    name: "huber",
    sparse: false,
    forward: ({ kernels }, p, y) => kernels.huberForward(p.pointer, y.pointer, delta, p.size),
    backward: ({ kernels, tape }, p, y) =>
      kernels.huberBackward(tape?.gradientOf(p) ?? 0, p.pointer, y.pointer, delta, 1, p.size),
    toJSON: () => ({ name: "huber", options: { delta } }),
  };
}

/** Where the loss is computed: on the logits behind the prediction if they are known, else on the probabilities. */
function inputOf(p: Tensor, fromLogits: boolean): { z: Tensor; form: "Logits" | "" } {
  const logits = fromLogits ? p : p.logits;
  return logits ? { z: logits, form: "Logits" } : { z: p, form: "" };
}

function expectFromLogits(options: CrossentropyOptions, name: LossName): boolean {
  expectOptions(options, ["fromLogits"], name);
  return expectBoolean(options.fromLogits ?? false, `${name} fromLogits`);
}

function categorical(
  name: "categoricalCrossentropy" | "sparseCategoricalCrossentropy",
  options: CrossentropyOptions,
): Loss {
  const fromLogits = expectFromLogits(options, name);
  const sizes = (p: Tensor): [rows: number, classes: number] => {
    const V = p.shape[p.shape.length - 1];
    return [p.size / V, V];
  };
  return {
    name,
    sparse: name === "sparseCategoricalCrossentropy",
    forward({ kernels }, p, y) {
      const { z, form } = inputOf(p, fromLogits);
      return kernels[`${name}${form}Forward` as const](z.pointer, y.pointer, ...sizes(p));
    },
    backward({ kernels, tape }, p, y) {
      const { z, form } = inputOf(p, fromLogits);
      const dz = tape?.gradientOf(z) ?? 0;
      kernels[`${name}${form}Backward` as const](dz, z.pointer, y.pointer, 1, ...sizes(p));
    },
    toJSON: () => ({ name, options: { fromLogits } }),
  };
}

/** Mean of -(y·ln p + (1 - y)·ln(1 - p)); exact for saturated sigmoid outputs. */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const name = "binaryCrossentropy";
  const fromLogits = expectFromLogits(options, name);
  return {
    name,
    sparse: false,
    forward({ kernels }, p, y) {
      const { z, form } = inputOf(p, fromLogits);
      return kernels[`${name}${form}Forward` as const](z.pointer, y.pointer, p.size);
    },
    backward({ kernels, tape }, p, y) {
      const { z, form } = inputOf(p, fromLogits);
      kernels[`${name}${form}Backward` as const](tape?.gradientOf(z) ?? 0, z.pointer, y.pointer, 1, p.size);
    },
    toJSON: () => ({ name, options: { fromLogits } }),
  };
}

/** Mean over rows of -sum(y·ln p), y a distribution over the last axis; exact for softmax outputs. */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  return categorical("categoricalCrossentropy", options);
}

/** The same with class ids as targets. */
export function sparseCategoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  return categorical("sparseCategoricalCrossentropy", options);
}
