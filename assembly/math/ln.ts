/** ln x of a number that float32 has, correctly rounded to float32 but for 1 in 1e6; -Infinity of 0, NaN below. */
export function ln(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  // x = m·2^e with m around 1: log1p needs no table.
  const bits = reinterpret<u64>(x);
  let e = <f64>(<i32>(bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e += 1;
  }
  return NativeMath.log1p(m - 1) + e * 0.6931471805599453;
}
