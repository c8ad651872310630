/** A tensor of a PyTorch file: where its numbers lie. They are read when they are asked for. */
import { isFloat, type NumberType, readFloats, WIDTHS } from "../numbers.ts";

/** Numbers of one type, which several tensors may share. */
export interface Storage {
  type: NumberType;
  /** How many */
  count: number;
  /** Little-endian; none before a file of the old form has been read to its end */
  bytes: Uint8Array | undefined;
}

export class StoredTensor {
  readonly size: number;

  /**
   * @param strides how many numbers lie between neighbours along each axis
   * @throws RangeError for a tensor that is not within its storage, or larger than that
   */
  constructor(
    readonly storage: Storage,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    readonly offset: number,
  ) {
    const whole = [offset, ...shape, ...strides].every(n => Number.isSafeInteger(n) && n >= 0);
    this.size = shape.reduce((size, n) => size * n, 1);
    const last = shape.reduce((at, n, axis) => at + (n - 1) * strides[axis], offset);
    const fits = this.size === 0 || (this.size <= storage.count && last < storage.count);
    if (!whole || shape.length !== strides.length || shape.length > 32 || !fits) {
      throw new RangeError(
        `a tensor of shape [${shape.slice(0, 32).join(", ")}] does not fit its place; was the file changed?`,
      );
    }
  }

  /** @throws RangeError for numbers that are none of weights, or not there */
  numbers(what: string): Float32Array {
    const { storage, shape, strides, offset, size } = this;
    const { type, bytes, count } = storage;
    if (!isFloat(type)) throw new RangeError(`${what}: expected floating-point numbers, got ${type}`);
    if (!bytes || bytes.length < count * WIDTHS[type]) throw new RangeError(`${what}: its numbers are cut off`);
    return readFloats(bytes, type, size, i => {
      let at = offset;
      for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
        at += (rest % shape[axis]) * strides[axis];
        rest = Math.floor(rest / shape[axis]);
      }
      return at;
    });
  }
}

/** The strides of numbers that lie one after the other. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis--]) strides.unshift(step);
  return strides;
}
