/** What each input brings: how much worse forecasts get when it says something else. */
import { widthOf } from "./categories.ts";
import type { Fitted } from "./fitChosen.ts";
import { cutTarget, lineForecast, type TargetWindows } from "./lines.ts";
import { inputColumns, shuffled } from "./network.ts";
import { inputsOf, type Panel } from "./panel.ts";
import type { Plan } from "./plan.ts";
import { inData } from "./series.ts";
import { mix } from "./share.ts";
import { thin } from "./thin.ts";

/** Of one input. */
export interface InputWeight {
  /** A column's name, or "the time of week" */
  input: string;
  /** Of each target, in its own unit: by how much the MAE on held-out rows is higher with this input exchanged */
  increase: number[];
}

/** Windows that are forecast anew for each input, and for all of them. */
const MOST = 1000;
const FEWEST = 200;
const ALL = 40_000;

/**
 * Permutation importance: the windows of an input are exchanged among those of the rows held out, at random, which leaves its values
 * as they are and takes away what they say. The window of a target is moved to end at the last value that there is: what is asked is
 * what its course tells, not its level.
 *
 * @see Leo Breiman, "Random Forests", 2001
 * @returns the inputs, those that bring most first
 */
export function weighInputs(fitted: Fitted, panel: Panel, held: readonly number[], plan: Plan): InputWeight[] {
  const inputs = namedInputs(plan);
  const origins = someOf(held, inputs.length);
  const partners = [...shuffled(origins.length, 0)];
  const { lines, scales, networks } = fitted;
  const { horizon } = plan;
  const windows = lines.map(({ effects }, k) =>
    cutTarget(panel, k, origins, { ...plan, floor: scales.floor[panel.targets[k]], ahead: effects !== null }),
  );
  const prepared = networks.map(({ branches: [branch] }) => branch.prepared(origins));

  const errorsWith = (columns: readonly number[]): number[] => {
    const changed = windows
      .map((each, k) => (columns.includes(panel.targets[k]) ? exchanged(each, partners) : each))
      .map(each => exchangedAhead(each, partners, columns));
    const plain = changed.map((each, k) => lineForecast(lines[k], each));
    const forecasts = networks.reduce((beside, { kind, shares, branches }, j) => {
      const sizes = { window: plan.window, width: inputColumns(panel, kind) };
      const x = exchangedColumns(prepared[j].x, partners, columns, sizes, { panel, isLevel: kind === "levels" });
      const said = branches.map(branch => branch.forecast({ n: origins.length, x, windows: changed, lines: plain }));
      return beside.map((forecast, k) => {
        const mean = forecast.map((_, i) => said.reduce((sum, own) => sum + own[k][i], 0) / said.length);
        return mix(forecast, mean, shares[k]);
      });
    }, plain);
    return forecasts.map((made, k) => {
      const [forecast, truth] = [made, windows[k].truth].map(values => inData(panel, k, origins, values));
      return forecast.reduce((sum, value, i) => sum + Math.abs(value - truth[i]), 0) / (origins.length * horizon);
    });
  };

  const whole = errorsWith([]);
  const weights = inputs.map(({ input, columns }) => ({
    input,
    increase: errorsWith(columns).map((error, k) => error - whole[k]),
  }));
  const rank = ({ increase }: InputWeight) => increase.reduce((sum, value, k) => sum + value / (whole[k] || 1), 0);
  return weights.sort((a, b) => rank(b) - rank(a));
}

/** Windows, evenly spread, on which so many inputs are weighed. */
export function someOf(held: readonly number[], inputs: number): number[] {
  const most = Math.min(MOST, Math.max(FEWEST, Math.round(ALL / inputs)));
  return thin(held.length, most).map(place => held[place]);
}

/** Inputs by their names, with their columns in a panel. */
export function namedInputs(plan: Plan): { input: string; columns: number[] }[] {
  const { measured, flags, ahead } = inputsOf(plan);
  let next = 0;
  const take = (input: string, width: number) => {
    next += width;
    return { input, columns: Array.from({ length: width }, (_, i) => next - width + i) };
  };
  return [
    ...[...measured, ...flags, ...ahead].map(each =>
      typeof each === "string" ? take(each, 1) : take(each.column, widthOf(each)),
    ),
    ...(plan.calendar?.cycles ?? []).map(cycle => take(`the time of ${cycle}`, 2)),
  ];
}

/** The windows of others, each after the last value of its own. */
function exchanged(windows: TargetWindows, partners: readonly number[]): TargetWindows {
  const size = windows.window - 1;
  const x = new Float64Array(windows.x.length);
  partners.forEach((from, to) => {
    x.set(windows.x.subarray(from * size, (from + 1) * size), to * size);
  });
  return { ...windows, x, spread: Float64Array.from(partners, from => windows.spread[from]) };
}

/** The same of columns that are known ahead. */
function exchangedAhead(
  windows: TargetWindows,
  partners: readonly number[],
  columns: readonly number[],
): TargetWindows {
  const { ahead } = windows;
  if (!ahead) return windows;
  const { panel } = ahead;
  const first = panel.measured + panel.flags;
  const origins = ahead.origins.map((own, c) =>
    columns.includes(first + c) ? Int32Array.from(partners, from => own[from]) : own,
  );
  return { ...windows, ahead: { panel, origins } };
}

/** The same in what a network sees, [n, window, width]. Beside changes the level of a target stays; that of others goes along. */
export function exchangedColumns(
  x: Float32Array,
  partners: readonly number[],
  columns: readonly number[],
  { window, width }: { window: number; width: number },
  { panel, isLevel }: { panel: Panel; isLevel: boolean },
): Float32Array {
  const result = x.slice();
  for (const column of columns) {
    const isTarget = panel.targets.includes(column);
    const level = panel.columns + column;
    const also = !isTarget && !isLevel && column < panel.measured ? [level] : [];
    for (const each of [column, ...also]) {
      partners.forEach((from, to) => {
        const [own, other] = [to, from].map(i => i * window * width + each);
        const end = (window - 1) * width;
        const shift = isTarget && isLevel ? x[own + end] - x[other + end] : 0;
        for (let t = 0; t < window * width; t += width) result[own + t] = x[other + t] + shift;
      });
    }
  }
  return result;
}
