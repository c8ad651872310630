/** The recipe: candidates, and the choice between them by what followed several origins. */
import { joined } from "../typedArray.ts";
import { Branch, deviationOf, floorOf, type Prepared, type RecipeSettings } from "./branch.ts";
import { chooseLines, type Fold, type LineChoice, type Term } from "./chooseLines.ts";
import { clippedMean, windowErrors } from "./errors.ts";
import { cutTarget, pickWindows } from "./lines.ts";
import { type Kind, scalesOf } from "./network.ts";
import type { Panel } from "./panel.ts";
import { bestShare, bestShares, type Compared, mostOf } from "./share.ts";

/** With more windows before the first origin, networks are trained up to that one alone. */
const MANY = 3000;

/** What was chosen. */
export interface Choice {
  targets: {
    terms: Term[];
    /** Columns whose effects are added to it, by their places among those known ahead */
    effects: number[];
    /** The plainest form of the linear path, to compare with */
    linear: Term;
    /** Validation errors of the candidates */
    errors: Record<string, number | null>;
  }[];
  /** One after the other: each counts by its share beside what is there */
  networks: { kind: Kind; epochs: number; shares: number[] }[];
}

/** Errors of networks of a kind after each epoch, in times of the linear path's; in the mean over origins and seeds. */
export interface Curve {
  kind: Kind;
  /** On the windows that are learned from */
  training: number[];
  /** On those after the origin */
  validation: number[];
}

/** A choice, and what it said of the windows after the origins. */
export interface Chosen {
  choice: Choice;
  /** First forecast rows of these windows, and forecasts of each target, [n, horizon] */
  origins: number[];
  forecasts: Float64Array[];
  /** Of all kinds that were tried */
  curves: Curve[];
  aborted: boolean;
}

/** What networks of a kind said of the windows after the origins: by epoch and target, [n, horizon]. */
interface Said {
  kind: Kind;
  byEpoch: Float64Array[][];
  curve: Curve;
}

/** The epoch at which networks of a kind serve best. */
interface Picked {
  kind: Kind;
  epochs: number;
  /** With its best share beside the lines, in times of theirs; 1: it is of no use */
  error: number;
  /** Of the networks alone */
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
    cutTarget(panel, k, origins, { ...settings, floor: floorOf(panel, k, scales), ahead: true }),
  );
  const lines = windows.map((each, k) =>
    chooseLines(each, folds, { season: seasons[k], deviation: deviationOf(panel, k, scales) }, settings.named),
  );
  const truths = windows.map(each =>
    joined(
      folds.map(({ score }) => pickWindows(each, score).truth),
      Float64Array,
    ),
  );
  const counts = folds.map(({ score }) => score.length);
  const tried: Said[] = [];
  let aborted = false;
  for (const kind of kinds) {
    if (kind === "levels" && kinds.length > 1 && !staysInRange(panel, origins, folds)) continue;
    const said = await validate(panel, origins, folds, lines, kind, settings);
    if (said) tried.push(said);
    else aborted = true;
    if (aborted) break;
  }
  const compared = lines.map(({ clip }, k) => ({ truth: truths[k], counts, horizon: settings.horizon, clip }));
  const picked = tried.map(said => pick(said, lines, compared)).sort((a, b) => a.error - b.error);
  const errors = Object.fromEntries(picked.map(({ kind, error }) => [kind, error]));
  const useful = picked.filter(({ error }) => error < 1);
  const mixed = lines.map(({ forecasts }, k) =>
    bestShares(
      forecasts,
      useful.map(each => each.forecasts[k]),
      compared[k],
      mostOf(truths[k].length / settings.horizon, settings.horizon),
    ),
  );
  const networks = useful
    .map(({ kind, epochs }, j) => ({ kind, epochs, shares: mixed.map(({ shares }) => shares[j]) }))
    .filter(({ shares }) => shares.some(share => share > 0));
  const forecasts = mixed.map(each => each.mixed);
  return {
    choice: {
      targets: lines.map(({ terms, effects, linear, errors: own }) => ({
        terms,
        effects,
        linear,
        errors: { ...own, ...errors },
      })),
      networks,
    },
    origins: folds.flatMap(({ score }) => at(origins, score)),
    forecasts,
    curves: tried.map(({ curve }) => curve),
    aborted,
  };
}

/** Windows that a network of levels needs. */
const ENOUGH = 400;

/** Whether levels may be learned: there are many windows, and the targets are, of late, where they were. */
function staysInRange(panel: Panel, origins: readonly number[], folds: readonly Fold[]): boolean {
  const { fit } = folds[0];
  if (fit.length < ENOUGH) return false;
  const late = Math.floor(0.75 * origins.length);
  // Of several series each has its own early and late windows.
  const isOne = panel.parts.length === 1;
  const early = isOne ? origins.slice(0, late) : at(origins, fit);
  const latest = isOne
    ? origins.slice(late)
    : at(
        origins,
        folds.flatMap(({ score }) => score),
      );
  const before = scalesOf(panel, early, { window: 2, horizon: 1 });
  const after = scalesOf(panel, latest, { window: 2, horizon: 1 });
  return panel.targets.every(
    target => Math.abs(after.mean[target] - before.mean[target]) < MOVED * before.deviation[target],
  );
}

/** Of the deviation before: a mean that is further off has moved. */
const MOVED = 0.75;

const at = (list: readonly number[], places: readonly number[]) => places.map(place => list[place]);
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
  const losses: Omit<Curve, "kind">[] = [];
  for (const [f, { fit, score }] of groups.entries()) {
    const own = lines.map(each => each.lines[f]);
    runs.push([]);
    for (let seed = 0; seed < seeds; seed++) {
      const branch = new Branch(panel, at(origins, fit), kind, own, settings, settings.seed + 1000 * seed);
      const toScore = branch.prepared(at(origins, score));
      const said: Float64Array[][] = [];
      const stop = stopper(epochs);
      const lineError = errorOf(toScore.lines, toScore, lines, horizon) || 1;
      const curve: (typeof losses)[number] = { training: [], validation: [] };
      losses.push(curve);
      const done = await branch.train(epochs, (epoch, loss) => {
        said.push(branch.forecast(toScore));
        const error = errorOf(said[epoch], toScore, lines, horizon);
        curve.training.push(loss / branch.lineLoss);
        curve.validation.push(error / lineError);
        settings.onStage?.({
          name: `${kind}, origin ${f + 1} of ${groups.length}`,
          done: Math.min(0.999, (seed + (epoch + 1) / epochs) / seeds),
        });
        return stop(error);
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
      joined(
        runs.map(seeds => mean(seeds.map(said => said[Math.min(epoch, said.length - 1)][k]))),
        Float64Array,
      ),
    ),
  );
  const overEpochs = (part: keyof (typeof losses)[number]) =>
    byEpoch.map((_, epoch) => {
      const values = losses.map(curve => curve[part][Math.min(epoch, curve[part].length - 1)]);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  return { kind, byEpoch, curve: { kind, training: overEpochs("training"), validation: overEpochs("validation") } };
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

/** The epoch at which a kind serves best, beside the lines; its neighbours count too, since an epoch may be good by chance. */
function pick({ kind, byEpoch }: Said, lines: readonly LineChoice[], compared: readonly Compared[]): Picked {
  const curve = byEpoch.map(said => {
    const errors = said.map((network, k) => {
      const { truth, horizon } = compared[k];
      return bestShare(lines[k].forecasts, network, compared[k], mostOf(truth.length / horizon, horizon)).error;
    });
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  });
  const smooth = curve.map((value, e) => (value + (curve[e - 1] ?? value) + (curve[e + 1] ?? value)) / 3);
  const epoch = smooth.indexOf(Math.min(...smooth));
  return { kind, epochs: epoch + 1, error: curve[epoch], forecasts: byEpoch[epoch] };
}
