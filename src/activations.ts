/** Activations by name; the numbers are those of assembly/math/activation.ts. */
import { expectOneOf } from "./expect.ts";

const KINDS = { linear: 0, relu: 1, tanh: 2, sigmoid: 3, hardSigmoid: 4 } as const;

/** An elementwise activation. `hardSigmoid` is Keras 3's: clip(x/6 + 1/2, 0, 1). */
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
