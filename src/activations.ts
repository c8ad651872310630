/** Activations by name: those that the kernels number, and softmax. */
import { activationKinds } from "./engine/kinds.generated.ts";
import { oneOf } from "./options.ts";

/**
 * An elementwise activation, as Keras 3 has it: `hardSigmoid` is clip(x/6 + 1/2, 0, 1), `leakyRelu` has a slope of 0.2
 * below 0, `elu` an alpha of 1.
 */
export type ElementwiseActivation = keyof typeof activationKinds;
/** An activation of a layer's output; softmax works on the last axis. */
export type Activation = ElementwiseActivation | "softmax";

export const elementwiseActivations = Object.keys(activationKinds) as ElementwiseActivation[];
export const activations: readonly Activation[] = [...elementwiseActivations, "softmax"];

/** The kernel's number of an activation. */
export function activationKind(name: ElementwiseActivation): number {
  return activationKinds[name];
}

/** Options of these kinds. */
export const activation = oneOf(activations);
export const elementwise = oneOf(elementwiseActivations);
