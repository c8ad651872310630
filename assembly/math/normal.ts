import { exp4 } from "./exp";

/**
 * e^(-x²/2) for |x| <= 14; 0 beyond 13.2. The square is split, so that the error stays within 4 ULP: that of `near`, which has half the
 * digits, is exact, and what it lacks is a factor near 1. NaN gives NaN.
 */
// @ts-ignore: decorator
@inline
export function bell4(x: v128): v128 {
  const half = f32x4.splat(0.5), one = f32x4.splat(1);
  const near = v128.and(i32x4.add(x, i32x4.splat(0x800)), i32x4.splat(0xfffff000));
  const d = f32x4.mul(f32x4.mul(f32x4.sub(x, near), f32x4.add(x, near)), half);
  const bend = f32x4.sub(half, f32x4.mul(d, f32x4.splat(<f32>(1.0 / 6.0))));
  const rest = f32x4.sub(one, f32x4.mul(d, f32x4.sub(one, f32x4.mul(d, bend))));
  return f32x4.mul(exp4(f32x4.mul(f32x4.mul(near, near), f32x4.splat(-0.5))), rest);
}

/**
 * The tail of the normal distribution without its bell: e^(a²/2)·P(X > a) for 0 <= a <= 14, a minimax polynomial of degree 9 in
 * 1 / (1 + 0.35·a), off by 0.5·2^-24 of the value.
 */
// @ts-ignore: decorator
@inline
export function tail4(a: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(a, f32x4.splat(0.35))));
  let q = f32x4.splat(-0.029145928);
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(0.14397168));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(-0.25571424));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(0.15917413));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(-0.023109814));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(0.10550799));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(0.11983287));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(0.13986187));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(0.1396214));
  return f32x4.mul(q, t);
}

/** P(X <= x) of the normal distribution for |x| <= 14, with its bell; relative error at most 8 ULP on both sides. NaN gives NaN. */
// @ts-ignore: decorator
@inline
export function normal4(x: v128, bell: v128): v128 {
  const beyond = f32x4.mul(tail4(f32x4.abs(x)), bell);
  return v128.bitselect(f32x4.sub(f32x4.splat(1), beyond), beyond, f32x4.gt(x, f32x4.splat(0)));
}

/** The error function: a polynomial up to 1, beyond it by the tail. At most 2 ULP; -0 gives 0; NaN gives NaN. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let q = f32x4.splat(-0.00056314224);
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(0.0049175513));
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(-0.026711311));
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(0.1128018));
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(-0.37612325));
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(1.1283791));
  const near = f32x4.mul(q, x);
  const size = f32x4.abs(x);
  const a = f32x4.pmin(f32x4.mul(size, f32x4.splat(1.41421356)), f32x4.splat(14));
  const beyond = f32x4.mul(tail4(a), bell4(a));
  const far = f32x4.sub(f32x4.splat(1), f32x4.add(beyond, beyond));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(signed, near, f32x4.gt(size, f32x4.splat(1)));
}
