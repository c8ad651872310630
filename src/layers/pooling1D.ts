/** Pooling over windows of steps. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { endMask } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { POOLS, type Pool, pool } from "../ops/pooling.ts";
import { windowsOf } from "../ops/windows1D.ts";
import { type Checked, type Input, integer, oneOf, optional, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** Steps in a window; default 2 */
  poolSize: optional(integer(), 2),
  /** From one window to the next; default poolSize */
  strides: optional(integer(), ({ poolSize }: { poolSize: number }) => poolSize),
  /** "valid": windows within the sequence. "same": one for each `strides`-th step, the outer ones with fewer steps. Default "valid" */
  padding: optional(oneOf(["valid", "same"]), "valid"),
});

export interface Pooling1DOptions extends Input<typeof OPTIONS>, LayerOptions {}

class Pooling1D extends Layer<Checked<typeof OPTIONS>> {
  readonly kind: string;
  readonly #pool: Pool;

  constructor(kind: string, of: Pool, options: Checked<typeof OPTIONS> & LayerOptions) {
    super(options);
    this.kind = kind;
    this.#pool = of;
  }

  override get families() {
    return POOLS;
  }

  #windows(T: number) {
    const { padding, poolSize, strides } = this.options;
    const windows = windowsOf(T, padding, poolSize, strides);
    if (windows.steps > 0) return windows;
    throw new RangeError(
      `${this.name}: expected at least ${poolSize} steps for a window of poolSize ${poolSize}, got ${T}; use a smaller one or ` +
        'padding: "same"',
    );
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; a recurrent layer below it needs ` +
          "returnSequences: true",
      );
    }
    const [T, C] = shape;
    return [[T === null ? null : this.#windows(T).steps, C]];
  }

  override acrossSteps(): boolean {
    return true;
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const { poolSize: size, strides: stride } = this.options;
    return [pool(context, x, this.#pool, { size, stride, ...this.#windows(x.shape[1]) })];
  }

  override maskOf(_context: Context, [x]: readonly Tensor[]): undefined {
    endMask(this.name, x.mask);
  }
}

const make = (kind: string, of: Pool, options: Pooling1DOptions): Layer =>
  new Pooling1D(kind, of, layerSettings(options, kind, OPTIONS));

/**
 * The largest of each window of steps, feature by feature. [N, T, C] -> [N, windows, C]. Padding counts, and masks end here.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value, RangeError where no window fits
 * @example layers.maxPooling1D({ poolSize: 2 })
 */
export function maxPooling1D(options: Pooling1DOptions = {}): Layer {
  return make("maxPooling1D", "maximum", options);
}

/**
 * The mean of each window of steps, feature by feature. [N, T, C] -> [N, windows, C]. Padding counts, and masks end here.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value, RangeError where no window fits
 * @example layers.averagePooling1D({ poolSize: 4, strides: 2, padding: "same" })
 */
export function averagePooling1D(options: Pooling1DOptions = {}): Layer {
  return make("averagePooling1D", "average", options);
}
