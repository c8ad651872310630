import { SIGMOID, slopeFromOutput4 } from "../math/activation";
import { exp4, expInDomain4 } from "../math/exp";
import { bytes, flushTiny, flushTinyScalar, sumLanes } from "../math/lanes";
import { expOfMinusSize4, logSigmoid4, logSigmoidSlope4 } from "../math/logSigmoid";
import { sigmoid4 } from "../math/sigmoid";
import { memoryBackward, memoryForward, put, take } from "./matrixMemory";

/**
 * One head of an mLSTM, D units, gates divided by e^m so that neither exceeds 1; κ = k / √D:
 *
 *   m' = max(zi, ln sigmoid(zf) + m)     i = e^(zi - m')     f = e^(ln sigmoid(zf) + m - m')
 *   C' = f·C + i·κᵀv     n' = f·n + i·κ     r = q·C' / max(|q·n'|, e^-m')     h = sigmoid(zo)·r
 *
 * r does not depend on m, but C and n do, which are states that can come in and go out: m has a gradient like them.
 *
 * C        [D, D]  by κ and v, rows close together
 * q        [D]     k, v, o follow it at steps of H elements
 * gate     zi; zf follows after `heads` elements
 * whole    whether D is a multiple of 4: known to the compiler
 */

// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, D: i32, whole: bool): f32 {
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
 * h                 [D]          out     assigned
 * cNext nNext mNext              out     assigned; may be the same buffers as c n m
 * read              [D]          out     assigned: r, which the backward step reads
 * q, gate                        in/out  pre-activations in; that of o becomes sigmoid(zo)
 * c n m             [D, D] [D]   in      before the step
 */
// @ts-ignore: decorator
@inline
export function headForward(
  h: usize, cNext: usize, nNext: usize, mNext: usize, read: usize, q: usize, H: i32, gate: usize, heads: i32,
  c: usize, n: usize, m: usize, D: i32, whole: bool,
): void {
  const k = q + bytes(H), v = k + bytes(H), zo = v + bytes(H);
  const zi = f32.load(gate), old = oldScale(gate + bytes(heads), m), scale = max(zi, old);
  const forget = exp(old - scale), add = exp(zi - scale) / sqrt<f32>(<f32>D);
  f32.store(mNext, scale);
  memoryForward(cNext, read, c, q, k, v, forget, add, D, whole);

  const f = f32x4.splat(forget);
  const i = f32x4.splat(add);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const norm = f32x4.add(f32x4.mul(f, take(n + at, left, whole)), f32x4.mul(i, take(k + at, left, whole)));
    put(nNext + at, flushTiny(norm), left, whole);
  }
  const divisor = f32x4.splat(max(abs(dot(q, nNext, D, whole)), floorOf(scale)));
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const o = sigmoid4(take(zo + at, left, whole)), r = f32x4.div(take(read + at, left, whole), divisor);
    put(zo + at, o, left, whole);
    put(read + at, flushTiny(r), left, whole);
    put(h + at, flushTiny(f32x4.mul(o, r)), left, whole);
  }
}

/**
 * q, gate                       in/out  as headForward leaves them; gradients of pre-activations out
 * dc dn dm                      in/out  gradients of C' n' m' from later steps in; of C n m out
 * dh                [D]         in/out  gradient of h in, all of it; 0 out, since the next step does not see h
 * read              [D]         in      r; overwritten
 * dKeys             [D]         scratch
 * c n m             [D, D] [D]  in      before the step
 */
// @ts-ignore: decorator
@inline
export function headBackward(
  q: usize, H: i32, gate: usize, heads: i32, dc: usize, dn: usize, dm: usize, dh: usize, read: usize, dKeys: usize,
  c: usize, n: usize, m: usize, D: i32, whole: bool,
): void {
  const k = q + bytes(H), v = k + bytes(H), o = v + bytes(H), row = bytes(D), root: f32 = <f32>1 / sqrt<f32>(<f32>D);
  const zf = gate + bytes(heads), zi = f32.load(gate), old = oldScale(zf, m), scale = max(zi, old);
  const i = exp(zi - scale), forget = exp(old - scale), fresh = zi >= old;

  // The output: dr to `read`.
  const add = i * root, product = forget * dot(q, n, D, whole) + add * dot(q, k, D, whole), floor = floorOf(scale);
  const divisor = f32x4.splat(max(abs(product), floor));
  let sum = f32x4.splat(0), valueSum = sum;
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const gateO = take(o + at, left, whole), r = take(read + at, left, whole), d = take(dh + at, left, whole);
    const dRead = f32x4.div(f32x4.mul(d, gateO), divisor);
    put(o + at, flushTiny(f32x4.mul(f32x4.mul(d, r), slopeFromOutput4(gateO, SIGMOID))), left, whole);
    put(read + at, dRead, left, whole);
    sum = f32x4.add(sum, f32x4.mul(dRead, r));
    valueSum = f32x4.add(valueSum, f32x4.mul(dRead, take(v + at, left, whole)));
  }
  const dDivisor = -sumLanes(sum), bounded = abs(product) < floor;
  const dProduct: f32 = bounded ? 0 : product < 0 ? -dDivisor : dDivisor;
  const dScale = f32.load(dm) - (bounded ? floor * dDivisor : 0);
  const passed = sumLanes(valueSum) + dProduct;

  // n, while q is there; then the matrix, which leaves C·dr in q and has room for dv in dh.
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const dNorm = f32x4.add(take(dn + at, left, whole), f32x4.mul(f32x4.splat(dProduct), take(q + at, left, whole)));
    put(dn + at, dNorm, left, whole);
  }
  let df = dot(dn, n, D, whole), di: f32 = 0;
  df += memoryBackward(dh, dKeys, q, dc, c, read, q, k, v, forget, add, D, whole);
  for (let a: usize = 0; a < row; a += 4) {
    const ka = f32.load(k + a), dNorm = f32.load(dn + a), dKey = f32.load(dKeys + a) + dNorm;
    di += root * ka * dKey;
    const dq = forget * (f32.load(q + a) + dProduct * f32.load(n + a)) + add * ka * passed;
    f32.store(q + a, flushTinyScalar(dq));
    f32.store(k + a, flushTinyScalar(add * dKey));
    f32.store(dn + a, flushTinyScalar(forget * dNorm));
  }
  for (let j = 0; j < D; j += 4) put(v + bytes(j), flushTiny(take(dh + bytes(j), D - j, whole)), D - j, whole);
  memory.fill(dh, 0, row);

  // By the exponents of i and f. The larger of zi and the old scale is m', and has what of both is left.
  const dAdd = i * di, dForget = forget * df;
  const dOld = fresh ? dForget : dScale - dAdd, x = v128.load32_splat(zf);
  f32.store(gate, flushTinyScalar(fresh ? dScale - dForget : dAdd));
  f32.store(zf, flushTinyScalar(dOld * f32x4.extract_lane(logSigmoidSlope4(x, expOfMinusSize4(x)), 0)));
  f32.store(dm, flushTinyScalar(dOld));
}
