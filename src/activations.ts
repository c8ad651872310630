/** Activations by name: those that the kernels number, and softmax; and the hard sigmoid with numbers of its own. */
import { activationKinds } from "./engine/kinds.generated.ts";
import { expectOneOf } from "./expect.ts";
import { isObject } from "./isObject.ts";
import { checked, number, oneOf, option, optional, options, positive } from "./options.ts";

/** An elementwise activation that has no numbers to choose. */
export type ActivationName = keyof typeof activationKinds;

/**
 * clip(slope·x + offset, 0, 1). Keras 3 has 1/6 and 0.5, as here by default; Keras 2, TensorFlow.js and ONNX 0.2 and 0.5.
 */
export interface HardSigmoid {
  name: "hardSigmoid";
  /** Above 0; default 1/6 */
  slope?: number;
  /** Default 0.5 */
  offset?: number;
}

/**
 * An elementwise activation, as Keras 3 has it: `hardSigmoid` is clip(x/6 + 1/2, 0, 1), `leakyRelu` has a slope of 0.2
 * below 0, `elu` an alpha of 1.
 */
export type ElementwiseActivation = ActivationName | HardSigmoid;
/** An activation of a layer's output; softmax works on the last axis. */
export type Activation = ElementwiseActivation | "softmax";

export const elementwiseActivations = Object.keys(activationKinds) as ActivationName[];
export const activations: readonly (ActivationName | "softmax")[] = [...elementwiseActivations, "softmax"];

/** A number, or slope and offset of a hard sigmoid, which are read from memory. */
export type Kind = number | readonly [slope: number, offset: number];

/** What kernels know of an activation. */
export function activationKind(given: ActivationName): number;
export function activationKind(given: ElementwiseActivation): Kind;
export function activationKind(given: ElementwiseActivation): Kind {
  if (typeof given === "string") return activationKinds[given];
  const { slope = 1 / 6, offset = 0.5 } = given;
  return [slope, offset];
}

const HARD_SIGMOID = options({
  name: oneOf(["hardSigmoid"]),
  slope: optional(positive),
  offset: optional(number()),
});

const activationOf = <Name extends ActivationName | "softmax">(names: readonly Name[]) =>
  option((value, what): Name | HardSigmoid =>
    isObject(value) ? checked(value, what, HARD_SIGMOID) : expectOneOf(value, names, what),
  );

/** Options of these kinds. */
export const activation = activationOf(activations);
export const elementwise = activationOf(elementwiseActivations);
