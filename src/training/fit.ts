/** The training loop. */
import type { Callback, Logs, TrainingRun } from "../callbacks/callback.ts";
import { progress } from "../callbacks/progress.ts";
import { padded } from "../engine/layout.ts";
import type { Network } from "../graph/network.ts";
import type { CheckedFitOptions } from "./fitOptions.ts";
import { LogSums, validationName } from "./logs.ts";
import type { Running } from "./running.ts";
import { batchOf, type Sets } from "./sets.ts";
import type { Trainer } from "./trainer.ts";
import { Steps, Turns } from "./turns.ts";

/** What of a model callbacks may use. */
export type RunAccess = Pick<TrainingRun, "getWeights" | "setWeights" | "save">;

/** What `fit` returns. */
export interface History {
  /** The logs of every epoch: loss, valLoss, the metrics under their names */
  history: Record<string, number[]>;
  /** Numbers of the epochs, counted over the life of the weights */
  epoch: number[];
  /** "completed", "aborted", or what a callback gave as its reason */
  stopReason: string;
  seconds: number;
}

// The stream of random numbers that shuffles; layers have the streams from 0x10000, weights those from 0.
const SHUFFLE_STREAM = 0x8000;

function shuffled(network: Network, count: number): Int32Array {
  const { kernels, memory } = network.engine;
  const { seed, epoch } = network.parameters;
  const mark = memory.mark();
  const order = memory.allocate(count);
  const scratch = memory.allocate(padded(count));
  kernels.randomOrder(order, scratch, seed, SHUFFLE_STREAM, epoch, count);
  const copy = memory.ints.slice(order >>> 2, (order >>> 2) + count);
  memory.release(mark);
  return copy;
}

/** Losses and metrics over a data set. Stateful layers begin with the states they have. */
export async function evaluate(
  network: Network,
  trainer: Trainer,
  sets: Sets,
  batchSize: number,
  turns = new Turns(),
  where = "batch",
): Promise<Logs> {
  const sums = new LogSums();
  const { count } = sets.x;
  const { step } = network.parameters;
  const begun = network.states;
  const states = new Map(begun);
  const steps = new Steps(network, turns);
  for (let from = 0, batch = 1; from < count; from += batchSize, batch++) {
    const to = Math.min(count, from + batchSize);
    const load = batchOf(sets, from, to);
    const name = `${where} ${batch}`;
    const taken = steps.take(
      () => trainer.evaluate(load, name, sums, states),
      computing => trainer.evaluateInParts(load, name, sums, states, computing),
    );
    if (taken) await taken;
    const turn = turns.due();
    if (turn) await turn;
  }
  // Unless training has gone on meanwhile, or they were reset.
  if (network.parameters.step === step && network.states === begun) network.keep(states);
  return sums.logs();
}

/**
 * Trains; see `Model.fit`.
 *
 * @param underway hears when callbacks are called
 */
export async function train(
  network: Network,
  trainer: Trainer,
  data: Sets,
  validation: Sets | undefined,
  options: CheckedFitOptions,
  access: RunAccess,
  underway: Running,
): Promise<History> {
  const { batchSize, epochs, signal, verbose } = options;
  const begun = performance.now();
  const history: Record<string, number[]> = {};
  const epochNumbers: number[] = [];
  let stopReason: string | undefined;
  let logs = (): Logs => ({});
  const run: TrainingRun = {
    ...access,
    epochs,
    optimizer: trainer.optimizer,
    history,
    get logs() {
      return logs();
    },
    logNames: [...trainer.logNames, ...(validation ? trainer.logNames.map(validationName) : [])],
    batchesPerEpoch: Math.ceil(data.x.count / batchSize),
    stop(reason) {
      stopReason ??= typeof reason === "string" && reason !== "" ? reason : "stopped by a callback";
    },
  };
  const callbacks = [...options.callbacks, ...(verbose ? [progress(verbose)] : [])];
  const turns = new Turns();
  const steps = new Steps(network, turns);
  const heedSignal = (): void => {
    if (signal?.aborted) run.stop("aborted");
  };

  const each = async (hook: (callback: Callback) => unknown): Promise<void> => {
    underway.calling = true;
    for (const callback of callbacks) await hook(callback);
    underway.calling = false;
  };

  await each(callback => callback.onTrainBegin?.(run));
  heedSignal();
  for (let epoch = 0; epoch < epochs && stopReason === undefined; epoch++) {
    await each(callback => callback.onEpochBegin?.(epoch, run));
    heedSignal();
    if (stopReason !== undefined) break; // an epoch without a step is none
    const order = options.shuffle ? shuffled(network, data.x.count) : undefined;
    const sums = new LogSums();
    logs = () => sums.logs();
    for (let batch = 0; batch < run.batchesPerEpoch && stopReason === undefined; batch++) {
      const from = batch * batchSize;
      const to = Math.min(data.x.count, from + batchSize);
      const load = batchOf(data, from, to, order);
      const where = `epoch ${epoch + 1}, batch ${batch + 1}`;
      const taken = steps.take(
        () => trainer.step(load, where, sums),
        computing => trainer.stepInParts(load, where, sums, computing),
      );
      if (taken) await taken;
      if (callbacks.some(callback => callback.onBatchEnd)) {
        await each(callback => callback.onBatchEnd?.(batch, sums.logs(), run));
      }
      const turn = turns.due();
      if (turn) await turn;
      heedSignal();
    }
    network.parameters.epoch++;
    const ended = sums.logs();
    logs = () => ended;
    if (validation && !signal?.aborted) {
      const values = await evaluate(network, trainer, validation, batchSize, turns, "validation, batch");
      for (const [name, value] of Object.entries(values)) ended[validationName(name)] = value;
    }
    for (const [name, value] of Object.entries(ended)) {
      history[name] ??= [];
      history[name].push(value);
    }
    epochNumbers.push(network.parameters.epoch);
    heedSignal();
    if (signal?.aborted) break;
    await each(callback => callback.onEpochEnd?.(epoch, ended, run));
    heedSignal();
  }
  trainer.finish();
  await each(callback => callback.onTrainEnd?.(run));
  return {
    history,
    epoch: epochNumbers,
    stopReason: stopReason ?? "completed",
    seconds: (performance.now() - begun) / 1000,
  };
}
