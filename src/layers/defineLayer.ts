import { type DeclaredWeights, expectNamed } from "../cells/weights.ts";
import { expectInteger, expectName, expectOptions } from "../expect.ts";
import type { Layer } from "../layer/layer.ts";
import { LAYER, type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { option, optional } from "../options.ts";
import { expectDefaults, ownOptions } from "../ownOptions.ts";
import { CustomLayer, type LayerDefinition } from "./custom.ts";

/** Makes layers of one definition. */
export type CustomLayerMaker<Options extends object> = (options?: Partial<Options> & LayerOptions) => Layer;

const KEYS = ["name", "options", "inputs", "weights", "outputShapes", "call"];

/** Checks a definition, and its defaults. */
function expectDefinition(definition: LayerDefinition, what: string): void {
  expectOptions(definition, KEYS, what);
  expectName(definition.name, `${what} name`);
  if (typeof definition.call !== "function") {
    throw new TypeError(`${what} call: expected a function, got ${describe(definition.call)}`);
  }
  for (const key of ["weights", "outputShapes"] as const) {
    const value = definition[key];
    if (value !== undefined && typeof value !== "function") {
      throw new TypeError(`${what} ${key}: expected a function, got ${describe(value)}`);
    }
  }
  expectInteger(definition.inputs ?? 1, `${what} inputs`);
  const defaults = expectDefaults(definition.options ?? {}, `${what} options`);
  for (const [name] of expectNamed(defaults, `${what} options`)) {
    if (Object.hasOwn(LAYER, name)) {
      throw new RangeError(`${what} options: every layer has "${name}" already; choose another name`);
    }
  }
}

/**
 * A layer of your own. What `call` computes with `ops` is differentiated by itself; masks pass through as long as the steps
 * [N, T] of the first input stay. A saved model holds the layer's name and options and no code: give the layer again with
 * `loadModel(bytes, { layers: { myLayer } })`.
 *
 * @param definition name, options, weights and call; see {@link LayerDefinition}
 * @returns what makes such layers, as `layers.dense` makes dense ones
 * @throws TypeError or RangeError for a definition that is not complete
 * @example
 * const highway = defineLayer({
 *   name: "highway",
 *   options: { bias: -1 },
 *   weights: ({ features }) => ({ kernel: [features, 2 * features], shift: [2 * features] }),
 *   call({ x, weights, options }) {
 *     const [h, t] = ops.split(ops.matmul(x, weights.kernel, weights.shift), 2);
 *     const gate = ops.sigmoid(ops.add(t, options.bias));
 *     return ops.add(ops.multiply(gate, ops.tanh(h)), ops.multiply(ops.subtract(1, gate), x));
 *   },
 * });
 * const net = sequential([layers.lstm({ units: 8, inputShape: [20, 3] }), highway({ bias: -2 }), layers.dense({ units: 1 })]);
 */
export function defineLayer<
  const Weights extends DeclaredWeights = Record<never, never>,
  Options extends Record<string, unknown> = Record<never, never>,
>(definition: LayerDefinition<Weights, Options>): CustomLayerMaker<Options> {
  const checked = definition as unknown as LayerDefinition;
  expectDefinition(checked, "defineLayer");
  const schema = Object.fromEntries(
    Object.entries(checked.options ?? {}).map(([key, usual]) => {
      const check = option((value, _what, title) => ownOptions({ [key]: usual }, { [key]: value }, title)[key]);
      return [key, optional(check, usual)];
    }),
  );
  return (options = {}) => {
    const settings: Record<string, unknown> = layerSettings(options, checked.name, schema);
    const own = Object.fromEntries(Object.keys(schema).map(key => [key, settings[key]]));
    return new CustomLayer(checked, own, settings);
  };
}
