/** The training behind `wasm-lstm train`: one LSTM layer and a dense layer, on scaled windows. */
import {
  callbacks,
  type History,
  layers,
  ndarray,
  optimizers,
  schedules,
  sequential,
  standardScaler,
} from "../index.ts";
import { CliError } from "./error.ts";
import { type Parts, windowsWithin } from "./forecast.ts";
import { type Forecaster, shiftByLast } from "./forecaster.ts";
import type { Io } from "./io.ts";
import { progress } from "./progress.ts";
import { lastValues, type Series, windowsOf } from "./series.ts";
import { defaultEpochs, patienceFor, type TrainOptions } from "./trainOptions.ts";

/**
 * Trains on the oldest rows, until the validation rows that follow are forecast no better.
 *
 * @returns the model, its history, and the windows whose forecast rows are held out
 */
export async function learn(series: Series, forecaster: Forecaster, parts: Parts, options: TrainOptions, io: Io) {
  const { window, horizon, targets, difference } = forecaster;
  const all = windowsOf(series, forecaster);
  const begin = parts.train + parts.validation;
  const past = windowsWithin(all, horizon, 0, parts.train);
  const recent = windowsWithin(all, horizon, parts.train, begin);
  const test = windowsWithin(all, horizon, begin, series.rows);
  for (const [{ index }, part] of [
    [past, "train"],
    [recent, "validate"],
    [test, "be tested"],
  ] as const) {
    if (index.length > 0) continue;
    throw new CliError(
      `gaps and missing values leave no ${window} rows in a row, and ${horizon} to forecast, to ${part} on; ` +
        "choose a shorter --window",
    );
  }

  const goal = ({ y, index }: typeof all) =>
    difference ? ndarray(shiftByLast(y.data, lastValues(series, index), targets.length, -1), y.shape) : y;
  const y = goal(past);
  const inputShape = [window, series.features.length];
  const model = sequential(
    [
      ...(series.hasMissing ? [layers.missing({ strategy: "last", inputShape })] : []),
      layers.lstm({ units: options.units, ...(series.hasMissing ? {} : { inputShape }) }),
      layers.dense({ units: horizon * targets.length }),
    ],
    { seed: options.seed },
  );
  model.setScaling({ input: standardScaler().fit(past.x), target: standardScaler().fit(y) });
  const { learningRate, batchSize } = options;
  const epochs = options.epochs ?? defaultEpochs(past.index.length, batchSize);
  const rates = schedules.cosineDecay({ initialLearningRate: learningRate, decaySteps: epochs });
  model.compile({ optimizer: optimizers.adam({ learningRate, globalClipNorm: 1 }), loss: "meanSquaredError" });
  const history = await model.fit(past.x, y, {
    epochs,
    batchSize,
    validationData: [recent.x, goal(recent)],
    verbose: 0,
    callbacks: [
      {
        onEpochBegin(epoch, { optimizer }) {
          optimizer.learningRate = rates.at(epoch);
        },
      },
      callbacks.earlyStopping({ patience: patienceFor(epochs), restoreBestWeights: true }),
      ...(options.quiet ? [] : [progress(io)]),
    ],
    signal: io.interrupt?.(),
  });
  return { model, history, test };
}

/** What the file tells about its training; no dates or times, so that the same run gives the same file. */
export function trainingSummary({ history, epoch, stopReason }: History, options: TrainOptions) {
  const { units, batchSize, learningRate, seed } = options;
  const { valLoss } = history;
  const best = valLoss.reduce((least, loss) => Math.min(least, loss));
  return {
    epochs: epoch.length,
    bestEpoch: valLoss.indexOf(best) + 1,
    stopReason,
    units,
    batchSize,
    learningRate,
    seed,
  };
}
