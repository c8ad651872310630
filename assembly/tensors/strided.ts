import { add } from "../math/elementwise";
import { bytes, loadTail, storeTail, sumLanes } from "../math/lanes";

/**
 * Numbers from one place to another, by any strides: transposing, slicing, padding, repeating (a stride of 0 on the way in), and
 * their backward halves, which add; adding with a stride of 0 on the way out is a sum.
 *
 * axes  [count, 3] of i32: size, stride in y, stride in x, in elements; strides may be 0 or negative
 */

/**
 * y     out  assigned, where the axes lead; must not overlap with x
 * x     in
 * axes  in   count >= 1, each size >= 1; places in y differ
 */
export function copyStrided(y: usize, x: usize, axes: usize, count: i32): void {
  const size = load<i32>(axes), yStride = bytes(load<i32>(axes, 4)), xStride = bytes(load<i32>(axes, 8));
  if (count > 1) {
    for (let i = 0; i < size; i++, y += yStride, x += xStride) copyStrided(y, x, axes + 12, count - 1);
  } else if (yStride == 4 && (xStride == 4 || xStride == 0)) {
    const whole = bytes(size & ~3), rest = size & 3;
    if (xStride == 0) {
      const number = v128.load32_splat(x);
      for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, number);
      storeTail(y + whole, number, rest);
    } else {
      for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, v128.load(x + i));
      storeTail(y + whole, loadTail(x + whole, rest), rest);
    }
  } else {
    for (let i = 0; i < size; i++, y += yStride, x += xStride) f32.store(y, f32.load(x));
  }
}

/**
 * y     in/out  accumulated, where the axes lead, in their order; must not overlap with x
 * x     in
 * axes  in      count >= 1, each size >= 1
 */
export function addStrided(y: usize, x: usize, axes: usize, count: i32): void {
  const size = load<i32>(axes), yStride = bytes(load<i32>(axes, 4)), xStride = bytes(load<i32>(axes, 8));
  if (count > 1) {
    for (let i = 0; i < size; i++, y += yStride, x += xStride) addStrided(y, x, axes + 12, count - 1);
  } else if (yStride == 4 && xStride == 4) add(y, x, size);
  else if (yStride == 0 && xStride == 4) f32.store(y, f32.load(y) + sumOf(x, size));
  else for (let i = 0; i < size; i++, y += yStride, x += xStride) f32.store(y, f32.load(y) + f32.load(x));
}

/** The sum of n numbers, in four lanes. */
function sumOf(x: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) sum = f32x4.add(sum, v128.load(x + i));
  return sumLanes(f32x4.add(sum, loadTail(x + whole, n & 3)));
}
