import type { Layer } from "../layer/layer.ts";
import { expectInnerShape, type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import type { Value } from "../ops/value.ts";
import { type Input, integer, option, optional, options } from "../options.ts";
import { CustomLayer } from "./custom.ts";

type Call = (...inputs: Value[]) => Value;

const OPTIONS = options({
  /** What it computes, written with `ops`: a tensor of as many samples as the inputs have */
  call: option(expectCall),
  /** How many tensors it takes; default 1 */
  inputs: optional(integer(), 1),
  /** Of the output, without the batch axis; default: `call` is asked, with tensors that have no numbers */
  outputShape: optional(option(expectInnerShape)),
});

export interface LambdaOptions extends Input<typeof OPTIONS>, LayerOptions {}

function expectCall(value: unknown, what: string): Call {
  if (typeof value === "function") return value as Call;
  throw new TypeError(
    `${what}: expected a function, got ${describe(value)}; a file holds no code: give the layer a name, and what makes ` +
      "it again by that name, loadModel(bytes, { layers: { name: options => layers.lambda({ ...options, call }) } })",
  );
}

/**
 * A function as a layer, without weights; for weights or options use `defineLayer`. Masks pass through as long as the steps
 * [N, T] of the first input stay. A stream calls it at every step, as one of [1, 1, ...]: numbers of steps are read from `x.shape`. Ops on
 * symbolic tensors are compiled instead, which is faster. A saved model holds the layer's name and no code: name it, and give what makes it
 * again with `loadModel(bytes, { layers: { double } })`.
 *
 * @param given see {@link LambdaOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const double = (options = {}) => layers.lambda({ ...options, name: "double", call: x => ops.scale(x, 2) });
 * const net = sequential([layers.lstm({ units: 8, inputShape: [20, 3] }), double()]);
 */
export function lambda(given: LambdaOptions): Layer {
  const { call, inputs, outputShape, ...others } = layerSettings(given, "lambda", OPTIONS);
  const definition = {
    name: others.name ?? "lambda",
    inputs,
    call: (input: { inputs: readonly Value[] }) => call(...input.inputs),
    ...(outputShape === undefined ? {} : { outputShapes: () => [outputShape] }),
  };
  return new CustomLayer(definition, {}, others);
}
