import { type Activation, activationKind } from "../activations.ts";
import type { Context } from "../context.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** y = activation(x), any shape; softmax over the last axis. */
export function activation(context: Context, x: Tensor, kind: Activation): Tensor {
  if (kind === "linear") return x;
  const { kernels, tape } = context;
  const y = context.tensor(x.shape, [x]);
  if (kind === "softmax") {
    const V = x.shape[x.shape.length - 1];
    const rows = x.size / V;
    kernels.softmaxForward(y.pointer, x.pointer, rows, V);
    if (y.requiresGradient) {
      tape?.record([y], () => kernels.softmaxBackward(tape.gradientOf(x), y.gradient, y.pointer, rows, V));
    }
  } else {
    const number = activationKind(kind);
    kernels.activationForward(y.pointer, x.pointer, number, x.size);
    if (y.requiresGradient) {
      tape?.record([y], () => kernels.activationBackward(tape.gradientOf(x), y.gradient, y.pointer, number, x.size));
    }
  }
  if (kind === "softmax" || kind === "sigmoid") y.logits = x;
  y.mask = x.mask;
  return y;
}

/** The same in a stream. */
export function compileActivation(program: Step, x: StepValue, kind: Activation, V: number): StepValue {
  if (kind === "linear") return x;
  const { kernels } = program;
  const y = program.allocate(x.size);
  if (kind === "softmax") program.onStep(() => kernels.softmaxForward(y.pointer, x.pointer, x.size / V, V));
  else {
    const number = activationKind(kind);
    program.onStep(() => kernels.activationForward(y.pointer, x.pointer, number, x.size));
  }
  return y;
}
