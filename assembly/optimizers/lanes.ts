import { flushBelow, flushTiny, loadTail, storeTail } from "../math/lanes";
import { bounded } from "./bounded";

// Functions of their own: there are many ends, and each is run once.
function readEnd(p: usize, count: i32): v128 {
  return loadTail(p, count);
}

function writeEnd(p: usize, x: v128, count: i32): void {
  storeTail(p, x, count);
}

/** Up to four numbers. */
// @ts-ignore: decorator
@inline
export function read(p: usize, count: i32): v128 {
  return count == 4 ? v128.load(p) : readEnd(p, count);
}

// @ts-ignore: decorator
@inline
export function write(p: usize, x: v128, count: i32): void {
  if (count == 4) v128.store(p, x);
  else writeEnd(p, x, count);
}

/** What is kept of gradients or their squares: below the limit of weights, since squares are small. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return flushBelow(x, 1e-30);
}

/** The square of a bounded gradient, never subnormal. */
// @ts-ignore: decorator
@inline
export function squared(g: v128): v128 {
  const own = flushTiny(bounded(g));
  return f32x4.mul(own, own);
}

/** old + (fresh - old)·part. */
// @ts-ignore: decorator
@inline
export function blend(old: v128, fresh: v128, part: f32): v128 {
  return flush(f32x4.add(old, f32x4.mul(f32x4.sub(fresh, old), f32x4.splat(part))));
}
