import { expectOptions } from "../expect.ts";
import type { Layer } from "../layer/layer.ts";
import { Operation } from "../layer/operation.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { allOps } from "../ops/byName.ts";
import { type Input, oneOf, option, optional, options } from "../options.ts";

const OPS = allOps();
const names = OPS.map(({ name }) => name);

const OPTIONS = options({
  /** The op's name: that of `ops.name` */
  op: oneOf(names),
  /** The op's own options; default none */
  options: optional(
    option((value): object => value as object),
    {},
  ),
});

export interface OperationOptions extends Input<typeof OPTIONS>, LayerOptions {}

/**
 * An op as a layer, which is what `ops` make of symbolic tensors: this is how files hold it. Call `ops` instead.
 *
 * @throws TypeError or RangeError for an op that there is not, or options that are not its own
 * @example layers.operation({ op: "multiply", options: { b: 0.5 } }) // ops.multiply(x, 0.5)
 */
export function operation(options: OperationOptions): Layer {
  const { op: name, options: own, ...others } = layerSettings(options, "operation", OPTIONS);
  const op = OPS[names.indexOf(name)];
  expectOptions(own, op.options ?? [], `ops.${op.name}`);
  return new Operation(op, own, others);
}
