import {
  type ActivationName,
  activationKind,
  type BroughtActivation,
  type ElementwiseActivation,
  type MadeActivation,
} from "../activations.ts";
import type { Backward, Context } from "../context.ts";
import { lastAxisOf, type Step, type StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { apply, expectInputs, type Op, type Operand } from "./op.ts";

/** y = activation(x), any shape; softmax over the last axis. */
export function activation(context: Context, x: Tensor, kind: MadeActivation): Tensor {
  if (kind === "linear") return x;
  const brought = kind as Partial<BroughtActivation>;
  if (brought.forward) return brought.forward(context, x);
  const { kernels } = context;
  const y = context.tensor(x.shape, [x]);
  if (kind === "softmax") {
    const V = x.shape[x.shape.length - 1];
    kernels.softmaxForward(y.pointer, x.pointer, x.size / V, V);
    context.record(softmaxBackward, [y], x, V);
  } else {
    let own = activationKind(kind as ElementwiseActivation);
    if (typeof own !== "number") own = context.tensorFrom(Float32Array.from(own), [2]).pointer;
    kernels.activationForward(y.pointer, x.pointer, own, x.size);
    context.record(activationBackward, [y], x, own);
  }
  if (kind === "softmax" || kind === "sigmoid") y.logits = { activation: kind, z: x };
  return y;
}

export const activationBackward: Backward<[x: Tensor, kind: number]> = (context, [y], x, kind) =>
  context.kernels.activationBackward(context.gradientOf(x), y.gradient, y.pointer, kind, x.size);

export const softmaxBackward: Backward<[x: Tensor, V: number]> = (context, [y], x, V) =>
  context.kernels.softmaxBackward(context.gradientOf(x), y.gradient, y.pointer, x.size / V, V);

/** The same in a stream. */
export function compileActivation(program: Step, x: StepValue, kind: MadeActivation): StepValue {
  if (kind === "linear") return x;
  const brought = kind as Partial<BroughtActivation>;
  if (brought.compile) return brought.compile(program, x);
  const y = program.allocate(x.size, x.width);
  const V = lastAxisOf(x);
  if (kind === "softmax") program.call("softmaxForward", y.pointer, x.pointer, x.size / V, V);
  else {
    let own = activationKind(kind as ElementwiseActivation);
    if (typeof own !== "number") {
      const { pointer } = program.allocate(2);
      program.memory.floats.set(own, pointer >>> 2);
      own = pointer;
    }
    program.call("activationForward", y.pointer, x.pointer, own, x.size);
  }
  return y;
}

/** Over what would a softmax go, where there is but the batch? */
export function expectFeatures(kind: unknown, axes: number, what: string): void {
  if (!/softmax$/i.test(String(kind)) || axes > 1) return;
  throw new RangeError(`${what}: expected [N, ..., C] to go over C, got [N]; use sigmoid, or an input with features`);
}

const opOf = (kind: ActivationName | "softmax"): Op => ({
  name: kind,
  shape(inputs) {
    expectInputs(inputs, 1, 1, `ops.${kind}`);
    expectFeatures(kind, inputs[0].length, `ops.${kind}`);
    return inputs[0];
  },
  forward: (context, [x]) => activation(context, x, kind),
});

/** Those that users call. */
export const activationOps = {
  sigmoid: opOf("sigmoid"),
  hardSigmoid: opOf("hardSigmoid"),
  tanh: opOf("tanh"),
  relu: opOf("relu"),
  softplus: opOf("softplus"),
  softsign: opOf("softsign"),
  elu: opOf("elu"),
  selu: opOf("selu"),
  leakyRelu: opOf("leakyRelu"),
  softmax: opOf("softmax"),
};

/**
 * 1 / (1 + e^-x), element by element.
 *
 * @param x a tensor of a cell, a layer or a loss, or a symbolic one: then so is the result, as with all ops
 * @example const gate = ops.sigmoid(ops.matmul(x, weights.gate));
 */
export function sigmoid<X extends Operand>(x: X): X {
  return apply(activationOps.sigmoid, [x], {});
}

/** clip(x/6 + 1/2, 0, 1), element by element, as Keras 3 has it. For other numbers see `layers.activation`. */
export function hardSigmoid<X extends Operand>(x: X): X {
  return apply(activationOps.hardSigmoid, [x], {});
}

/** The hyperbolic tangent, element by element. */
export function tanh<X extends Operand>(x: X): X {
  return apply(activationOps.tanh, [x], {});
}

/** max(0, x), element by element; its derivative at 0 is 0. */
export function relu<X extends Operand>(x: X): X {
  return apply(activationOps.relu, [x], {});
}

/** ln(1 + e^x), element by element: relu without its corner. */
export function softplus<X extends Operand>(x: X): X {
  return apply(activationOps.softplus, [x], {});
}

/** x / (1 + |x|), element by element. */
export function softsign<X extends Operand>(x: X): X {
  return apply(activationOps.softsign, [x], {});
}

/** x above 0, e^x - 1 below, element by element. */
export function elu<X extends Operand>(x: X): X {
  return apply(activationOps.elu, [x], {});
}

/** elu, scaled so that deep nets keep their mean and variance, element by element (Klambauer et al. 2017). */
export function selu<X extends Operand>(x: X): X {
  return apply(activationOps.selu, [x], {});
}

/** x above 0, x/5 below, element by element. */
export function leakyRelu<X extends Operand>(x: X): X {
  return apply(activationOps.leakyRelu, [x], {});
}

/** e^x over its sum, along the last axis; exact for large x too. */
export function softmax<X extends Operand>(x: X): X {
  return apply(activationOps.softmax, [x], {});
}
