/** The network of a classifier: how it is made and learns, what it forecasts, and how often that is right. */
import { layers, type Model, ndarray, optimizers, schedules, sequential } from "../index.ts";
import type { RecipeSettings } from "./branch.ts";
import { lastClasses } from "./classPanel.ts";
import { type ClassScores, largest, scoreClasses } from "./classScores.ts";
import type { ClassSpec } from "./classSpec.ts";
import { byChunk } from "./lines.ts";
import { inputColumns, networkInputs, type Scales } from "./network.ts";
import type { Panel } from "./panel.ts";
import type { Plan } from "./plan.ts";
import { windowsBySeries } from "./series.ts";

/** What it takes to forecast classes. */
export type Reads = Pick<ClassSpec, "window" | "horizon" | "classes" | "scales" | "by" | "shares" | "following">;

/** [n, horizon, classes], of what it forecasts by. */
export function probabilitiesOf(
  net: Model,
  panel: Panel,
  origins: readonly number[],
  lasts: readonly number[],
  spec: Reads,
): Float64Array {
  const { window, horizon, classes, scales, by, shares, following } = spec;
  if (by !== "network") {
    return Float64Array.from(lasts.flatMap(last => following.flatMap(rows => (by === "last" ? rows[last] : shares))));
  }
  const sizes = [window, inputColumns(panel, "changes")];
  const [probabilities] = byChunk(origins, some => {
    const x = networkInputs(panel, some, "changes", scales, { window, horizon });
    const { data } = net.predict(ndarray(x, [some.length, ...sizes]));
    if (data.length !== some.length * horizon * classes.length)
      throw new RangeError("the network does not fit its classes");
    return [Float64Array.from(data)];
  });
  return probabilities;
}

/** [n, horizon] numbers of the classes that followed. */
export const truthOf = ({ truth }: Panel, origins: readonly number[], horizon: number): Int32Array =>
  Int32Array.from(origins.flatMap(row => Array.from({ length: horizon }, (_, h) => truth[row + h])));

/** How often forecasts of windows are right, by the network or the baseline that is chosen. */
export function scoreOf(panel: Panel, origins: readonly number[], spec: Reads, net: Model): ClassScores {
  const { horizon, classes, by, shares } = spec;
  const V = classes.length;
  const last = lastClasses(panel, origins);
  const probabilities = probabilitiesOf(net, panel, origins, last, spec);
  const truth = truthOf(panel, origins, horizon);
  const said = Array.from(truth, (_, i) =>
    by === "last" ? last[Math.floor(i / horizon)] : largest(probabilities, i * V, V),
  );
  const series =
    panel.raw && windowsBySeries(panel, origins).map((places, p) => ({ name: panel.parts[p].name, places }));
  return scoreClasses(classes, { truth, probabilities, said, last, majority: largest(shares, 0, V) }, horizon, series);
}

export function makeClassNetwork(
  panel: Panel,
  { window, horizon }: Plan,
  V: number,
  units: number,
  seed: number,
): Model {
  return sequential(
    [
      layers.lstm({ units, inputShape: [window, inputColumns(panel, "changes")] }),
      layers.dense({ units: horizon * V }),
      layers.reshape({ targetShape: [horizon, V] }),
      layers.activation({ activation: "softmax" }),
    ],
    { seed },
  );
}

/** @returns whether it came to its end: false for a signal that ended it */
export async function trainClasses(
  net: Model,
  panel: Panel,
  origins: readonly number[],
  { window, horizon, learningRate, batchSize, epochs: all }: RecipeSettings,
  scales: Scales,
  epochs: number,
  signal: AbortSignal | undefined,
  onEpoch: (epoch: number, loss: number) => boolean,
): Promise<boolean> {
  const n = origins.length;
  const x = networkInputs(panel, origins, "changes", scales, { window, horizon });
  const y = truthOf(panel, origins, horizon);
  const rates = schedules.cosineDecay({ initialLearningRate: learningRate, decaySteps: all });
  net.compile({
    optimizer: optimizers.adam({ learningRate, globalClipNorm: 1 }),
    loss: "sparseCategoricalCrossentropy",
  });
  const history = await net.fit(ndarray(x, [n, window, inputColumns(panel, "changes")]), ndarray(y, [n, horizon]), {
    epochs,
    batchSize,
    verbose: 0,
    callbacks: [
      {
        onEpochBegin(epoch, { optimizer }) {
          optimizer.learningRate = rates.at(epoch);
        },
        onEpochEnd(epoch, { loss }, run) {
          if (onEpoch(epoch, loss)) run.stop("no better");
        },
      },
    ],
    ...(signal ? { signal } : {}),
  });
  return history.stopReason !== "aborted";
}
