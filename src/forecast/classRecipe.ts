/** How a classifier chooses and learns: epochs and what it forecasts by, from the rows of the validation alone. */
import type { Model } from "../index.ts";
import type { RecipeSettings, Stage } from "./branch.ts";
import { makeClassNetwork, scoreOf, trainClasses } from "./classNetwork.ts";
import { type Counts, countsOf } from "./classPanel.ts";
import type { ClassSpec } from "./classSpec.ts";
import { type Scales, scalesOf } from "./network.ts";
import type { Panel } from "./panel.ts";
import type { Plan } from "./plan.ts";
import type { Split } from "./split.ts";

/** Epochs without a better validation, after which it ends. */
const PATIENCE = 6;

/** What a network has learned of some windows. */
export interface ClassLearned {
  net: Model;
  scales: Scales;
  counts: Counts;
  /** Epochs that are done, and whether it came to its end */
  epochs: number;
  done: boolean;
}

type Knows = Pick<ClassLearned, "net" | "scales" | "counts">;

/** Losses after each epoch, and the accuracy on the rows of the validation. */
export interface ClassCurve {
  training: number[];
  validation: number[];
  accuracy: number[];
}

export interface ClassChoice {
  by: ClassSpec["by"];
  epochs: number;
  /** Accuracies on the rows of the validation */
  validation: { network: number; last: number; majority: number };
  curve: ClassCurve;
  /** The network of the curve, which knows the rows before the validation */
  tried: ClassLearned;
}

/** What all trainings of a fit share. */
export interface ClassLessons {
  panel: Panel;
  plan: Plan;
  classes: readonly string[];
  recipe: RecipeSettings;
  onStage?: ((stage: Stage) => void) | undefined;
}

/**
 * @param origins first forecast rows of the windows it learns from
 * @param onEpoch ends the training where it returns true
 */
export async function learnClasses(
  { panel, plan, classes, recipe, onStage }: ClassLessons,
  origins: readonly number[],
  epochs: number,
  name: string,
  onEpoch?: (learned: Knows, loss: number) => boolean,
): Promise<ClassLearned> {
  const scales = scalesOf(panel, origins, plan);
  const counts = countsOf(panel, origins, plan.horizon, classes.length);
  const net = makeClassNetwork(panel, plan, classes.length, recipe.units, recipe.seed);
  let reached = 0;
  const done = await trainClasses(net, panel, origins, recipe, scales, epochs, recipe.signal, (epoch, loss) => {
    reached = epoch + 1;
    const isEnough = onEpoch?.({ net, scales, counts }, loss) ?? false;
    onStage?.({ name, done: isEnough ? 1 : (epoch + 1) / epochs });
    return isEnough;
  });
  return { net, scales, counts, epochs: reached, done };
}

/**
 * The epochs by the log loss on the rows of the validation, and what was right there most often.
 *
 * @throws what the signal says, where it is aborted before the first epoch is done
 */
export async function chooseClasses(lessons: ClassLessons, { known, folds }: Split): Promise<ClassChoice> {
  const { panel, plan, recipe } = lessons;
  const at = (places: readonly number[]) => places.map(place => known[place]);
  const [fit, score] = [at(folds[0].fit), at(folds.flatMap(each => each.score))];
  const classes = [...lessons.classes];
  const curve: ClassCurve = { training: [], validation: [], accuracy: [] };
  let [best, bestLoss, right] = [1, Number.POSITIVE_INFINITY, 0];
  const rate = ({ net, scales, counts }: Knows) =>
    scoreOf(panel, score, { ...plan, classes, scales, by: "network", ...counts }, net);
  const tried = await learnClasses(lessons, fit, recipe.epochs, "up to the validation", (learned, loss) => {
    const { logLoss, accuracy } = rate(learned);
    curve.training.push(loss);
    curve.validation.push(logLoss);
    curve.accuracy.push(accuracy);
    if (logLoss < bestLoss) [best, bestLoss, right] = [curve.validation.length, logLoss, accuracy];
    return curve.validation.length - best >= PATIENCE;
  });
  if (tried.epochs === 0) recipe.signal?.throwIfAborted();
  const { majority, last } = rate(tried);
  const by = right > Math.max(last, majority) ? "network" : last >= majority ? "last" : "majority";
  return { by, epochs: best, validation: { network: right, last, majority }, curve, tried };
}
