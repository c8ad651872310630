import { SIGMOID, slopeFromOutput4 } from "../math/activation";
import { exp4, expInDomain4 } from "../math/exp";
import { bytes, flushTiny, flushTinyScalar, sumLanes } from "../math/lanes";
import { expOfMinusSize4, logSigmoid4, logSigmoidSlope4 } from "../math/logSigmoid";
import { sigmoid4 } from "../math/sigmoid";
import { put, take } from "./matrixMemory";

/**
 * One step of one head of an mLSTM, D units, all but its matrix; gates divided by e^m so that neither exceeds 1; κ = k / √D:
 *
 *   m' = max(zi, ln sigmoid(zf) + m)     i = e^(zi - m')     f = e^(ln sigmoid(zf) + m - m')
 *   C' = f·C + i·κᵀv     n' = f·n + i·κ     r = q·C' / max(|q·n'|, e^-m')     h = sigmoid(zo)·r
 *
 * r does not depend on m, but C and n do, which are states that can come in and go out: m has a gradient like them. Which
 * of both scales won is told by f: 1 if the old one did.
 *
 * q         [D]     k, v, o follow it at steps of H elements
 * gate      zi; zf follows after `heads` elements
 * whole     whether D is a multiple of 4: known to the compiler
 * What is saved, each at the head's part of its slot:
 * read      [D]     q·C', then r
 * key       [D]     i·κ
 * norm      [D]     n before the step
 * forget add product floor     f, i / √D, q·n', e^-m'
 */

// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, D: i32, whole: bool): f32 {
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    sum = f32x4.add(sum, f32x4.mul(take(a + bytes(j), D - j, whole), take(b + bytes(j), D - j, whole)));
  }
  return sumLanes(sum);
}

// @ts-ignore: decorator
@inline
function exp(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** e^-m within what a float can hold, so that nothing is divided by 0. */
// @ts-ignore: decorator
@inline
function floorOf(m: f32): f32 {
  return f32x4.extract_lane(expInDomain4(f32x4.splat(max(<f32>-87.3, min(<f32>88.3, -m)))), 0);
}

/** ln sigmoid(zf) + m: what the forget gate makes of the old scale. */
// @ts-ignore: decorator
@inline
function oldScale(zf: usize, m: usize): f32 {
  const x = v128.load32_splat(zf);
  return f32x4.extract_lane(logSigmoid4(x, expOfMinusSize4(x)), 0) + f32.load(m);
}

/**
 * What does not need the matrix.
 *
 * n m                                 in/out  before the step in, after it out
 * key norm forget add product floor   out     assigned
 */
// @ts-ignore: decorator
@inline
export function gatesForward(
  n: usize, m: usize, key: usize, norm: usize, forget: usize, add: usize, product: usize, floor: usize,
  q: usize, k: usize, gate: usize, heads: i32, D: i32, whole: bool,
): void {
  const zi = f32.load(gate), old = oldScale(gate + bytes(heads), m), scale = max(zi, old);
  const kept = exp(old - scale), added = exp(zi - scale) / sqrt<f32>(<f32>D);
  const f = f32x4.splat(kept), i = f32x4.splat(added);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, fresh = flushTiny(f32x4.mul(i, take(k + at, left, whole)));
    const before = take(n + at, left, whole);
    put(key + at, fresh, left, whole);
    put(norm + at, before, left, whole);
    put(n + at, flushTiny(f32x4.add(f32x4.mul(f, before), fresh)), left, whole);
  }
  f32.store(m, scale);
  f32.store(forget, kept);
  f32.store(add, added);
  f32.store(product, dot(q, n, D, whole));
  f32.store(floor, floorOf(scale));
}

/**
 * h     [D]             out     assigned
 * read  [D]             in/out  q·C' in; r out
 * o     [D]             in/out  pre-activation in; sigmoid(zo) out
 * product floor         in
 */
// @ts-ignore: decorator
@inline
export function outputForward(
  h: usize, read: usize, o: usize, product: usize, floor: usize, D: i32, whole: bool,
): void {
  const divisor = f32x4.splat(max(abs(f32.load(product)), f32.load(floor)));
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const gate = sigmoid4(take(o + at, left, whole)), r = f32x4.div(take(read + at, left, whole), divisor);
    put(o + at, gate, left, whole);
    put(read + at, flushTiny(r), left, whole);
    put(h + at, flushTiny(f32x4.mul(gate, r)), left, whole);
  }
}

/**
 * dh       [D]  in/out  gradient of h in, all of it; 0 out, since the next step does not see h
 * read     [D]  in/out  r in; gradient of q·C' out
 * o        [D]  in/out  sigmoid(zo) in; gradient of its pre-activation out
 * product       in/out  its gradient out
 * floor         in/out  what the gradient of m' gets by it out
 */
// @ts-ignore: decorator
@inline
export function outputBackward(
  dh: usize, read: usize, o: usize, product: usize, floor: usize, D: i32, whole: bool,
): void {
  const value = f32.load(product), least = f32.load(floor), bounded = abs(value) < least;
  const divisor = f32x4.splat(max(abs(value), least));
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const gate = take(o + at, left, whole), r = take(read + at, left, whole), d = take(dh + at, left, whole);
    const dRead = f32x4.div(f32x4.mul(d, gate), divisor);
    put(o + at, flushTiny(f32x4.mul(f32x4.mul(d, r), slopeFromOutput4(gate, SIGMOID))), left, whole);
    put(read + at, dRead, left, whole);
    put(dh + at, f32x4.splat(0), left, whole);
    sum = f32x4.add(sum, f32x4.mul(dRead, r));
  }
  const dDivisor = -sumLanes(sum);
  f32.store(product, bounded ? 0 : value < 0 ? -dDivisor : dDivisor);
  f32.store(floor, bounded ? -least * dDivisor : 0);
}

/**
 * dNorm  [D]  out     assigned: gradient of n'
 * dn     [D]  in/out  gradient of n' from later steps in; of n out
 * q norm [D]  in
 * Returns the gradient of f by n.
 */
// @ts-ignore: decorator
@inline
export function normBackward(
  dNorm: usize, dn: usize, q: usize, norm: usize, forget: f32, dProduct: f32, D: i32, whole: bool,
): f32 {
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const product = f32x4.mul(f32x4.splat(dProduct), take(q + at, left, whole));
    const d = f32x4.add(take(dn + at, left, whole), product);
    put(dNorm + at, d, left, whole);
    put(dn + at, flushTiny(f32x4.mul(f32x4.splat(forget), d)), left, whole);
    sum = f32x4.add(sum, f32x4.mul(d, take(norm + at, left, whole)));
  }
  return sumLanes(sum);
}

/**
 * What comes after the matrix.
 *
 * q k v gate        in/out  C·dRead in q; gradients of pre-activations out
 * dm                in/out  gradient of m' from later steps in; of m out
 * dv dNorm          [D]  in
 * read key norm     [D]  in  dRead, the gradient of i·κ by the matrix, n before the step
 */
// @ts-ignore: decorator
@inline
export function gatesBackward(
  q: usize, k: usize, v: usize, gate: usize, heads: i32, dm: usize, dv: usize, dNorm: usize,
  read: usize, key: usize, norm: usize,
  forget: f32, add: f32, dProduct: f32, dFloor: f32, df: f32, D: i32, whole: bool,
): void {
  const passed = f32x4.splat(add * (dot(read, v, D, whole) + dProduct));
  const f = f32x4.splat(forget), i = f32x4.splat(add), dp = f32x4.splat(dProduct);
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, own = take(k + at, left, whole);
    const dKey = f32x4.mul(i, f32x4.add(take(key + at, left, whole), take(dNorm + at, left, whole)));
    const old = f32x4.add(take(q + at, left, whole), f32x4.mul(dp, take(norm + at, left, whole)));
    sum = f32x4.add(sum, f32x4.mul(own, dKey));
    put(q + at, flushTiny(f32x4.add(f32x4.mul(f, old), f32x4.mul(own, passed))), left, whole);
    put(k + at, flushTiny(dKey), left, whole);
    put(v + at, flushTiny(take(dv + at, left, whole)), left, whole);
  }

  // By the exponents of i and f. The larger of zi and the old scale is m', and has what of both is left.
  const zf = gate + bytes(heads), x = v128.load32_splat(zf), fresh = forget < 1;
  const dScale = f32.load(dm) + dFloor, dAdd = sumLanes(sum), dForget = forget * df;
  const dOld = fresh ? dForget : dScale - dAdd;
  f32.store(gate, flushTinyScalar(fresh ? dScale - dForget : dAdd));
  f32.store(zf, flushTinyScalar(dOld * f32x4.extract_lane(logSigmoidSlope4(x, expOfMinusSize4(x)), 0)));
  f32.store(dm, flushTinyScalar(dOld));
}
