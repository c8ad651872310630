import { exp4, expInDomain4 } from "../../math/exp";
import { bytes } from "../../math/lanes";
import { expOfMinusSize4, logSigmoid4, logSigmoidSlope4 } from "../../math/logSigmoid";
import { ADD, FLOOR, FORGET, kindOf, SLOPE } from "./saved";
import { put, take } from "./vectors";

/** e^-m within what a float can hold, so that nothing is divided by 0. */
// @ts-ignore: decorator
@inline
function floorOf4(m: v128): v128 {
  const size = f32x4.min(f32x4.max(f32x4.neg(m), f32x4.splat(-87.3)), f32x4.splat(88.3));
  return expInDomain4(size);
}

/**
 * The gates i and f of one step of all heads, four at once, divided by e^m'. The larger of both scales is m', so that
 * one of the gates is 1, and one exponential is enough: that of the distance.
 *
 * m        [heads]            in/out  before the step in, after it out
 * numbers  by head, see byHead  out   forget, add, floor and slope assigned
 * gate     [heads] twice      in      zi, then zf
 * D        units of a head
 */
export function scalesForward(m: usize, numbers: usize, gate: usize, heads: i32, D: i32): void {
  const one = f32x4.splat(1), kind = kindOf(heads), root = f32x4.splat(1 / sqrt<f32>(<f32>D));
  for (let a = 0; a < heads; a += 4) {
    const at = bytes(a), left = heads - a, to = numbers + at;
    const zi = take(gate + at, left, false), zf = take(gate + bytes(heads) + at, left, false);
    const u = expOfMinusSize4(zf), old = f32x4.add(logSigmoid4(zf, u), take(m + at, left, false));
    const scale = f32x4.max(zi, old), fresh = f32x4.gt(zi, old);
    const less = exp4(f32x4.sub(f32x4.min(zi, old), scale));
    put(m + at, scale, left, false);
    v128.store(to + FORGET * kind, v128.bitselect(less, one, fresh));
    v128.store(to + ADD * kind, f32x4.mul(v128.bitselect(one, less, fresh), root));
    v128.store(to + FLOOR * kind, floorOf4(scale));
    v128.store(to + SLOPE * kind, logSigmoidSlope4(zf, u));
  }
}
