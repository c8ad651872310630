/** Forecasts that are weighted sums of the window: the baselines, and the linear path. */
import type { Panel } from "./panel.ts";

/** Windows of one target, relative to their last value. */
export interface TargetWindows {
  n: number;
  window: number;
  horizon: number;
  /** [n, window - 1] each value less the last */
  x: Float64Array;
  /** [n] the last value */
  last: Float64Array;
  /** [n] deviation of the values in the window, not below the floor */
  spread: Float64Array;
  /** [n, horizon] what followed; NaN where that is not known */
  truth: Float64Array;
  /** The columns known ahead; null where they are not asked for */
  ahead: Ahead | null;
}

/** Columns known ahead, read from the panel where they are needed: cut, they would fill the memory. */
export interface Ahead {
  panel: Panel;
  /** Of each column the first forecast rows of the windows that it is read of */
  origins: readonly Int32Array[];
}

/** A weighted sum of a window. */
export interface Line {
  /** [window - 1, horizon] of each value less the last */
  lags: Float64Array;
  /** [horizon] added, in the unit of the data */
  constant: Float64Array;
  /** [horizon] times the window's deviation, added */
  spread: Float64Array;
  /**
   * Of each column that is known ahead, what a 1 of it adds to the target of the same row: the line is that of the series without
   * it; null: none has an effect
   */
  effects: Float64Array | null;
}

/** Columns of a panel that are known ahead: named ones, and the calendar's. */
export const aheadColumns = ({ columns, measured, flags }: Panel): number => columns - measured - flags;

/**
 * @param origins first forecast rows of the windows
 * @param sizes.ahead whether columns that are known ahead are cut too
 */
export function cutTarget(
  panel: Panel,
  target: number,
  origins: ArrayLike<number>,
  { window, horizon, floor = 0, ahead = false }: { window: number; horizon: number; floor?: number; ahead?: boolean },
): TargetWindows {
  const { values, columns, truth, targets, rows } = panel;
  const column = targets[target];
  const n = origins.length;
  const result: TargetWindows = {
    n,
    window,
    horizon,
    x: new Float64Array(n * (window - 1)),
    last: new Float64Array(n),
    spread: new Float64Array(n),
    truth: new Float64Array(n * horizon),
    ahead: ahead && aheadColumns(panel) > 0 ? aheadOf(panel, origins) : null,
  };
  for (let i = 0; i < n; i++) {
    const first = origins[i] - window;
    const last = values[(origins[i] - 1) * columns + column];
    let [sum, squares] = [0, 0];
    for (let t = 0; t < window; t++) {
      const value = values[(first + t) * columns + column] - last;
      if (t < window - 1) result.x[i * (window - 1) + t] = value;
      sum += value;
      squares += value * value;
    }
    result.last[i] = last;
    result.spread[i] = Math.max(floor, Math.sqrt(Math.max(0, squares / window - (sum / window) ** 2)));
    for (let k = 0; k < horizon; k++) {
      const row = origins[i] + k;
      result.truth[i * horizon + k] = row < rows ? truth[row * targets.length + target] : NaN;
    }
  }
  return result;
}

function aheadOf(panel: Panel, origins: ArrayLike<number>): Ahead {
  return { panel, origins: new Array<Int32Array>(aheadColumns(panel)).fill(Int32Array.from(origins)) };
}

/** Windows that are cut at once. */
const CHUNK = 8192;

/**
 * What is made of windows, of each [n, …], some windows at a time: those of a large table would fill the memory.
 */
export function byChunk(origins: readonly number[], make: (some: readonly number[]) => Float64Array[]): Float64Array[] {
  if (origins.length <= CHUNK) return make(origins);
  let whole: Float64Array[] = [];
  for (let from = 0; from < origins.length; from += CHUNK) {
    const some = origins.slice(from, from + CHUNK);
    const parts = make(some);
    if (from === 0) whole = parts.map(part => new Float64Array((part.length / some.length) * origins.length));
    parts.forEach((part, i) => {
      whole[i].set(part, (part.length / some.length) * from);
    });
  }
  return whole;
}

/** Some of the windows. */
export function pickWindows(all: TargetWindows, places: readonly number[]): TargetWindows {
  const { window, horizon } = all;
  const pick = (values: Float64Array, size: number) => {
    const picked = new Float64Array(places.length * size);
    places.forEach((from, to) => {
      picked.set(values.subarray(from * size, (from + 1) * size), to * size);
    });
    return picked;
  };
  return {
    ...all,
    n: places.length,
    x: pick(all.x, window - 1),
    last: pick(all.last, 1),
    spread: pick(all.spread, 1),
    truth: pick(all.truth, horizon),
    ahead: all.ahead && {
      ...all.ahead,
      origins: all.ahead.origins.map(origins => Int32Array.from(places, place => origins[place])),
    },
  };
}

/** The last value, at each step. */
export function lastValue(window: number, horizon: number): Line {
  return {
    lags: new Float64Array((window - 1) * horizon),
    constant: new Float64Array(horizon),
    spread: new Float64Array(horizon),
    effects: null,
  };
}

/** The value a season before, at each step; of a longer horizon the last season again and again. */
export function seasonalNaive(window: number, horizon: number, season: number): Line {
  const line = lastValue(window, horizon);
  for (let k = 0; k < horizon; k++) {
    const place = window + (k % season) - season;
    if (place < window - 1) line.lags[place * horizon + k] = 1;
  }
  return line;
}

/**
 * The sum of columns known ahead in each row, by weights, less that of the window's last row: [n, window - 1 + horizon], of the window
 * without that row, and of the rows to forecast.
 */
export function effectsIn({ n, window, horizon, ahead }: TargetWindows, effects: ArrayLike<number>): Float64Array {
  if (!ahead) throw new Error("effects: the columns known ahead are not asked for");
  const { values, columns, measured, flags, rows } = ahead.panel;
  const length = window - 1 + horizon;
  const added = new Float64Array(n * length);
  ahead.origins.forEach((origins, c) => {
    const effect = effects[c];
    if (effect === 0) return;
    const column = measured + flags + c;
    for (let i = 0; i < n; i++) {
      const last = values[(origins[i] - 1) * columns + column];
      for (let t = 0; t < length; t++) {
        const row = Math.min(origins[i] - window + t + (t < window - 1 ? 0 : 1), rows - 1);
        added[i * length + t] += effect * (values[row * columns + column] - last);
      }
    }
  });
  return added;
}

/** Windows of the series without what columns known ahead add to it; the last value stays as it is. */
export function withoutEffects(windows: TargetWindows, effects: Float64Array): TargetWindows {
  const { window, horizon } = windows;
  const [past, length] = [window - 1, window - 1 + horizon];
  const added = effectsIn(windows, effects);
  const less = (values: Float64Array, size: number, from: number) =>
    values.map((value, i) => value - added[Math.floor(i / size) * length + from + (i % size)]);
  return { ...windows, x: less(windows.x, past, 0), truth: less(windows.truth, horizon, past) };
}

/** Forecasts, [n, horizon], in the unit of the data. */
export function lineForecast(line: Line, windows: TargetWindows): Float64Array {
  if (!line.effects) return plainForecast(line, windows);
  const { window, horizon } = windows;
  const added = effectsIn(windows, line.effects);
  const length = window - 1 + horizon;
  return plainForecast(line, withoutEffects(windows, line.effects)).map(
    (value, i) => value + added[Math.floor(i / horizon) * length + window - 1 + (i % horizon)],
  );
}

function plainForecast({ lags, constant, spread }: Line, windows: TargetWindows): Float64Array {
  const { n, window, horizon, x } = windows;
  const result = new Float64Array(n * horizon);
  for (let i = 0; i < n; i++) {
    const at = i * horizon;
    for (let k = 0; k < horizon; k++) result[at + k] = windows.last[i] + constant[k] + spread[k] * windows.spread[i];
    for (let t = 0; t < window - 1; t++) {
      const value = x[i * (window - 1) + t];
      if (value !== 0) for (let k = 0; k < horizon; k++) result[at + k] += value * lags[t * horizon + k];
    }
  }
  return result;
}

/** The line between lines of the same effects: a mean by weights that add up to 1. */
export function mixLines(lines: readonly Line[], weights: readonly number[]): Line {
  const mixed = (part: "lags" | "constant" | "spread") =>
    lines[0][part].map((_, i) => lines.reduce((sum, line, j) => sum + weights[j] * line[part][i], 0));
  return { lags: mixed("lags"), constant: mixed("constant"), spread: mixed("spread"), effects: lines[0].effects };
}
