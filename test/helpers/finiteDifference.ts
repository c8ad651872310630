/**
 * The gradient of a scalar function by central differences, (f(x + h) - f(x - h)) / 2h for each element.
 *
 * @param f gets a copy of x with one element moved; must not keep it
 * @param h step; its error is of the order h² f''' + 1e-16 |f| / h, so 1e-5 suits values near 1 in float64
 * @example numericGradient(x => x[0] ** 2, [3]) // [6]
 */
export function numericGradient(f: (x: Float64Array) => number, x: ArrayLike<number>, h = 1e-5): Float64Array {
  const moved = Float64Array.from(x);
  return moved.map((value, i) => {
    moved[i] = value + h;
    const above = f(moved);
    moved[i] = value - h;
    const below = f(moved);
    moved[i] = value;
    return (above - below) / (2 * h);
  });
}
