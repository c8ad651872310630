/** The recipe: candidates, the choice between them by what followed several origins, and the fit of what was chosen. */
import { type Model, ndarray } from "../index.ts";
import { chooseLines, type Fold, fitChoice, joined, type LineChoice, type Term } from "./chooseLines.ts";
import { clippedMean, windowErrors } from "./errors.ts";
import { cutTarget, type Line, lineForecast, pickWindows, type TargetWindows } from "./lines.ts";
import {
  inputColumns,
  type Kind,
  makeNetwork,
  networkInputs,
  type Scales,
  type Sizes,
  scalesOf,
  type Training,
  trainNetwork,
} from "./network.ts";
import type { Panel } from "./panel.ts";
import { bestShare, mix, mostOf } from "./share.ts";

/** With more windows before the first origin, networks are trained up to that one alone. */
const MANY = 3000;

export interface RecipeSettings extends Sizes, Training {
  /** Networks that are tried; none: the linear path alone */
  kinds: readonly Kind[];
  /** Networks of a kind, of which the mean counts */
  seeds: number;
  /** Of each target: rows of a season, 1 where there is none */
  seasons: readonly number[];
  onStage?: ((stage: Stage) => void) | undefined;
}

/** What is being done. */
export interface Stage {
  name: string;
  /** Part that is done, in (0, 1] */
  done: number;
}

/** What was chosen. */
export interface Choice {
  targets: {
    terms: Term[];
    /** The linear path alone */
    linear: Term;
    /** Validation errors of the candidates */
    errors: Record<string, number | null>;
  }[];
  /** One after the other: each counts by its share beside what is there */
  networks: { kind: Kind; epochs: number; shares: number[] }[];
}

/** A choice, and what it said of the windows after the origins. */
export interface Chosen {
  choice: Choice;
  /** First forecast rows of these windows, and forecasts of each target, [n, horizon] */
  origins: number[];
  forecasts: Float64Array[];
  aborted: boolean;
}

/** What networks of a kind said of the windows after the origins: by epoch and target, [n, horizon]. */
interface Said {
  kind: Kind;
  byEpoch: Float64Array[][];
}

interface Picked {
  kind: Kind;
  epochs: number;
  shares: number[];
  /** Beside what it is added to */
  error: number;
  forecasts: Float64Array[];
}

/**
 * Chooses by windows whose forecast rows are known.
 *
 * @param origins first forecast rows, rising in time
 * @param folds of them
 */
export async function choose(
  panel: Panel,
  origins: readonly number[],
  folds: readonly Fold[],
  settings: RecipeSettings,
): Promise<Chosen> {
  const { seasons, kinds } = settings;
  const scales = scalesOf(panel, at(origins, folds[0].fit), settings);
  const windows = seasons.map((_, k) =>
    cutTarget(panel, k, origins, { ...settings, floor: floorOf(panel, k, scales) }),
  );
  const lines = windows.map((each, k) =>
    chooseLines(each, folds, { season: seasons[k], deviation: deviationOf(panel, k, scales) }),
  );
  const truths = windows.map(each => joined(folds.map(({ score }) => pickWindows(each, score).truth)));
  const counts = folds.map(({ score }) => score.length);
  const tried: Said[] = [];
  let aborted = false;
  for (const kind of kinds) {
    if (kind === "levels" && kinds.length > 1 && !staysInRange(panel, origins, folds[0].fit.length)) continue;
    const said = await validate(panel, origins, folds, lines, kind, settings);
    if (said) tried.push(said);
    else aborted = true;
    if (aborted) break;
  }
  // The best network on the lines, then what another adds to both.
  let forecasts = lines.map(each => each.forecasts);
  const networks: Choice["networks"] = [];
  const errors: Record<string, number> = {};
  while (tried.length > 0) {
    const picks = tried.map(said => pick(said, forecasts, truths, lines, counts, settings.horizon));
    const best = picks.reduce((a, b) => (b.error < a.error ? b : a));
    for (const { kind, error } of picks) errors[kind] ??= error;
    if (best.shares.every(share => share === 0)) break;
    networks.push({ kind: best.kind, epochs: best.epochs, shares: best.shares });
    forecasts = best.forecasts;
    tried.splice(picks.indexOf(best), 1);
  }
  return {
    choice: {
      targets: lines.map(({ terms, linear, errors: own }) => ({ terms, linear, errors: { ...own, ...errors } })),
      networks,
    },
    origins: folds.flatMap(({ score }) => at(origins, score)),
    forecasts,
    aborted,
  };
}

/** Windows that a network of levels needs. */
const ENOUGH = 400;

/** Whether levels may be learned: there are many windows, and the targets are, of late, where they were. */
function staysInRange(panel: Panel, origins: readonly number[], fit: number): boolean {
  if (fit < ENOUGH) return false;
  const late = Math.floor(0.75 * origins.length);
  const before = scalesOf(panel, origins.slice(0, late), { window: 2, horizon: 1 });
  const after = scalesOf(panel, origins.slice(late), { window: 2, horizon: 1 });
  return panel.targets.every(
    target => Math.abs(after.mean[target] - before.mean[target]) < MOVED * before.deviation[target],
  );
}

/** Of the deviation before: a mean that is further off has moved. */
const MOVED = 0.75;

const at = (list: readonly number[], places: readonly number[]) => places.map(place => list[place]);
const floorOf = ({ targets }: Panel, k: number, { floor }: Scales) => floor[targets[k]];
const deviationOf = ({ targets }: Panel, k: number, { deviation }: Scales) => deviation[targets[k]];

/** Trains networks of a kind up to each origin, and forecasts what followed, after each epoch. */
async function validate(
  panel: Panel,
  origins: readonly number[],
  folds: readonly Fold[],
  lines: readonly LineChoice[],
  kind: Kind,
  settings: RecipeSettings,
): Promise<Said | undefined> {
  const { epochs, horizon, seeds } = settings;
  const K = lines.length;
  const groups =
    folds[0].fit.length > MANY ? [{ fit: folds[0].fit, score: folds.flatMap(({ score }) => score) }] : folds;
  // By origin and seed what was said after each epoch; a run that ended early says the same from then on.
  const runs: Float64Array[][][][] = [];
  for (const [f, { fit, score }] of groups.entries()) {
    const own = lines.map(each => each.lines[f]);
    runs.push([]);
    for (let seed = 0; seed < seeds; seed++) {
      const branch = new Branch(panel, at(origins, fit), kind, own, settings, settings.seed + 1000 * seed);
      const toScore = branch.prepared(at(origins, score));
      const said: Float64Array[][] = [];
      const stop = stopper(epochs);
      const done = await branch.train(epochs, epoch => {
        said.push(branch.forecast(toScore));
        settings.onStage?.({
          name: `${kind}, origin ${f + 1} of ${groups.length}`,
          done: Math.min(0.999, (seed + (epoch + 1) / epochs) / seeds),
        });
        return stop(errorOf(said[epoch], toScore, lines, horizon));
      });
      if (!done) return undefined;
      runs[f].push(said);
    }
    settings.onStage?.({ name: `${kind}, origin ${f + 1} of ${groups.length}`, done: 1 });
  }
  const longest = Math.max(...runs.flat().map(said => said.length));
  const mean = (all: Float64Array[]) => all[0].map((_, i) => all.reduce((sum, each) => sum + each[i], 0) / all.length);
  const byEpoch = Array.from({ length: longest }, (_, epoch) =>
    Array.from({ length: K }, (_, k) =>
      joined(runs.map(seeds => mean(seeds.map(said => said[Math.min(epoch, said.length - 1)][k])))),
    ),
  );
  return { kind, byEpoch };
}

/** The clipped error of all targets, each in times of its clip. */
function errorOf(said: Float64Array[], { windows }: Prepared, lines: readonly LineChoice[], horizon: number): number {
  return said.reduce((sum, forecasts, k) => {
    const { clip } = lines[k];
    return sum + clippedMean(windowErrors(forecasts, windows[k].truth, horizon), clip) / (clip < Infinity ? clip : 1);
  }, 0);
}

/** Tells whether training should end: when nothing has got better for a quarter of the epochs. */
function stopper(epochs: number): (error: number) => boolean {
  const patience = Math.min(50, Math.max(5, Math.ceil(epochs / 4)));
  let [best, since] = [Number.POSITIVE_INFINITY, 0];
  return error => {
    since = error < best ? 0 : since + 1;
    best = Math.min(best, error);
    return since >= patience;
  };
}

/** The epoch and the shares by which a kind serves best, beside other forecasts. */
function pick(
  { kind, byEpoch }: Said,
  beside: readonly Float64Array[],
  truths: readonly Float64Array[],
  lines: readonly LineChoice[],
  counts: readonly number[],
  horizon: number,
): Picked {
  const most = mostOf(
    counts.reduce((a, b) => a + b),
    horizon,
  );
  const tries = byEpoch.map(said =>
    said.map((network, k) => bestShare(beside[k], network, truths[k], counts, horizon, lines[k].clip, most)),
  );
  const curve = tries.map(targets => targets.reduce((sum, { error }) => sum + error, 0) / targets.length);
  const smooth = curve.map((value, e) => (value + (curve[e - 1] ?? value) + (curve[e + 1] ?? value)) / 3);
  const epoch = smooth.indexOf(Math.min(...smooth));
  return {
    kind,
    epochs: epoch + 1,
    shares: tries[epoch].map(({ share }) => share),
    error: curve[epoch],
    forecasts: tries[epoch].map(({ mixed }) => mixed),
  };
}

interface Prepared {
  n: number;
  x: Float32Array;
  windows: TargetWindows[];
  lines: Float64Array[];
}

/** A network with what it stands on: lines of each target, and the scales of the rows it learns from. */
export class Branch {
  readonly #panel: Panel;
  readonly #settings: RecipeSettings;
  readonly #lines: readonly Line[];
  readonly kind: Kind;
  readonly scales: Scales;
  readonly net: Model;
  /** Of each target: what the network's 1 is in windows' deviations, or in those of all values */
  readonly units: number[];
  readonly #data: Prepared;

  constructor(
    panel: Panel,
    origins: readonly number[],
    kind: Kind,
    lines: readonly Line[],
    settings: RecipeSettings,
    seed: number,
  ) {
    const { window, horizon } = settings;
    this.#panel = panel;
    this.#settings = settings;
    this.#lines = lines;
    this.kind = kind;
    this.scales = scalesOf(panel, origins, settings);
    const outputs = horizon * lines.length;
    this.net = makeNetwork(
      { window, columns: inputColumns(panel, kind), outputs, units: settings.units },
      kind === "changes",
      seed >>> 0,
    );
    this.#data = this.prepared(origins);
    this.units = this.#data.windows.map((_, k) => {
      const goals = this.#goals(k);
      return goals.reduce((sum, value) => sum + Math.abs(value), 0) / goals.length || 1;
    });
  }

  prepared(origins: readonly number[]): Prepared {
    const { window, horizon } = this.#settings;
    const windows = this.#lines.map((_, k) =>
      cutTarget(this.#panel, k, origins, { window, horizon, floor: floorOf(this.#panel, k, this.scales) }),
    );
    return {
      n: origins.length,
      x: networkInputs(this.#panel, origins, this.kind, this.scales, this.#settings),
      windows,
      lines: windows.map((each, k) => lineForecast(this.#lines[k], each)),
    };
  }

  /** What is to be learned of a target, [n, horizon]. */
  #goals(k: number): Float64Array {
    const { windows, lines } = this.#data;
    const { truth, spread } = windows[k];
    const { horizon } = this.#settings;
    const target = this.#panel.targets[k];
    const { mean, deviation } = this.scales;
    return this.kind === "levels"
      ? truth.map(value => (value - mean[target]) / deviation[target])
      : truth.map((value, i) => (value - lines[k][i]) / spread[Math.floor(i / horizon)]);
  }

  /** @returns whether it was not aborted */
  train(until: number, onEpoch?: (epoch: number) => unknown): Promise<boolean> {
    const { window, horizon } = this.#settings;
    const K = this.#lines.length;
    const { n, x } = this.#data;
    const y = new Float32Array(n * horizon * K);
    for (let k = 0; k < K; k++) {
      const goals = this.#goals(k);
      for (let i = 0; i < goals.length; i++) y[i * K + k] = goals[i] / this.units[k];
    }
    return trainNetwork(
      this.net,
      { x, y, shape: [n, window, inputColumns(this.#panel, this.kind)] },
      this.#settings,
      until,
      onEpoch,
    );
  }

  /** Forecasts of each target, [n, horizon]. */
  forecast({ n, x, windows, lines }: Prepared): Float64Array[] {
    const { window } = this.#settings;
    const K = lines.length;
    const { data } = this.net.predict(ndarray(x, [n, window, inputColumns(this.#panel, this.kind)]));
    return windows.map((each, k) => ofNetwork(data, k, K, this, each, lines[k], this.#panel.targets[k]));
  }
}

/** From the network's numbers of a target to the unit of the data. */
export function ofNetwork(
  data: ArrayLike<number>,
  k: number,
  K: number,
  { kind, scales, units }: { kind: Kind; scales: Scales; units: readonly number[] },
  { spread, horizon }: TargetWindows,
  line: Float64Array,
  target: number,
): Float64Array {
  const { mean, deviation } = scales;
  return line.map((value, i) => {
    const number = data[i * K + k] * units[k];
    return kind === "levels"
      ? mean[target] + deviation[target] * number
      : value + spread[Math.floor(i / horizon)] * number;
  });
}

/** What was chosen, fitted to windows. */
export interface Fitted {
  scales: Scales;
  lines: Line[];
  /** Networks, each the mean of its branches */
  networks: { kind: Kind; shares: number[]; branches: Branch[] }[];
  aborted: boolean;
}

/** Fits what was chosen to windows, with the number of epochs that was found. */
export async function fitChosen(
  panel: Panel,
  origins: readonly number[],
  choice: Choice,
  settings: RecipeSettings,
  name: string,
): Promise<Fitted> {
  const scales = scalesOf(panel, origins, settings);
  const lines = choice.targets.map(({ terms }, k) =>
    fitChoice(terms, cutTarget(panel, k, origins, { ...settings, floor: floorOf(panel, k, scales) }), {
      season: settings.seasons[k],
      deviation: deviationOf(panel, k, scales),
    }),
  );
  const fitted: Fitted = { scales, lines, networks: [], aborted: false };
  for (const { kind, epochs, shares } of choice.networks) {
    const branches: Branch[] = [];
    for (let seed = 0; seed < settings.seeds && !fitted.aborted; seed++) {
      const branch = new Branch(panel, origins, kind, lines, settings, settings.seed + 1000 * seed);
      const done = await branch.train(epochs, epoch =>
        settings.onStage?.({ name: `${kind}, ${name}`, done: (seed + (epoch + 1) / epochs) / settings.seeds }),
      );
      if (!done) fitted.aborted = true;
      branches.push(branch);
    }
    if (branches.length > 0) fitted.networks.push({ kind, shares, branches });
  }
  return fitted;
}

/** Forecasts of each target, [n, horizon], in the unit of the data. */
export function forecastBy(
  { scales, lines, networks }: Fitted,
  panel: Panel,
  origins: readonly number[],
  settings: Sizes,
): Float64Array[] {
  let forecasts = lines.map((line, k) =>
    lineForecast(line, cutTarget(panel, k, origins, { ...settings, floor: floorOf(panel, k, scales) })),
  );
  for (const { shares, branches } of networks) {
    const all = branches.map(branch => branch.forecast(branch.prepared(origins)));
    forecasts = forecasts.map((line, k) => {
      const mean = line.map((_, i) => all.reduce((sum, own) => sum + own[k][i], 0) / all.length);
      return mix(line, mean, shares[k]);
    });
  }
  return forecasts;
}
