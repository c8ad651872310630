/** Two rounds of a -> a/2 + 1/2. */
// @ts-ignore: decorator
@inline
function twice(a: v128, s: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(a, s), s), s), s);
}

/**
 * Multiplies and adds in registers alone, twelve independent chains: what this machine's 128-bit units can do, the
 * yardstick of the benchmarks. 192 floating-point operations a round; the result only keeps the compiler honest.
 */
export function multiplyAddPeak(rounds: i32): f32 {
  const s = f32x4.splat(0.5);
  let a = f32x4.splat(1), b = f32x4.splat(2), c = f32x4.splat(3), d = f32x4.splat(4);
  let e = f32x4.splat(5), f = f32x4.splat(6), g = f32x4.splat(7), h = f32x4.splat(8);
  let i = f32x4.splat(9), j = f32x4.splat(10), k = f32x4.splat(11), l = f32x4.splat(12);
  for (let r = 0; r < rounds; r++) {
    a = twice(a, s);
    b = twice(b, s);
    c = twice(c, s);
    d = twice(d, s);
    e = twice(e, s);
    f = twice(f, s);
    g = twice(g, s);
    h = twice(h, s);
    i = twice(i, s);
    j = twice(j, s);
    k = twice(k, s);
    l = twice(l, s);
  }
  const left = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
  const right = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(k, l));
  return f32x4.extract_lane(f32x4.add(left, right), 0);
}
