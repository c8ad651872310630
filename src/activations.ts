/** Activations by name: those that the kernels number, and softmax; and the hard sigmoid with numbers of its own. */
import type { Context } from "./context.ts";
import { elsewhere } from "./elsewhere.ts";
import type { Family } from "./engine/kernels.ts";
import { activationKinds } from "./engine/kinds.generated.ts";
import { expectOneOf } from "./expect.ts";
import { isObject } from "./isObject.ts";
import { checked, number, oneOf, option, optional, options, positive } from "./options.ts";
import type { Step, StepValue } from "./step.ts";
import type { Tensor } from "./tensor.ts";

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

/** One that layers have and recurrent cells have not, by its name. */
export type MoreActivationName =
  | "celu"
  | "gelu"
  | "hardShrink"
  | "hardSilu"
  | "hardTanh"
  | "logSigmoid"
  | "logSoftmax"
  | "mish"
  | "relu6"
  | "silu"
  | "softShrink"
  | "sparsePlus"
  | "sparseSigmoid"
  | "squareplus"
  | "tanhShrink";

/** One with numbers of its own; where they are left out, they are Keras'. */
export type NumberedActivation =
  | { name: "elu" | "celu"; alpha?: number }
  | { name: "gelu"; approximate?: boolean }
  | { name: "leakyRelu"; negativeSlope?: number }
  | { name: "softShrink" | "hardShrink"; threshold?: number }
  | { name: "squareplus"; b?: number };

/**
 * An activation of a layer's output; softmax and logSoftmax work on the last axis. In a bundle those of `MoreActivationName` and
 * `NumberedActivation` come with `import "wasm-lstm/activations"`; swish is silu, hardSwish is hardSilu.
 */
export type Activation =
  | ElementwiseActivation
  | "softmax"
  | MoreActivationName
  | NumberedActivation
  | "swish"
  | "hardSwish";

export const elementwiseActivations = Object.keys(activationKinds) as ActivationName[];
export const activations: readonly (ActivationName | "softmax")[] = [...elementwiseActivations, "softmax"];

/** A number, or slope and offset of a hard sigmoid, which are read from memory. */
export type Kind = number | readonly [slope: number, offset: number];

/** The slope of Keras 3's hard sigmoid. */
export const HARD_SLOPE = 1 / 6;

/** What kernels know of an activation. */
export function activationKind(given: ActivationName): number;
export function activationKind(given: ElementwiseActivation): Kind;
export function activationKind(given: ElementwiseActivation): Kind {
  if (typeof given === "string") return activationKinds[given];
  const { slope = HARD_SLOPE, offset = 0.5 } = given;
  return [slope, offset];
}

const HARD_SIGMOID = options({
  name: oneOf(["hardSigmoid"]),
  slope: optional(positive),
  offset: optional(number()),
});

/** An activation of layers that an entry has brought, with its arithmetic: as a file holds it, it is what was given. */
export interface BroughtActivation {
  readonly families: readonly Family[];
  forward(context: Context, x: Tensor): Tensor;
  /** The same in a stream */
  compile(program: Step, x: StepValue): StepValue;
  toJSON(): Exclude<Activation, ActivationName | HardSigmoid | "softmax">;
}

/** As layers have it. */
export type MadeActivation = ElementwiseActivation | "softmax" | BroughtActivation;

let find: ((value: unknown, what: string) => BroughtActivation | undefined) | undefined;

/** @param given makes an activation of what is none of those that all models have, and lists all names where there is no such activation */
export function registerActivations(given: typeof find): void {
  find = given;
}

/** The numbers of a hard sigmoid, or a name. */
const plain = <Name extends string>(value: unknown, what: string, names: readonly Name[], remedy?: string) =>
  isObject(value) ? checked(value, what, HARD_SIGMOID) : expectOneOf(value, names, what, remedy);

/** Options of these kinds. */
export const activation = option<MadeActivation, Activation>((value, what) => {
  const made = find?.(value, what); // which knows all names
  const { name = "hardSigmoid" } = Object(value) as { name?: string };
  const given = name === "hardSigmoid" ? value : `${name} with numbers`;
  return made ?? plain(given, what, activations, `; for more import "${elsewhere("activations")}" too`);
});
export const elementwise = option((value, what): ElementwiseActivation => plain(value, what, elementwiseActivations));
