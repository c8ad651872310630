/** Activations by name; the numbers are those of assembly/math/activation.ts and rareActivations.ts. */
import { expectOneOf } from "./expect.ts";

const KINDS = {
  linear: 0,
  relu: 1,
  tanh: 2,
  sigmoid: 3,
  hardSigmoid: 4,
  softplus: 5,
  softsign: 6,
  elu: 7,
  selu: 8,
  leakyRelu: 9,
  exponential: 10,
} as const;

/**
 * An elementwise activation, as Keras 3 has it: `hardSigmoid` is clip(x/6 + 1/2, 0, 1), `leakyRelu` has a slope of 0.2
 * below 0, `elu` an alpha of 1.
 */
export type ElementwiseActivation = keyof typeof KINDS;
/** An activation of a layer's output; softmax works on the last axis. */
export type Activation = ElementwiseActivation | "softmax";

export const elementwiseActivations = Object.keys(KINDS) as ElementwiseActivation[];
export const activations: readonly Activation[] = [...elementwiseActivations, "softmax"];

/** The kernel's number of an activation. */
export function activationKind(name: ElementwiseActivation): number {
  return KINDS[name];
}

export function expectActivation(value: unknown, what: string): Activation {
  return expectOneOf(value, activations, what);
}

export function expectElementwise(value: unknown, what: string): ElementwiseActivation {
  return expectOneOf(value, elementwiseActivations, what);
}
