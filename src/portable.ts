/**
 * Mathematics of sums, products, quotients and square roots alone: the same bits in every runtime, which Math.pow and
 * Math.cos do not promise.
 */

/** base^n for a whole n >= 0. */
export function wholePower(base: number, n: number): number {
  let result = 1;
  for (let factor = base; n > 0; n = Math.floor(n / 2), factor *= factor) if (n % 2) result *= factor;
  return result;
}

/** base^exponent for numbers >= 0, to about 1e-14 of itself: each binary digit behind the point is a square root. */
export function power(base: number, exponent: number): number {
  if (exponent === Infinity) return base < 1 ? 0 : base === 1 ? 1 : Infinity;
  const whole = Math.floor(exponent);
  let result = wholePower(base, whole);
  let rest = exponent - whole;
  for (let root = Math.sqrt(base); rest > 0; root = Math.sqrt(root)) {
    rest *= 2;
    if (rest < 1) continue;
    result *= root;
    rest -= 1;
  }
  return result;
}

/** The first terms of a power series in x², by Horner: 1 - x²/(a·b)·(1 - x²/(c·d)·(…)). */
function alternating(x: number, first: number): number {
  let sum = 1;
  for (let k = first + 16; k >= first; k -= 2) sum = 1 - ((x * x) / (k * (k + 1))) * sum;
  return sum;
}

/** cos(π·x) for x in [0, 1], within 4e-16. */
export function cosOfHalfTurns(x: number): number {
  if (x > 0.5) return -cosOfHalfTurns(1 - x);
  if (x > 0.25) {
    const t = Math.PI * (0.5 - x);
    return t * alternating(t, 2);
  }
  return alternating(Math.PI * x, 1);
}
