/** What `compile` makes: optimizer, losses and metrics bound to a network; and the two things done with a batch. */

import { Tape } from "../autograd.ts";
import type { SavedRun } from "../callbacks/callback.ts";
import type { Computing, Context, StateStore } from "../context.ts";
import type { Scaler } from "../data/index.ts";
import { bring } from "../engine/bring.ts";
import { expectNumber } from "../expect.ts";
import type { Network, Values } from "../graph/network.ts";
import { isTrained } from "../graph/plan.ts";
import { clearSlots } from "../graph/slots.ts";
import { TrainedWeights } from "../graph/trained.ts";
import type { Loss, Target } from "../losses/loss.ts";
import { followSchedule } from "../optimizers/learningRate.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Checked } from "../options.ts";
import type { InParts } from "../parts.ts";
import type { Tensor } from "../tensor.ts";
import type { COMPILE } from "./compileOptions.ts";
import { expectClasses, expectFinite, expectFiniteTarget, explainGradient, explainLoss } from "./diagnose.ts";
import { expectLazy, LazyRows } from "./lazyRows.ts";
import { capitalized, type LogSums } from "./logs.ts";
import { measuredAt, metricBatch } from "./measured.ts";
import {
  lossesOf,
  lossWeightsOf,
  type MetricConfigs,
  metricNames,
  metricsOf,
  outputNames,
  type Wanted,
} from "./outputs.ts";
import { bySequence, type Compared, countedRows, expectTargetFits, realSteps, toEachStep } from "./realSteps.ts";
import type { Review } from "./review.ts";
import { Rules } from "./rules.ts";
import { expectScalable, type Slot } from "./slots.ts";
import { type Watch, warnOfPlan } from "./unlikely.ts";
import { Updates } from "./update.ts";

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** An output compared with its target. */
interface Scored extends Compared {
  loss: number;
  /** Of the batch */
  samples: number;
  /** What each row counts in metrics: weights of the user's alone */
  metricWeights: Tensor | undefined;
}

/** A batch whose gradients are there. */
interface Differentiated {
  /** The sum of all squared gradients */
  squares: number;
  scored: Scores;
}

/** All outputs, and what weights and outputs of layers cost beside. */
interface Scores {
  outputs: Scored[];
  penalty: number;
}

/** Copies a batch into the arena; where the order is not that of the data, `samples` are the numbers they have there. */
export type LoadBatch = (context: Context) => Batch;

interface Batch {
  x: Tensor[];
  y: Tensor[];
  weights: Tensor[] | undefined;
  samples?: Int32Array;
  /** The number of its first sample, if the order is that of the data. */
  first: number;
  review: Review | undefined;
}

export class Trainer {
  readonly optimizer: Optimizer;
  readonly losses: readonly Loss[];
  /** By output: how much its loss counts in their sum */
  readonly lossWeights: readonly number[];
  /** The metrics as they were given: names stay names, in files too. */
  readonly metricConfigs: { metrics: MetricConfigs; weightedMetrics?: MetricConfigs };
  readonly targets: readonly (Slot & Target)[];
  /** The weights that this trains. */
  readonly trained: TrainedWeights;
  /** Pointers to the optimizer's slots, each as long as the block of gradients. */
  readonly slots: readonly number[];
  /** Steps that the optimizer has made. */
  iterations = 0;
  /** Of a run that a file was saved in the middle of. */
  saved: SavedRun | undefined;
  readonly #network: Network;
  readonly #inputs: readonly Slot[];
  readonly #names: readonly string[];
  readonly #metrics: readonly Wanted[];
  /** By output */
  readonly #metricNames: readonly (readonly string[])[];
  /** For each output whether each metric is of it. */
  readonly #measured: readonly (readonly boolean[])[];
  /** By output: what its numbers must be, if nothing makes them so */
  readonly #watches: readonly (Watch | undefined)[];
  readonly #scaler: () => Scaler | undefined;
  readonly #lazy: LazyRows | undefined;
  readonly #rules: Rules;
  readonly #updates: Updates;

  /** @param scaler of the targets, as the model has it now */
  constructor(
    network: Network,
    options: Checked<typeof COMPILE>,
    inputs: readonly Slot[],
    scaler: () => Scaler | undefined,
  ) {
    this.#network = network;
    this.#scaler = scaler;
    this.#inputs = inputs;
    this.optimizer = options.optimizer;
    const { outputs } = network.plan;
    this.#names = outputNames(outputs);
    const named = this.#names.map(name => ({ name }));
    this.losses = lossesOf(options.loss, named);
    this.lossWeights = lossWeightsOf(options.lossWeights, named);
    const [metrics, configs] = metricsOf(options.metrics, named, false);
    const [weighted, weightedConfigs] = metricsOf(options.weightedMetrics, named, true);
    this.#metrics = [...metrics, ...weighted];
    this.metricConfigs = { metrics: configs, ...(weighted.length > 0 ? { weightedMetrics: weightedConfigs } : {}) };
    this.#metricNames = metricNames(this.#metrics, outputs);
    this.targets = outputs.map(({ shape, node }, i) => ({
      what: outputs.length === 1 ? "y" : node.layer?.options.name ? `y.${this.#names[i]}` : `y[${i}]`,
      name: this.#names[i],
      ...this.losses[i].target(shape),
      labels: true,
    }));
    if (scaler()) expectScalable(this.targets); // all checks come before slots are cleared, which the trainer before has filled
    this.#measured = measuredAt(outputs, this.targets, this.#metrics);
    this.#watches = warnOfPlan(network.plan, this.losses, this.targets);
    const needed = [...this.losses, this.optimizer].flatMap(({ families }) => families ?? []);
    bring(network.engine, needed);
    const lazyPaths = network.plan.specs.filter(spec => spec.lazy && isTrained(spec)).map(({ path }) => path);
    expectLazy(this.optimizer, lazyPaths);
    this.#rules = new Rules(network);
    this.trained = new TrainedWeights(network);
    const { lazy, slotCount } = this.trained;
    const slots = clearSlots(network, this.optimizer.slots.length + (lazy.length > 0 ? 1 : 0), slotCount);
    this.slots = slots.slice(0, this.optimizer.slots.length);
    if (lazy.length > 0) {
      this.trained.putLazy(slots[this.slots.length]);
      this.#lazy = new LazyRows(network.engine, this.trained, this.slots);
    }
    this.#updates = new Updates(network, this.trained, this.optimizer, this.slots, this.#rules, this.#lazy);
    followSchedule(this.optimizer, this.iterations);
  }

  /** The names of all logs, in their order. */
  get logNames(): string[] {
    const { length } = this.targets;
    const names = this.targets.flatMap((_, i) => {
      const measured = this.#metricNames[i].filter((_name, m) => this.#measured[i][m]);
      if (length === 1) return ["loss", ...measured];
      return ["loss", ...["loss", ...measured].map(name => this.#names[i] + capitalized(name))];
    });
    return [...new Set(names)];
  }

  /** Losses and metrics under the names of logs: `loss`, `mae`; with several outputs also `<layer>Loss`, `<layer>Mae`. */
  #log(context: Context, sums: LogSums, { outputs: compared, penalty }: Scores): void {
    const samples = compared[0].samples;
    if (penalty !== 0) sums.add("loss", penalty * samples, samples, compared.length);
    compared.forEach(({ prediction, target, weight, metricWeights, loss }, i) => {
      const prefix = compared.length > 1 ? this.#names[i] : "";
      sums.add("loss", this.lossWeights[i] * loss * weight, weight, i);
      if (prefix) sums.add(`${prefix}Loss`, loss * weight, weight);
      if (this.#metrics.length === 0) return;
      const batch = metricBatch(context, prediction, target, this.targets[i], this.#scaler());
      const weighted = metricWeights ? { ...batch, weights: context.numbers(metricWeights) } : batch;
      this.#metrics.forEach(({ metric, weighted: counts }, m) => {
        if (!this.#measured[i][m]) return;
        const name = this.#metricNames[i][m];
        sums.measure(prefix ? prefix + capitalized(name) : name, metric, counts ? weighted : batch);
      });
    });
  }

  /** The loss of every output over its real steps; of none it is 0. */
  #score(context: Context, values: Values, batch: Batch, where: string): Scores {
    const { samples, first, review } = batch;
    const outputs = this.#network.outputs(values);
    const each = (of: Tensor, i: number): Tensor => {
      const { ids, whole = false, what } = this.targets[i];
      return ids ? of : toEachStep(context, of, outputs[i], whole, what);
    };
    const [targets, weights] = [batch.y.map(each), batch.weights?.map(each)];
    const scored = outputs.map((output, i): Scored => {
      expectTargetFits(output, targets[i], this.losses[i], this.targets[i], where);
      const compared = realSteps(context, output, targets[i], weights?.[i], this.targets[i], where);
      const { ids, what } = this.targets[i];
      if (this.losses[i].problemOf) {
        const problem = this.losses[i].problemOf?.(context, output, targets[i]);
        if (problem) throw new RangeError(`${where}: ${what}: ${problem}`);
      } else if (ids) expectClasses(context, compared, this.targets[i], where);
      else expectFiniteTarget(context, compared, targets[i], this.targets[i], where, samples);
      const masked = output.mask !== undefined;
      review?.(context, { i, masked, whole: targets[i], compared, where, sampleOf: n => samples?.[n] ?? first + n });
      const alike = this.losses[i].reduction === "sequences" ? bySequence(context, compared, output) : compared;
      const { prediction, target, weight, rowWeights } = alike;
      this.#watches[i]?.(context, prediction, where);
      return {
        ...alike,
        samples: output.shape[0],
        metricWeights: compared.rowWeights,
        loss: weight > 0 ? this.losses[i].forward(context, prediction, target, rowWeights?.pointer) : 0,
      };
    });
    const penalty = this.#rules.penalty(context, values);
    const total = scored.reduce((sum, { loss }, i) => sum + this.lossWeights[i] * loss, penalty);
    if (!Number.isFinite(total)) throw explainLoss(this.#network, context, values, total, where);
    return { outputs: scored, penalty };
  }

  /**
   * Forward and backward on one batch: leaves the gradients in the block of the trained weights.
   *
   * @param context with a tape
   * @param where the batch, for error messages
   * @returns the sum of all squared gradients, and what the logs need
   */
  *differentiate(context: Context, load: LoadBatch, where: string): InParts<Differentiated> {
    const batch = this.#begin(context, load, where);
    const scored = this.#ask(context, yield* this.#network.forward(context, batch.x), batch, where);
    if (context.tape) yield* context.tape.backward(context);
    const { gradients, count } = this.trained;
    const squares = context.kernels.sumOfSquares(gradients, count) + (this.#lazy?.squares() ?? 0);
    if (!Number.isFinite(squares)) throw explainGradient(this.#network, context, where);
    return { squares, scored };
  }

  #begin(context: Context, load: LoadBatch, where: string): Batch {
    if (context.tape) this.trained.begin();
    const batch = load(context);
    if (context.tape) this.#lazy?.begin(context, batch.x);
    expectFinite(context, batch.x, this.#inputs, where, batch.samples);
    return batch;
  }

  /** The losses, and the gradients that they ask for. */
  #ask(context: Context, values: Values, batch: Batch, where: string): Scores {
    const scored = this.#score(context, values, batch, where);
    scored.outputs.forEach(({ prediction, target, weight, rowWeights }, i) => {
      // Nothing to learn behind an output, nowhere to put its gradient; or nothing but padding to learn from.
      if (!prediction.requiresGradient || weight === 0) return;
      const counted = countedRows(context, prediction, rowWeights, this.lossWeights[i], this.targets[i].whole);
      this.losses[i].backward(context, prediction, target, counted?.pointer);
    });
    return scored;
  }

  /** One step of training, which may stop anywhere but where weights change. If it throws, weights, optimizer and states are as they were. */
  *step(load: LoadBatch, where: string, sums: LogSums, computing: Computing = this.#network.engine): InParts<void> {
    this.#expectRate();
    const { memory } = computing;
    const mark = memory.mark();
    try {
      const context = this.#network.context({ tape: new Tape(memory), training: true }, computing);
      const differentiated = yield* this.differentiate(context, load, where);
      this.#expectRate(); // it may have been changed meanwhile
      this.#learn(context, differentiated, where, sums);
    } finally {
      memory.release(mark);
    }
  }

  #expectRate(): void {
    followSchedule(this.optimizer, this.iterations);
    expectNumber(this.optimizer.learningRate, "optimizer learningRate", 0, MAX_FLOAT32);
  }

  #learn(context: Context, { squares, scored }: Differentiated, where: string, sums: LogSums): void {
    this.#log(context, sums, scored);
    this.#updates.apply(squares, this.iterations + 1, where);
    this.iterations++;
    this.#network.parameters.step++;
    context.commit();
  }

  /** What is to be done when `fit` ends. */
  finish(): void {
    if (this.iterations > 0 && this.optimizer.common?.useEma) this.#updates.finish();
  }

  /**
   * Losses and metrics of one batch, without learning, which may stop anywhere.
   *
   * @param states those of stateful layers, to begin with and to go on with
   */
  *evaluate(
    load: LoadBatch,
    where: string,
    sums: LogSums,
    states: StateStore,
    computing: Computing = this.#network.engine,
  ): InParts<void> {
    const { memory } = computing;
    const mark = memory.mark();
    try {
      const context = this.#network.context({ states }, computing);
      const batch = this.#begin(context, load, where);
      const values = yield* this.#network.forward(context, batch.x);
      this.#log(context, sums, this.#score(context, values, batch, where));
      context.commit();
    } finally {
      memory.release(mark);
    }
  }
}
