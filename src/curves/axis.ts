/** Axes with round numbers. */

/** Numbers along an axis, and where they stand: 0 at its beginning, 1 at its end. */
export interface Axis {
  readonly ticks: readonly number[];
  /** NaN for what the axis has no place for */
  place(value: number): number;
}

const EXACT = 12;

/** 1, 2 or 5 times a power of ten: the distance of about so many ticks. */
function roundStep(span: number, count: number): number {
  const raw = span / count;
  const ten = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(factor => factor * ten >= raw * (1 - 1e-9)) ?? 10;
  return Number((step * ten).toPrecision(EXACT));
}

/** Multiples of a step in [low, high]. */
function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(EXACT)) + 0);
}

/** From a round number below all values to one above; values all alike stand in the middle. */
export function linearAxis(values: readonly number[], count = 5): Axis {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Nothing to tell apart, but for rounding.
  if (high - low <= 1e-9 * size || size < 1e-300)
    [low, high] = size < 1e-300 ? [-1, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  const step = roundStep(high - low, count);
  const [from, to] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  return { ticks: multiples(step, from, to), place: value => (value - from) / (to - from) };
}

/** Of positive numbers, by their logarithms: powers of ten, or 1, 2 and 5 times those where there are few. */
export function logAxis(values: readonly number[], count = 5): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = [1, 2, 5].flatMap(factor => {
    const decades = multiples(1, Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)));
    return decades.map(power => Number((factor * 10 ** power).toPrecision(EXACT)));
  });
  steps.sort((a, b) => a - b);
  const first = Math.max(0, steps.filter(step => step <= low * (1 + 1e-9)).length - 1);
  const last = steps.findIndex((step, i) => i > first && step >= high * (1 - 1e-9));
  const [from, to] = [Math.log10(steps[first]), Math.log10(steps[last])];
  let ticks = steps.slice(first, last + 1);
  if (ticks.length > count + 2) ticks = ticks.filter(tick => Number.isInteger(Number(Math.log10(tick).toFixed(9))));
  if (ticks.length > count + 2) ticks = ticks.filter((_, i) => i % Math.ceil(ticks.length / count) === 0);
  return { ticks, place: value => (value > 0 ? (Math.log10(value) - from) / (to - from) : Number.NaN) };
}

/** Of epochs: whole numbers from the first to the last. */
export function epochAxis(first: number, last: number, count = 8): Axis {
  const step = Math.max(1, roundStep(Math.max(1, last - first), count));
  const inner = multiples(step, first, last);
  // The ends are told, unless a round number is near.
  const ticks = [first, ...inner.filter(tick => tick - first > step / 2 && last - tick > step / 2), last];
  return { ticks: [...new Set(ticks)], place: value => (last === first ? 0.5 : (value - first) / (last - first)) };
}

/** The ticks' numbers as texts of one form. */
export function tickTexts(ticks: readonly number[]): string[] {
  const most = Math.max(...ticks.map(Math.abs));
  const least = Math.min(...ticks.filter(tick => tick !== 0).map(Math.abs));
  if (most >= 1e6 || least < 1e-4)
    return ticks.map(tick => (tick === 0 ? "0" : tick.toExponential().replace("e+", "e")));
  const decimals = Math.max(...ticks.map(tick => String(tick).split(".")[1]?.length ?? 0));
  const even = ticks.length < 3 || Math.abs(ticks[1] - ticks[0] - (ticks[2] - ticks[1])) < 1e-9 * most;
  return ticks.map(tick => (even ? tick.toFixed(decimals) : String(tick)));
}

/** 0.012345 -> 0.01235, 12345.6 -> 12346: four digits that matter. */
export function showValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(3).replace("e+", "e");
  return value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size || 1))));
}
