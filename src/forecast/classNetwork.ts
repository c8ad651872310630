/** The network of a classifier: how it is made and learns, what it forecasts, and how often that is right. */
import { layers, type Model, ndarray, optimizers, schedules, sequential } from "../index.ts";
import type { RecipeSettings } from "./branch.ts";
import { lastClasses } from "./classPanel.ts";
import { type ClassScores, largest, scoreClasses } from "./classScores.ts";
import type { ClassSpec } from "./classSpec.ts";
import { inputColumns, networkInputs, type Scales } from "./network.ts";
import type { Panel } from "./panel.ts";
import type { Plan } from "./plan.ts";

type Reads = Pick<ClassSpec, "window" | "horizon" | "classes" | "scales" | "by" | "shares" | "following">;

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
  const x = networkInputs(panel, origins, "changes", scales, { window, horizon });
  const { data } = net.predict(ndarray(x, [origins.length, window, inputColumns(panel, "changes")]));
  if (data.length !== origins.length * horizon * classes.length)
    throw new RangeError("the network does not fit its classes");
  return Float64Array.from(data);
}

/** How often forecasts of windows are right, by the network or the baseline that is chosen. */
export function scoreOf(panel: Panel, origins: readonly number[], spec: Reads, net: Model): ClassScores {
  const { horizon, classes, by, shares } = spec;
  const V = classes.length;
  const last = lastClasses(panel, origins);
  const probabilities = probabilitiesOf(net, panel, origins, last, spec);
  const truth = Float64Array.from(
    origins.flatMap(row => Array.from({ length: horizon }, (_, h) => panel.truth[row + h])),
  );
  const said = truth.map((_, i) => (by === "last" ? last[Math.floor(i / horizon)] : largest(probabilities, i * V, V)));
  return scoreClasses(classes, { truth, probabilities, said, last, majority: largest(shares, 0, V) }, horizon);
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
  onEpoch: (epoch: number) => boolean,
): Promise<boolean> {
  const n = origins.length;
  const x = networkInputs(panel, origins, "changes", scales, { window, horizon });
  const y = Int32Array.from(origins.flatMap(row => Array.from({ length: horizon }, (_, h) => panel.truth[row + h])));
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
        onEpochEnd(epoch, _logs, run) {
          if (onEpoch(epoch)) run.stop("no better");
        },
      },
    ],
    ...(signal ? { signal } : {}),
  });
  return history.stopReason !== "aborted";
}
