/** A loss, a metric and a layer that the package does not have, as users write them. */
import type { Context } from "../../src/context.ts";
import { defineLoss, defineMetric, ops } from "../../src/index.ts";
import { Layer } from "../../src/layer/layer.ts";
import { arithmetic } from "../../src/ops/arithmetic.ts";
import type { Tensor } from "../../src/tensor.ts";
import type { InnerShape } from "../../src/weight.ts";

/** The loss of a quantile: errors below and above count unequally. */
export const pinball = defineLoss({
  name: "pinball",
  options: { quantile: 0.5 },
  loss({ prediction, target }, { quantile }) {
    const below = ops.relu(ops.subtract(target, prediction));
    const above = ops.relu(ops.subtract(prediction, target));
    return ops.add(ops.scale(below, quantile), ops.scale(above, 1 - quantile));
  },
});

/** Not a mean of anything. */
export const largestError = defineMetric({
  name: "largestError",
  options: { above: 0 },
  start: () => ({ largest: 0 }),
  add(state, { prediction, target }, { above }) {
    for (let i = 0; i < prediction.length; i++) {
      const error = Math.abs(prediction[i] - target[i]);
      if (error > above && error > state.largest) state.largest = error;
    }
  },
  result: ({ largest }) => largest,
});

class Twice extends Layer {
  readonly kind = "twice";

  override get usersOwn(): string {
    return "layer";
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [shape];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [arithmetic(context, "add", x, x)];
  }
}

export const twice = (options = {}): Layer => new Twice(options);
