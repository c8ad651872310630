import type { Context } from "../context.ts";
import { expectName, expectOptions, showShape } from "../expect.ts";
import { describe } from "../ndarray.ts";
import { ANY_OP } from "../ops/anyOp.ts";
import { reshape } from "../ops/reshape.ts";
import { Computation, isValue, tensorOf, type Value } from "../ops/value.ts";
import { expectDefaults, ownOptions } from "../ownOptions.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import { type Loss, rowsOf, sameShape } from "./loss.ts";
import { lossRegistry } from "./registry.ts";

/** A loss in TypeScript: what a prediction costs. */
export interface LossDefinition<Options extends object> {
  /** What the loss is called in saved models */
  name: string;
  /** Options with their defaults, plain JSON; default none */
  options?: Options;
  /** The shape of a target, both without the batch axis; default that of the prediction */
  target?: (output: InnerShape, options: Options) => InnerShape;
  /**
   * The cost of every row [...], or of every number of it [..., K], written with `ops`: with the prediction's axes but for the
   * last. The loss is its mean, each row times its weight.
   */
  loss: (compared: { prediction: Value; target: Value }, options: Options) => Value;
}

/** The tensor of what a definition returned, checked against the prediction. */
function costOf(context: Context, value: unknown, prediction: Tensor, what: string): Tensor {
  const leading = prediction.shape.slice(0, -1);
  const expected = `${what}: expected loss to return a tensor ${showShape(leading)} or ${showShape([...leading, "any"])}`;
  if (!isValue(value)) throw new TypeError(`${expected} made by ops, got ${describe(value)}`);
  const given = tensorOf(value, what);
  const cost = given.shape.join() === leading.join() ? reshape(context, given, [...leading, 1]) : given;
  if (cost.shape.length !== prediction.shape.length || cost.shape.slice(0, -1).join() !== leading.join()) {
    throw new RangeError(`${expected}, a cost a row, got ${showShape(cost.shape)}`);
  }
  if (prediction.requiresGradient && !cost.requiresGradient) {
    throw new RangeError(`${what}: expected a loss that depends on the prediction by ops alone, got one that does not`);
  }
  return cost;
}

/** Calls back with every element of a tensor and the weight of its row. */
function eachWeighted(
  { memory }: Context,
  tensor: Tensor,
  rowWeights: number,
  use: (floats: Float32Array, i: number, weight: number) => void,
): void {
  const { floats } = memory;
  const [rows, C] = rowsOf(tensor);
  for (let r = 0, i = 0; r < rows; r++) {
    const weight = rowWeights ? floats[(rowWeights >>> 2) + r] : 1;
    for (const end = i + C; i < end; i++) use(floats, i, weight);
  }
}

/**
 * A loss of your own. What `loss` computes with `ops` is differentiated by itself. A saved model holds the loss' name and
 * options and no code: give it again with `loadModel(bytes, { losses: { myLoss } })`.
 *
 * @param definition name and loss, options and the shape of targets if wanted; see {@link LossDefinition}
 * @returns the maker of the loss, which takes the options
 * @throws TypeError for a definition that is not complete, RangeError for the name of a loss that there is
 * @example
 * const pinball = defineLoss({
 *   name: "pinball",
 *   options: { quantile: 0.5 },
 *   loss({ prediction, target }, { quantile }) {
 *     const below = ops.relu(ops.subtract(target, prediction));
 *     const above = ops.relu(ops.subtract(prediction, target));
 *     return ops.add(ops.scale(below, quantile), ops.scale(above, 1 - quantile));
 *   },
 * });
 * net.compile({ loss: pinball({ quantile: 0.9 }) });
 */
export function defineLoss<Options extends object = Record<string, never>>(
  definition: LossDefinition<Options>,
): (options?: Partial<Options>) => Loss {
  expectOptions(definition, ["name", "options", "target", "loss"], "defineLoss");
  const name = expectName(definition.name, "defineLoss name");
  if (lossRegistry.has(name)) {
    throw new RangeError(`defineLoss name: expected one of its own, got that of the loss "${name}"`);
  }
  for (const key of ["target", "loss"] as const) {
    if (typeof definition[key] !== "function" && !(key === "target" && definition.target === undefined)) {
      throw new TypeError(`defineLoss ${key}: expected a function, got ${describe(definition[key])}`);
    }
  }
  const defaults = expectDefaults(definition.options ?? ({} as Options), "defineLoss options");
  const what = `loss ${name}`;

  return (given = {}) => {
    const options = ownOptions(defaults, given, name);
    // What was computed of each prediction, for its way back.
    const costs = new WeakMap<Tensor, Tensor>();
    return {
      name,
      families: ANY_OP, // it may use any op
      target: shape =>
        definition.target ? { shape: definition.target(shape, options), ids: false } : sameShape(shape),
      forward(context, p, y, rowWeights = 0) {
        const computation = new Computation(context);
        try {
          const compared = { prediction: computation.value(p), target: computation.value(y) };
          const cost = costOf(context, definition.loss(compared, options), p, what);
          costs.set(p, cost);
          const from = cost.pointer >>> 2;
          let sum = 0;
          eachWeighted(context, cost, rowWeights, (floats, i, weight) => {
            sum += weight * floats[from + i];
          });
          return sum / cost.size;
        } finally {
          computation.end();
        }
      },
      backward(context, p, _y, rowWeights = 0) {
        const cost = costs.get(p);
        const gradient = context.tape?.gradientOf(cost) ?? 0;
        if (!cost || gradient === 0) return;
        const from = gradient >>> 2;
        eachWeighted(context, cost, rowWeights, (floats, i, weight) => {
          floats[from + i] += weight / cost.size;
        });
      },
      toJSON: () => ({ name, options }),
    };
  };
}
