import type { Activation } from "../../activations.ts";
import { activation } from "../../ops/activation.ts";
import { exp as expOp } from "../../ops/exp.ts";
import { compute, expectValue, type Value } from "../value.ts";

function activate(x: Value, kind: Activation): Value {
  const what = `ops.${kind}`;
  return compute(what, [expectValue(x, what)], (context, [input]) => activation(context, input, kind));
}

/**
 * 1 / (1 + e^-x), element by element.
 *
 * @example const gate = ops.sigmoid(ops.matmul(x, weights.gate));
 */
export function sigmoid(x: Value): Value {
  return activate(x, "sigmoid");
}

/** clip(x/6 + 1/2, 0, 1), element by element, as Keras 3 has it. */
export function hardSigmoid(x: Value): Value {
  return activate(x, "hardSigmoid");
}

/** The hyperbolic tangent, element by element. */
export function tanh(x: Value): Value {
  return activate(x, "tanh");
}

/** max(0, x), element by element; its derivative at 0 is 0. */
export function relu(x: Value): Value {
  return activate(x, "relu");
}

/** ln(1 + e^x), element by element: relu without its corner. */
export function softplus(x: Value): Value {
  return activate(x, "softplus");
}

/** x / (1 + |x|), element by element. */
export function softsign(x: Value): Value {
  return activate(x, "softsign");
}

/** x above 0, e^x - 1 below, element by element. */
export function elu(x: Value): Value {
  return activate(x, "elu");
}

/** elu, scaled so that deep nets keep their mean and variance, element by element (Klambauer et al. 2017). */
export function selu(x: Value): Value {
  return activate(x, "selu");
}

/** x above 0, x/5 below, element by element. */
export function leakyRelu(x: Value): Value {
  return activate(x, "leakyRelu");
}

/** e^x over its sum, along the last axis; exact for large x too. */
export function softmax(x: Value): Value {
  return activate(x, "softmax");
}

/** e^x, element by element; Infinity above 88.7. */
export function exp(x: Value): Value {
  return compute("ops.exp", [expectValue(x, "ops.exp")], (context, [input]) => expOp(context, input));
}
