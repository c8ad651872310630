/** The transpose of four vectors, stored `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(y: usize, step: usize, a: v128, b: v128, c: v128, d: v128): void {
  const lowAB = v128.shuffle<i32>(a, b, 0, 4, 1, 5), highAB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const lowCD = v128.shuffle<i32>(c, d, 0, 4, 1, 5), highCD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  const second = y + step, third = second + step;
  v128.store(y, v128.shuffle<i64>(lowAB, lowCD, 0, 2));
  v128.store(second, v128.shuffle<i64>(lowAB, lowCD, 1, 3));
  v128.store(third, v128.shuffle<i64>(highAB, highCD, 0, 2));
  v128.store(third + step, v128.shuffle<i64>(highAB, highCD, 1, 3));
}
