import { bytes, flushTiny, flushTinyScalar, sumLanes } from "../../math/lanes";
import { put, take } from "./vectors";

/**
 * One step of one head of an mLSTM, D units, all but its matrix and its output; gates divided by e^m so that neither
 * exceeds 1; κ = k / √D:
 *
 *   m' = max(zi, ln sigmoid(zf) + m)     i = e^(zi - m')     f = e^(ln sigmoid(zf) + m - m')
 *   C' = f·C + i·κᵀv     n' = f·n + i·κ     r = q·C' / max(|q·n'|, e^-m')     h: output.ts
 *
 * r does not depend on m, but C and n do, which are states that can come in and go out: m has a gradient like them. Which
 * of both scales won is told by f: 1 if the old one did. The gates: scales.ts.
 *
 * q         [D]     k, v, o follow it at steps of H elements
 * gate      zi; zf follows after `heads` elements
 * whole     whether D is a multiple of 4: known to the compiler
 * What is saved, each at the head's part of its slot:
 * read      [D]     q·C', then what of r the output's gradient needs
 * norm      [D]     n before the step
 * forget add product floor slope     f, i / √D, q·n', e^-m', the slope of ln sigmoid(zf)
 */

/** i·κ. */
// @ts-ignore: decorator
@inline
export function keyOf(add: v128, k: v128): v128 {
  return flushTiny(f32x4.mul(add, k));
}

/**
 * The key and the norm.
 *
 * n         [D]  in/out  before the step in, after it out
 * key       [D]  out     assigned; in the place of norm where no backward pass comes
 * norm      [D]  out     assigned
 * Returns q·n'.
 */
// @ts-ignore: decorator
@inline
export function normForward(
  n: usize, key: usize, norm: usize, q: usize, k: usize, forget: usize, add: usize, D: i32, whole: bool,
): f32 {
  const f = v128.load32_splat(forget), i = v128.load32_splat(add);
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, fresh = keyOf(i, take(k + at, left, whole));
    const before = take(n + at, left, whole), after = flushTiny(f32x4.add(f32x4.mul(f, before), fresh));
    put(norm + at, before, left, whole);
    put(key + at, fresh, left, whole);
    put(n + at, after, left, whole);
    sum = f32x4.add(sum, f32x4.mul(take(q + at, left, whole), after));
  }
  return sumLanes(sum);
}

/**
 * What comes after the matrix.
 *
 * q k v gate        in/out  gradients of pre-activations out
 * dn                [D]  in/out  gradient of n' from later steps in; of n out
 * dm                in/out  gradient of m' from later steps in; of m out
 * dq dv dKey norm   [D]  in  C·dRead, gradients of v and of i·κ by the matrix, n before the step
 * dValue            in   dRead·v
 * df                in   gradient of f by C
 * slope             in   of ln sigmoid(zf)
 */
// @ts-ignore: decorator
@inline
export function gatesBackward(
  q: usize, k: usize, v: usize, gate: usize, heads: i32, dn: usize, dm: usize,
  dq: usize, dv: usize, dKeys: usize, norm: usize,
  forget: f32, add: f32, dProduct: f32, dFloor: f32, dValue: f32, df: f32, slope: f32, D: i32, whole: bool,
): void {
  const passed = f32x4.splat(add * (dValue + dProduct));
  const f = f32x4.splat(forget), i = f32x4.splat(add), dp = f32x4.splat(dProduct);
  let sum = f32x4.splat(0), byNorm = sum;
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, own = take(k + at, left, whole), before = take(norm + at, left, whole);
    const dNorm = f32x4.add(take(dn + at, left, whole), f32x4.mul(dp, take(q + at, left, whole)));
    const dKey = f32x4.mul(i, f32x4.add(take(dKeys + at, left, whole), dNorm));
    const old = f32x4.add(v128.load(dq + at), f32x4.mul(dp, before));
    byNorm = f32x4.add(byNorm, f32x4.mul(dNorm, before));
    sum = f32x4.add(sum, f32x4.mul(own, dKey));
    put(dn + at, flushTiny(f32x4.mul(f, dNorm)), left, whole);
    put(q + at, flushTiny(f32x4.add(f32x4.mul(f, old), f32x4.mul(own, passed))), left, whole);
    put(k + at, flushTiny(dKey), left, whole);
    put(v + at, flushTiny(v128.load(dv + at)), left, whole);
  }

  // By the exponents of i and f. The larger of zi and the old scale is m', and has what of both is left.
  const zf = gate + bytes(heads), fresh = forget < 1;
  const dScale = f32.load(dm) + dFloor, dAdd = sumLanes(sum), dForget = forget * (df + sumLanes(byNorm));
  const dOld = fresh ? dForget : dScale - dAdd;
  f32.store(gate, flushTinyScalar(fresh ? dScale - dForget : dAdd));
  f32.store(zf, flushTinyScalar(dOld * slope));
  f32.store(dm, flushTinyScalar(dOld));
}
