import { type Activation, activationKind } from "../activations.ts";
import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";

const ACTIVATION = new BackwardKey<[x: Tensor, kind: number]>("activation");
const SOFTMAX = new BackwardKey<[x: Tensor, V: number]>("softmax");

/** y = activation(x), any shape; softmax over the last axis. */
export function activation(context: Context, x: Tensor, kind: Activation): Tensor {
  if (kind === "linear") return x;
  const { kernels } = context;
  const y = context.tensor(x.shape, [x]);
  if (kind === "softmax") {
    const V = x.shape[x.shape.length - 1];
    kernels.softmaxForward(y.pointer, x.pointer, x.size / V, V);
    context.record(SOFTMAX, [y], x, V);
  } else {
    const number = activationKind(kind);
    kernels.activationForward(y.pointer, x.pointer, number, x.size);
    context.record(ACTIVATION, [y], x, number);
  }
  if (kind === "softmax" || kind === "sigmoid") y.logits = x;
  return y;
}

export const activationBackward = backwardOf(ACTIVATION, (context, [y], x, kind) =>
  context.kernels.activationBackward(context.gradientOf(x), y.gradient, y.pointer, kind, x.size),
);

export const softmaxBackward = backwardOf(SOFTMAX, (context, [y], x, V) =>
  context.kernels.softmaxBackward(context.gradientOf(x), y.gradient, y.pointer, x.size / V, V),
);

/** The same in a stream. */
export function compileActivation(program: Step, x: StepValue, kind: Activation, V: number): StepValue {
  if (kind === "linear") return x;
  const y = program.allocate(x.size);
  if (kind === "softmax") program.call("softmaxForward", y.pointer, x.pointer, x.size / V, V);
  else program.call("activationForward", y.pointer, x.pointer, activationKind(kind), x.size);
  return y;
}
