/** Layers that add, take away or repeat steps of a sequence. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { endMask } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { MOVING, type Moving, move } from "../ops/strided.ts";
import { type Checked, type Input, integer, option, optional, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

/** Moves the steps [T, C] of each sample. */
abstract class Steps1D<Options extends object> extends Layer<Options> {
  override get families() {
    return MOVING;
  }

  /** How many steps it makes of so many. */
  protected abstract steps(T: number): number;

  /** Which number goes where, of [N, T, C]. */
  protected abstract moving(N: number, T: number, C: number): Moving;

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; a recurrent layer below it needs ` +
          "returnSequences: true",
      );
    }
    const [T, C] = shape;
    return [[T === null ? null : this.steps(T), C]];
  }

  override acrossSteps(): boolean {
    return true;
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const [N, T, C] = x.shape;
    return [move(context, x, [N, this.steps(T), C], this.moving(N, T, C))];
  }

  /** Its steps are others. */
  override maskOf(_context: Context, [x]: readonly Tensor[]): undefined {
    endMask(this.name, x.mask);
  }
}

/** How many steps at the beginning and at the end: a number for both, or one each. */
function expectPair(value: unknown, what: string): readonly [number, number] {
  const pair = Array.isArray(value) ? value : [value, value];
  if (pair.length === 2 && pair.every(n => Number.isSafeInteger(n) && n >= 0)) return [pair[0], pair[1]];
  throw new TypeError(
    `${what}: expected a whole number >= 0, or one for the beginning and one for the end, got ` +
      `${Array.isArray(value) ? showShape(value.slice(0, 3).map(describe)) : describe(value)}`,
  );
}

const pair = option<readonly [number, number], number | readonly [number, number]>(expectPair);

const PADDING = options({
  /** Steps of zeros at each end, or [before, after]; default 1 */
  padding: optional(pair, 1),
});

export interface ZeroPadding1DOptions extends Input<typeof PADDING>, LayerOptions {}

class ZeroPadding1D extends Steps1D<Checked<typeof PADDING>> {
  readonly kind = "zeroPadding1D";

  protected override steps(T: number): number {
    const [before, after] = this.options.padding;
    return before + T + after;
  }

  protected override moving(N: number, T: number, C: number): Moving {
    const axes = [[N, this.steps(T) * C, T * C] as const, [T * C, 1, 1] as const];
    return { axes, offsets: { y: this.options.padding[0] * C }, gaps: true };
  }
}

/**
 * Steps of zeros before and after a sequence. [N, T, C] -> [N, T + before + after, C]. Masks end here.
 *
 * @param options.padding a number for both ends, or [before, after]
 * @throws TypeError for an option of the wrong type or value
 * @example layers.zeroPadding1D({ padding: [2, 0] })
 */
export function zeroPadding1D(options: ZeroPadding1DOptions = {}): Layer {
  return new ZeroPadding1D(layerSettings(options, "zeroPadding1D", PADDING));
}

const CROPPING = options({
  /** Steps to leave out at each end, or [before, after]; default 1 */
  cropping: optional(pair, 1),
});

export interface Cropping1DOptions extends Input<typeof CROPPING>, LayerOptions {}

class Cropping1D extends Steps1D<Checked<typeof CROPPING>> {
  readonly kind = "cropping1D";

  protected override steps(T: number): number {
    const [before, after] = this.options.cropping;
    if (T > before + after) return T - before - after;
    throw new RangeError(
      `${this.name}: expected more than ${before + after} steps, of which cropping leaves out ${before} and ${after}, got ${T}`,
    );
  }

  protected override moving(N: number, T: number, C: number): Moving {
    const size = this.steps(T) * C;
    return { axes: [[N, size, T * C] as const, [size, 1, 1] as const], offsets: { x: this.options.cropping[0] * C } };
  }
}

/**
 * A sequence without its first and last steps. [N, T, C] -> [N, T - before - after, C]. Masks end here.
 *
 * @param options.cropping a number for both ends, or [before, after]
 * @throws TypeError for an option of the wrong type or value, RangeError where no step is left
 * @example layers.cropping1D({ cropping: [0, 2] })
 */
export function cropping1D(options: Cropping1DOptions = {}): Layer {
  return new Cropping1D(layerSettings(options, "cropping1D", CROPPING));
}

const SIZE = options({
  /** How often each step comes; default 2 */
  size: optional(integer(), 2),
});

export interface UpSampling1DOptions extends Input<typeof SIZE>, LayerOptions {}

class UpSampling1D extends Steps1D<Checked<typeof SIZE>> {
  readonly kind = "upSampling1D";

  protected override steps(T: number): number {
    return T * this.options.size;
  }

  protected override moving(N: number, T: number, C: number): Moving {
    const { size } = this.options;
    return { axes: [[N * T, size * C, C] as const, [size, C, 0] as const, [C, 1, 1] as const] };
  }
}

/**
 * Each step several times. [N, T, C] -> [N, T·size, C]. Masks end here.
 *
 * @param options.size how often
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.upSampling1D({ size: 3 })
 */
export function upSampling1D(options: UpSampling1DOptions = {}): Layer {
  return new UpSampling1D(layerSettings(options, "upSampling1D", SIZE));
}
