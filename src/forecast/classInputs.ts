/** What each input brings to a classifier: how much less is right when it says something else. */
import { type Model, ndarray } from "../index.ts";
import { type Reads, truthOf } from "./classNetwork.ts";
import { largest } from "./classScores.ts";
import { exchangedColumns, namedInputs, someOf } from "./inputs.ts";
import { inputColumns, networkInputs, shuffled } from "./network.ts";
import type { Panel } from "./panel.ts";
import type { Plan } from "./plan.ts";

/** Of one input. */
export interface ClassInputWeight {
  /** A column's name, or "the time of week" */
  input: string;
  /** By how much the mean of -ln of the probability of what came is higher on held-out rows with this input exchanged */
  logLoss: number;
  /** And by how much the part of them that is right is lower */
  accuracy: number;
}

/**
 * Permutation importance of the inputs of the network: the windows of each are exchanged at random among those of the rows held out.
 *
 * @see Leo Breiman, "Random Forests", 2001
 * @returns the inputs, those that bring most first
 */
export function weighClassInputs(
  net: Model,
  panel: Panel,
  held: readonly number[],
  plan: Plan,
  { scales, classes, window, horizon }: Reads,
): ClassInputWeight[] {
  const inputs = namedInputs(plan);
  const origins = someOf(held, inputs.length);
  const partners = [...shuffled(origins.length, 0)];
  const truth = truthOf(panel, origins, horizon);
  const sizes = { window, width: inputColumns(panel, "changes") };
  const x = networkInputs(panel, origins, "changes", scales, { window, horizon });
  // No column is a target of numbers, whose level would stay.
  const form = { panel: { ...panel, targets: [] }, isLevel: false };
  const V = classes.length;
  const rate = (columns: readonly number[]) => {
    const seen = exchangedColumns(x, partners, columns, sizes, form);
    const { data } = net.predict(ndarray(seen, [origins.length, window, sizes.width]));
    let [loss, right] = [0, 0];
    truth.forEach((known, i) => {
      loss -= Math.log(Math.max(1e-7, data[i * V + known]));
      if (largest(data, i * V, V) === known) right++;
    });
    return { logLoss: loss / truth.length, accuracy: right / truth.length };
  };
  const whole = rate([]);
  const weights = inputs.map(({ input, columns }) => {
    const { logLoss, accuracy } = rate(columns);
    return { input, logLoss: logLoss - whole.logLoss, accuracy: whole.accuracy - accuracy };
  });
  return weights.sort((a, b) => b.logLoss - a.logLoss);
}
