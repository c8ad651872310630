/** `wasm-lstm/worker`: training in a worker. */
import type { Callback, Logs } from "../callbacks/callback.ts";
import { originOf } from "../callbacks/origin.ts";
import { decodeOwn } from "../formats/own.ts";
import { Model } from "../models/model.ts";
import { restoreOptimizer } from "../models/restore.ts";
import { take } from "../models/take.ts";
import { describe } from "../ndarray.ts";
import type { Inputs, Targets } from "../training/data.ts";
import { expectFitOptions, type FitOptions } from "../training/fitOptions.ts";
import { drawable, type History } from "../training/history.ts";
import { Running } from "../training/running.ts";
import { warnOnce } from "../warn.ts";
import type { FromWorker, PortableCallback } from "./messages.ts";
import { isWorker, listen, send, startWorker, type TrainingWorker } from "./port.ts";
import { travelling } from "./travelling.ts";

export type { TrainingWorker };

/** Options of `fit`, and: */
export interface TrainInWorkerOptions extends FitOptions {
  /** Called on this side after each epoch; the training goes on meanwhile. What it throws ends that, and is thrown by trainInWorker */
  onEpochEnd?: ((epoch: number, logs: Logs) => unknown) | undefined;
  /** The same after each batch, with the means of the epoch so far */
  onBatchEnd?: ((batch: number, logs: Logs) => unknown) | undefined;
  /**
   * A worker of your own whose script imports `wasm-lstm/worker/script`, for bundlers that leave the package's own out, and for
   * cells, layers and losses of your own, which that script registers. It stays alive, for one training after the other
   */
  worker?: TrainingWorker | undefined;
}

/** Milliseconds for a worker's script to be loaded. */
const PATIENCE = 10_000;

/** Workers that train: what one says is of one training. */
const busy = new WeakSet<TrainingWorker>();

const REMEDY =
  "functions cannot travel to a worker: give onEpochEnd or onBatchEnd to trainInWorker itself, which calls them here, or use fit";

function portable(given: unknown): PortableCallback[] {
  if (!Array.isArray(given)) throw new TypeError(`trainInWorker callbacks: expected a list, got ${describe(given)}`);
  return given.map((callback: Callback, i) => {
    const origin = originOf(callback);
    if (origin?.options) return { name: origin.name, options: origin.options };
    const hooks = Object.keys(Object(callback)).filter(name => /^on/.test(name));
    const got = origin
      ? `${origin.name}, which works here alone`
      : hooks.length > 0
        ? `one with ${hooks.join(", ")}`
        : describe(callback);
    throw new TypeError(
      `trainInWorker callbacks[${i}]: expected one of the package, such as callbacks.earlyStopping(), got ${got}; ${REMEDY}`,
    );
  });
}

/** Takes over what the model in the worker has learned. */
function takeOver(net: Model, { bytes, states }: Extract<FromWorker, { kind: "done" }>): void {
  const { network, trainer } = net;
  const { weights, slots, progress, compile } = decodeOwn(bytes);
  const numbers = network.plan.specs.map(spec => take(weights.get(spec.path), spec.path, spec));
  if (trainer) {
    const { learningRate }: { learningRate?: unknown } = compile?.optimizer.options ?? {};
    if (typeof learningRate === "number") trainer.optimizer.learningRate = learningRate; // callbacks may have changed it
    restoreOptimizer(network, trainer, slots, progress);
  }
  network.weights.forEach((weight, i) => {
    network.numbersOf(weight).set(numbers[i]);
  });
  network.parameters.step = progress?.step as number;
  network.parameters.epoch = progress?.epoch as number;
  network.states = new Map(states.map(([name, own]) => [name, [...own]]));
  network.weightsChanged();
}

const kinds: Record<string, new (message: string) => Error> = { TypeError, RangeError };

/**
 * Trains a model in a worker, as `fit` would: the same bits of weights, optimizer and history, while this thread stays free. Until it
 * is done the model is as it was, and may predict; if it fails, it stays so.
 *
 * @param net a compiled model
 * @param x inputs, as `fit` takes them; they are copied to the worker
 * @param y targets, likewise
 * @param options see {@link TrainInWorkerOptions}; of callbacks those of the package that neither write files nor call
 *   functions, such as `callbacks.earlyStopping()`
 * @returns the history, as `fit` does
 * @throws as `fit`, and TypeError for what cannot travel, Error when the worker ends before it is done
 * @example const { history } = await trainInWorker(net, x, y, { epochs: 20, onEpochEnd: (epoch, logs) => show(logs) });
 */
export async function trainInWorker(
  net: Model,
  x: Inputs,
  y: Targets,
  options: TrainInWorkerOptions = {},
): Promise<History> {
  const { worker: own, onEpochEnd, onBatchEnd, signal, callbacks = [], ...rest } = options;
  if (own !== undefined && !isWorker(own)) {
    throw new TypeError(`trainInWorker worker: expected a Worker, got ${describe(own)}`);
  }
  if (own && busy.has(own)) {
    throw new Error("trainInWorker worker: expected one that is free, this one trains; await that, or give another");
  }
  if (!(net instanceof Model)) throw new TypeError(`trainInWorker: expected a model, got ${describe(net)}`);
  if (!net.trainer) throw new Error("trainInWorker: the model has no loss and optimizer yet; call compile() first");
  expectFitOptions({ signal }, net.network.plan);
  const { network } = net;
  const { parameters, engine } = network;
  parameters.underway?.refuse("trainInWorker");
  const bytes = net.save({ optimizer: true });
  const job = {
    kind: "train",
    bytes,
    states: [...network.states],
    threads: net.threads,
    simd: engine.kind.simd,
    x: travelling(x, "x"),
    y: travelling(y, "y"),
    options: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, travelling(value, name)])),
    callbacks: portable(callbacks),
    batches: onBatchEnd !== undefined,
    aborted: signal?.aborted === true,
  } as const;
  const worker = own ?? startWorker();
  parameters.underway = new Running(network);
  let stop = (): void => {};
  const abort = (): void => send(worker, { kind: "abort" });
  /** What the callbacks here do: all of it, and what one threw. */
  let told: Promise<unknown> = Promise.resolve();
  let thrown: { error: unknown } | undefined;
  const tell = async (hook: typeof onEpochEnd, number: number, logs: Logs): Promise<void> => {
    try {
      await hook?.(number, logs);
    } catch (error) {
      thrown ??= { error };
      abort();
    }
  };
  const late = setTimeout(() => {
    warnOnce(
      `trainInWorker: the worker has not answered for ${PATIENCE / 1000} s; its script must import "wasm-lstm/worker/script"`,
    );
  }, PATIENCE);
  busy.add(worker);
  try {
    const done = await new Promise<Extract<FromWorker, { kind: "done" }>>((resolve, reject) => {
      const hear = (message: FromWorker | null | undefined): void => {
        // A script of the user's may say other things too.
        if (message?.kind === "begun") clearTimeout(late);
        else if (message?.kind === "done") resolve(message);
        else if (message?.kind === "failed") reject(new (kinds[message.name] ?? Error)(message.message));
        else if (message?.kind === "epoch" || message?.kind === "batch") {
          const hook = message.kind === "epoch" ? onEpochEnd : onBatchEnd;
          told = Promise.all([told, tell(hook, message.number, message.logs)]);
        }
      };
      const ended = (reason: string): void =>
        reject(
          new Error(
            `trainInWorker: the worker has ended (${reason}), and the model is as it was; where a bundler has left out the package's ` +
              'worker, give { worker } whose script imports "wasm-lstm/worker/script"',
          ),
        );
      stop = listen(worker, hear, ended);
      send(worker, job, [bytes.buffer]);
      signal?.addEventListener("abort", abort);
    });
    await told;
    if (thrown) throw thrown.error;
    takeOver(net, done);
    return drawable(done.history);
  } catch (error) {
    if (thrown || (error as Error).name !== "DataCloneError") throw error;
    throw new TypeError(`trainInWorker: expected data and options that can be copied to a worker; ${REMEDY}`, {
      cause: error,
    });
  } finally {
    clearTimeout(late);
    busy.delete(worker);
    signal?.removeEventListener("abort", abort);
    stop();
    parameters.underway = undefined;
    if (!own) worker.terminate();
  }
}
