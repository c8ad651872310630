/** The training loop. */
import type { Callback, Logs, RunState, TrainingRun } from "../callbacks/callback.ts";
import { progress } from "../callbacks/progress.ts";
import { padded } from "../engine/layout.ts";
import type { Network } from "../graph/network.ts";
import { isObject } from "../isObject.ts";
import { warnOnce } from "../warn.ts";
import type { CheckedFitOptions } from "./fitOptions.ts";
import { drawable, type History } from "./history.ts";
import { LogSums, validationName } from "./logs.ts";
import type { Running } from "./running.ts";
import type { Batches, Cursor, Source } from "./source.ts";
import type { Trainer } from "./trainer.ts";
import { Steps, Turns } from "./turns.ts";
import { unlessAborted } from "./unlessAborted.ts";

/** What of a model callbacks may use. */
export type RunAccess = Pick<TrainingRun, "getWeights" | "setWeights" | "save" | "model" | "saved">;

// The stream of random numbers that shuffles; layers have the streams from 0x10000, weights those from 0.
const SHUFFLE_STREAM = 0x8000;

/** Milliseconds after an abort for which callbacks are waited for. */
const PATIENCE = 1000;
const warnOfWait = (): undefined => void warnOnce("fit: aborted; a callback that does not end is not waited for");

/** @param epoch counted over the life of the weights */
export function shuffled(network: Network, count: number, epoch: number): Int32Array {
  const { kernels, memory } = network.engine;
  const { seed } = network.parameters;
  const mark = memory.mark();
  const order = memory.allocate(count);
  const scratch = memory.allocate(padded(count));
  kernels.randomOrder(order, scratch, seed, SHUFFLE_STREAM, epoch, count);
  const copy = memory.ints.slice(order >>> 2, (order >>> 2) + count);
  memory.release(mark);
  return copy;
}

/**
 * Losses and metrics over batches. Stateful layers begin with the states they have.
 *
 * @param steps at most so many batches
 */
export async function evaluate(
  network: Network,
  trainer: Trainer,
  batches: Batches,
  steps = Number.POSITIVE_INFINITY,
  turns = new Turns(),
  where = "batch",
): Promise<Logs> {
  const sums = new LogSums();
  const { step } = network.parameters;
  const begun = network.states;
  const states = new Map(begun);
  const inTurns = new Steps(network, turns);
  for (let batch = 1; batch <= steps; batch++) {
    const got = batches.next();
    const load = got instanceof Promise ? await got : got;
    if (!load) break;
    const name = `${where} ${batch}`;
    const taken = inTurns.take(computing => trainer.evaluate(load, name, sums, states, computing));
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
  data: Cursor,
  validation: Source | undefined,
  options: CheckedFitOptions,
  access: RunAccess,
  underway: Running,
): Promise<History> {
  const { epochs, signal, verbose, stepsPerEpoch = Number.POSITIVE_INFINITY } = options;
  const begun = performance.now();
  const history: Record<string, number[]> = {};
  const epochNumbers: number[] = [];
  let stopReason: string | undefined;
  let logs = (): Logs => ({});
  let epoch = options.initialEpoch;
  let batch = 0;
  /** How many callbacks know of the end of the epoch. */
  let told: number | undefined;
  let resumed: RunState | undefined;
  const callbacks = [...options.callbacks, ...(verbose ? [progress(verbose)] : [])];
  const run: TrainingRun = {
    ...access,
    epochs,
    optimizer: trainer.optimizer,
    history,
    get epoch() {
      return epoch;
    },
    get batch() {
      return batch;
    },
    get logs() {
      return logs();
    },
    logNames: [...trainer.logNames, ...(validation ? trainer.logNames.map(validationName) : [])],
    batchesPerEpoch: options.stepsPerEpoch ?? data.source.steps ?? Number.POSITIVE_INFINITY,
    stop(reason) {
      stopReason ??= typeof reason === "string" && reason !== "" ? reason : "stopped by a callback";
    },
    get state(): RunState | undefined {
      if (told === undefined) return undefined;
      return {
        epoch: epoch + 1,
        told,
        logs: logs(),
        history,
        epochs: epochNumbers,
        stopReason,
        data: [data.pass, data.drawn],
        states: [...network.states],
        callbacks: callbacks.map(callback => callback.saveState?.(run)),
      };
    },
    resume(state) {
      resumed = state;
    },
  };
  const turns = new Turns();
  const steps = new Steps(network, turns);
  const heedSignal = (): void => {
    if (signal?.aborted) run.stop("aborted");
  };

  const each = async (hook: (callback: Callback, i: number) => unknown): Promise<void> => {
    underway.calling = true;
    for (const [i, callback] of callbacks.entries()) {
      const hooked = hook(callback, i);
      await (signal && isObject(hooked)
        ? unlessAborted(hooked as Promise<unknown>, signal, PATIENCE, warnOfWait)
        : hooked);
    }
    underway.calling = false;
  };
  const tellEnd = async (ended: Logs, first = 0, last = callbacks.length): Promise<void> => {
    await each((callback, i) => {
      told = i + 1;
      return i < first || i >= last ? undefined : callback.onEpochEnd?.(epoch, ended, run);
    });
    told = undefined;
  };

  await each(callback => callback.onTrainBegin?.(run));
  if (resumed !== undefined) {
    const { logs: ended, ...state } = resumed as RunState;
    Object.assign(history, state.history);
    epochNumbers.push(...state.epochs);
    stopReason = state.stopReason;
    network.states = new Map(state.states);
    await data.seek(...state.data);
    await each((callback, i) => callback.loadState?.(state.callbacks[i], run));
    epoch = state.epoch - 1;
    logs = () => ended;
    await tellEnd(ended, state.told, options.callbacks.length);
    epoch++;
  }
  heedSignal();
  for (; epoch < epochs && stopReason === undefined; epoch++) {
    batch = 0;
    await each(callback => callback.onEpochBegin?.(epoch, run));
    heedSignal();
    if (stopReason !== undefined) break; // an epoch without a step is none
    if (data.source.fresh) data.begin(epoch);
    const sums = new LogSums();
    logs = () => sums.logs();
    for (; batch < stepsPerEpoch && stopReason === undefined; batch++) {
      const got = data.next();
      let load = got instanceof Promise ? await got : got;
      if (!load) {
        heedSignal(); // which may have ended the wait
        if (stopReason !== undefined || (batch > 0 && stepsPerEpoch === Number.POSITIVE_INFINITY)) break;
        if (data.source.again) load = await data.next();
        if (!load) throw data.source.short?.(epoch, batch, stepsPerEpoch);
      }
      const ready = load;
      const where = `epoch ${epoch + 1}, batch ${batch + 1}`;
      try {
        const taken = steps.take(computing => trainer.step(ready, where, sums, computing));
        if (taken) await taken;
      } catch (error) {
        await each(callback => callback.onError?.(error as Error, run));
        if (stopReason === undefined) throw error;
        break;
      }
      if (callbacks.some(callback => callback.onBatchEnd)) {
        await each(callback => callback.onBatchEnd?.(batch, sums.logs(), run));
      }
      const turn = turns.due();
      if (turn) await turn;
      heedSignal();
    }
    if (batch === 0) break;
    network.parameters.epoch++;
    const ended = sums.logs();
    logs = () => ended;
    if (validation && !signal?.aborted && validatesAfter(options.validationFreq, epoch)) {
      const batches = validation.open(epoch);
      try {
        const where = "validation, batch";
        const values = await evaluate(network, trainer, batches, options.validationSteps, turns, where);
        for (const [name, value] of Object.entries(values)) ended[validationName(name)] = value;
      } finally {
        await batches.close?.();
      }
    }
    for (const [name, value] of Object.entries(ended)) {
      history[name] ??= [];
      history[name].push(value);
    }
    epochNumbers.push(network.parameters.epoch);
    heedSignal();
    if (signal?.aborted) break;
    await tellEnd(ended);
    heedSignal();
  }
  trainer.finish();
  await each(callback => callback.onTrainEnd?.(run));
  return drawable({
    history,
    epoch: epochNumbers,
    stopReason: stopReason ?? "completed",
    seconds: (performance.now() - begun) / 1000,
  });
}

const validatesAfter = (frequency: number | readonly number[], epoch: number): boolean =>
  typeof frequency === "number" ? (epoch + 1) % frequency === 0 : frequency.includes(epoch + 1);
