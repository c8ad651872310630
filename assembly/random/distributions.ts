import { bytes, padded } from "../math/lanes";
import { randomBits } from "./philox";

/**
 * Random numbers of a distribution, made in place from random bits. Buffers hold n rounded up to a multiple of 4.
 */

/**
 * Uniform in [low, high), 24 random bits each.
 *
 * y  [n]  out  assigned; room for n rounded up to 4
 */
export function randomUniform(y: usize, low: f32, high: f32, seed: u32, stream: u32, step: u32, n: i32): void {
  randomBits(y, seed, stream, step, padded(n));
  const width = high - low;
  for (let i = 0; i < n; i++) {
    const p = y + bytes(i);
    const value = low + width * (<f32>(load<u32>(p) >> 8) * <f32>5.9604645e-8);
    f32.store(p, value < high ? value : low); // the sum may round up to high
  }
}

// The part of a normal distribution below -2 deviations.
const TAIL: f64 = 0.022750131948179207;

/**
 * Normal with mean and deviation; truncated: only values within two deviations. One uniform number a value, put through
 * the inverse of the normal distribution.
 *
 * y  [n]  out  assigned; room for n rounded up to 4
 */
export function randomNormal(
  y: usize, mean: f32, deviation: f32, truncated: bool, seed: u32, stream: u32, step: u32, n: i32,
): void {
  randomBits(y, seed, stream, step, padded(n));
  const tail = truncated ? TAIL : 0;
  for (let i = 0; i < n; i++) {
    const p = y + bytes(i);
    const u = tail + (1 - 2 * tail) * ((<f64>load<u32>(p) + 0.5) * 2.3283064365386963e-10);
    f32.store(p, <f32>(<f64>mean + <f64>deviation * normalQuantile(u)));
  }
}

/** ln x by log1p, which needs no table. */
// @ts-ignore: decorator
@inline
function ln(x: f64): f64 {
  return NativeMath.log1p(x - 1);
}

/** The inverse of the standard normal distribution: Wichura's PPND7 (AS 241, 1988), relative error about 1e-7. */
function normalQuantile(u: f64): f64 {
  const q = u - 0.5;
  if (abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1)
    );
  }
  // His third range begins where u < 1.4e-11; the smallest u here is 2^-33.
  const r = sqrt<f64>(-ln(q < 0 ? u : 1 - u)) - 1.6;
  const z =
    (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
    ((0.12021132975 * r + 0.73700164250) * r + 1);
  return q < 0 ? -z : z;
}

/**
 * 0 with probability `rate`, else 1 / (1 - rate): what dropout multiplies by.
 *
 * y  [n]  out  assigned; room for n rounded up to 4
 */
export function randomDropout(y: usize, rate: f32, seed: u32, stream: u32, step: u32, n: i32): void {
  randomBits(y, seed, stream, step, padded(n));
  const limit = <u32>(<f64>rate * 4294967296.0);
  const kept: f32 = 1 / (1 - rate);
  for (let i = 0; i < n; i++) {
    const p = y + bytes(i);
    f32.store(p, load<u32>(p) < limit ? 0 : kept);
  }
}

/**
 * A random order of 0..n-1 (Fisher-Yates).
 *
 * order    [n] of i32  out  assigned
 * scratch  [n] of u32  out  the random bits that it is made of; room for n rounded up to 4
 */
export function randomOrder(order: usize, scratch: usize, seed: u32, stream: u32, step: u32, n: i32): void {
  randomBits(scratch, seed, stream, step, padded(n));
  for (let i = 0; i < n; i++) store<i32>(order + bytes(i), i);
  for (let i = n - 1; i > 0; i--) {
    const j = <i32>((<u64>load<u32>(scratch + bytes(i)) * <u64>(i + 1)) >> 32);
    const a = order + bytes(i), b = order + bytes(j);
    const kept = load<i32>(a);
    store<i32>(a, load<i32>(b));
    store<i32>(b, kept);
  }
}
