/** What `compile` makes of a model: all that trains it or compares it with targets. */
import type { Logs, ModelInTraining } from "../callbacks/callback.ts";
import { describe } from "../describe.ts";
import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { isReadable } from "../isObject.ts";
import type { NDArray } from "../ndarray.ts";
import { boolean, checked, type Input, integer, optional, options as schema } from "../options.ts";
import { finish } from "../parts.ts";
import { adapted } from "../training/adapt.ts";
import { COMPILE, type CompileOptions } from "../training/compileOptions.ts";
import type { DataSet } from "../training/data.ts";
import { evaluate, type RunAccess, shuffled, train } from "../training/fit.ts";
import { type CheckedFitOptions, expectFitOptions, type FitOptions } from "../training/fitOptions.ts";
import { gradientsOf, inputGradientsOf } from "../training/gradients.ts";
import type { History } from "../training/history.ts";
import { expectTargets } from "../training/lengths.ts";
import { LogSums } from "../training/logs.ts";
import { type Review, reviewOf } from "../training/review.ts";
import { Running } from "../training/running.ts";
import { expectWeights, SAMPLE_WEIGHT, WEIGHTS, warnOfClasses } from "../training/sampleWeights.ts";
import { batchOf, type Sets, splitSets } from "../training/sets.ts";
import type { Slot } from "../training/slots.ts";
import { arraySource, Cursor, type Reader, type Source, sources } from "../training/source.ts";
import { warnOfInputs } from "../training/spread.ts";
import { expectEqualBatches } from "../training/stateful.ts";
import { Trainer } from "../training/trainer.ts";
import { warnOnce } from "../warn.ts";
import type { Scaling } from "./scaling.ts";

const EVALUATE = schema({
  /** Samples that are computed together; default 32 */
  batchSize: optional(integer(), 32),
  /** At most so many batches; default all */
  steps: optional(integer()),
  ...SAMPLE_WEIGHT,
});

export interface EvaluateOptions extends Input<typeof EVALUATE> {}

const GRADIENTS = schema({
  ...WEIGHTS,
  /** By the inputs instead of the weights: how the loss changes with each of their numbers; default false */
  inputs: optional(boolean, false),
});

export interface GradientsOptions extends Input<typeof GRADIENTS> {}

export interface BatchOptions extends Input<typeof WEIGHTS> {}

/** What training needs of a model. */
export interface Trainable extends Omit<RunAccess, "model" | "saved">, ModelInTraining {
  readonly network: Network;
  readonly slots: readonly Slot[];
  readonly scalers: Scaling;
  /** Inputs, checked and scaled */
  expectX(x: unknown): DataSet;
  ready(): Promise<void>;
}

export class Training {
  readonly trainer: Trainer;
  /** As they were given. */
  readonly options: CompileOptions;
  readonly #model: Trainable;
  /** Whether the numbers of a batch have been looked at: those of the first tell enough. */
  #looked = false;

  constructor(model: Trainable, options: CompileOptions) {
    const { parameters } = model.network;
    parameters.settle?.();
    parameters.underway?.refuse("compile");
    this.options = options;
    this.#model = model;
    this.trainer = new Trainer(
      model.network,
      checked(options, "compile", COMPILE),
      model.slots,
      () => model.scalers.target,
    );
  }

  /** What is trained was decided by `compile`: says so, if layers have another mind by now. */
  #warnOfChange(what: string): void {
    const { changed, slotCount } = this.trainer.trained;
    if (slotCount === 0) warnOnce(`${what}: nothing is trainable`);
    if (!changed) return;
    warnOnce(
      `${what}: layer "${changed.name}" has trainable: ${changed.trainable} since the model was compiled; that counts ` +
        "from the next compile() on",
    );
  }

  #expectSets(x: unknown, y: unknown, title: string, weights: Parameters<typeof expectWeights>[1]): Sets {
    const inputs = this.#model.expectX(x);
    inputs.arrays.forEach(({ shape }, i) => {
      if (!shape.includes(0)) return;
      const { what } = this.#model.slots[i];
      throw new RangeError(
        `${what}: expected sequences of at least one step to learn from or to compare, got ${showShape(shape)}`,
      );
    });
    const { targets } = this.trainer;
    const sets: Sets = {
      x: inputs,
      y: expectTargets(y, targets, inputs, this.#model.scalers.target),
      timed: targets.map(({ shape, whole }) => shape[0] === null && !whole),
    };
    if (sets.x.count !== sets.y.count) {
      throw new RangeError(`expected as many targets as inputs, got ${sets.x.count} of x and ${sets.y.count} of y`);
    }
    sets.weights = expectWeights(title, weights, targets, sets.y);
    return sets;
  }

  /** Looks at the data of a call, once. */
  #review(sets: readonly Sets[], advise = true): Review {
    const { network, slots, scalers } = this.#model;
    if (advise && !scalers.input) warnOfInputs(network.plan, slots, sets[0].x);
    return reviewOf(sets, network.plan.outputs, this.trainer, scalers.target !== undefined, advise);
  }

  /** Data that a maker such as `batches` made, as this model reads it; nothing for arrays. */
  #sourceOf(data: unknown, title: string, options: object, weights?: Reader["weights"]): Source | undefined {
    const reader: Reader = {
      title,
      learns: weights !== undefined,
      weights: weights ?? {},
      network: this.#model.network,
      expectSets: (...given) => this.#expectSets(...given),
      review: (sets, advise) => this.#review(sets, advise),
    };
    const { next } = isReadable(data) ? (Object(data) as { next?: unknown }) : {};
    if (typeof data === "function" || typeof next === "function") {
      throw new TypeError(
        `${title}: expected arrays, got ${describe(data)}; generators and iterators go into batches()`,
      );
    }
    return sources.get(data as object)?.open(reader, options);
  }

  /** What to train on, the arrays of that if there are any, and what to validate on. */
  #dataOf(x: unknown, y: unknown, options: FitOptions, settings: CheckedFitOptions) {
    const { network } = this.#model;
    const { validationData, validationSplit, batchSize, shuffle, classWeight, signal } = settings;
    const own = this.#sourceOf(x, "fit", options, { classWeight });
    const ownValidation = this.#sourceOf(validationData, "fit validationData", { signal });
    const given = own ? undefined : this.#expectSets(x, y, "fit", settings);
    if (given && classWeight) warnOfClasses(classWeight, this.trainer.targets, given.y);
    let [data, held] = given && !validationData ? splitSets(given, validationSplit) : [given];
    if (classWeight) delete held?.weights; // what is validated counts as it is
    if (validationData && !ownValidation) {
      const [ownX, ownY, sampleWeight] = validationData as readonly unknown[];
      held = this.#expectSets(ownX, ownY, "fit validationData", { sampleWeight });
    }
    const all = [data, held].flatMap(sets => sets ?? []);
    if (all.length > 0) {
      const review = this.#review(given && !validationData ? [given] : all);
      for (const sets of all) sets.review = review;
      const counts = all.map(sets => sets.x.count);
      expectEqualBatches(network.plan, counts, batchSize);
    }
    const orderOf = (sets: Sets) => (pass: number) => {
      const order = shuffled(network, sets.x.count, pass);
      return typeof shuffle === "function" ? shuffle(order, sets, batchSize) : order;
    };
    const arrays = data && arraySource(data, batchSize, shuffle ? orderOf(data) : undefined);
    return {
      data,
      source: own ?? (arrays as Source),
      // The order of arrays follows from how often the weights have been trained.
      first: own ? settings.initialEpoch : network.parameters.epoch,
      validation: ownValidation ?? (held && arraySource(held, batchSize)),
    };
  }

  /** See `Model.fit`. */
  async fit(x: unknown, y: unknown, given: FitOptions): Promise<History> {
    const { network } = this.#model;
    const { parameters } = network;
    parameters.underway?.refuse("fit");
    const options = sources.has(x as object) ? ((y ?? given) as FitOptions) : given;
    const settings = expectFitOptions(options, network.plan);
    const { data, source, first, validation } = this.#dataOf(x, y, options, settings);
    const access: RunAccess = {
      model: this.#model,
      saved: this.trainer.saved,
      getWeights: () => this.#model.getWeights(),
      setWeights: weights => this.#model.setWeights(weights),
      save: ({ run, ...own } = {}) => {
        this.trainer.saved = run;
        try {
          return this.#model.save(own);
        } finally {
          this.trainer.saved = undefined;
        }
      },
    };
    this.trainer.saved = undefined;
    // After the user's own, which may have changed that.
    const callbacks = [...settings.callbacks, { onEpochBegin: () => this.#warnOfChange("fit") }];
    const running = new Running(network);
    parameters.underway = running;
    const cursor = new Cursor(source, first);
    const training = async (): Promise<History> => {
      await this.#model.ready();
      return train(network, this.trainer, cursor, validation, { ...settings, callbacks }, access, running);
    };
    try {
      return await (data ? adapted(network, data.x, training) : training());
    } finally {
      parameters.underway = undefined;
      await cursor.close();
    }
  }

  /** See `Model.trainOnBatch`. */
  trainOnBatch(x: unknown, y: unknown, options: BatchOptions = {}): Logs {
    const { network } = this.#model;
    network.parameters.underway?.refuse("trainOnBatch");
    this.#warnOfChange("trainOnBatch");
    const data = this.#expectSets(x, y, "trainOnBatch", checked(options, "trainOnBatch", WEIGHTS));
    data.review = this.#review([data], !this.#looked);
    this.#looked = true;
    const sums = new LogSums();
    adapted(network, data.x, () =>
      finish(this.trainer.step(batchOf(data), `step ${network.parameters.step + 1}`, sums)),
    );
    return sums.logs();
  }

  /** See `Model.evaluate`. */
  async evaluate(x: unknown, y: unknown, given: EvaluateOptions = {}): Promise<Logs> {
    const options = sources.has(x as object) ? ((y ?? given) as EvaluateOptions) : given;
    const { batchSize, steps, sampleWeight } = checked(options, "evaluate", EVALUATE);
    let source = this.#sourceOf(x, "evaluate", options);
    if (!source) {
      const sets = this.#expectSets(x, y, "evaluate", { sampleWeight });
      expectEqualBatches(this.#model.network.plan, [sets.x.count], batchSize);
      sets.review = this.#review([sets]);
      source = arraySource(sets, batchSize);
    }
    await this.#model.ready();
    const batches = source.open(0);
    try {
      return await evaluate(this.#model.network, this.trainer, batches, steps);
    } finally {
      await batches.close?.();
    }
  }

  /** See `Model.gradients`. */
  gradients(x: unknown, y: unknown, options: GradientsOptions = {}): NDArray[] {
    this.#model.network.parameters.underway?.refuse("gradients");
    const settings = checked(options, "gradients", GRADIENTS);
    const sets = this.#expectSets(x, y, "gradients", settings);
    sets.review = this.#review([sets], false);
    const { network, slots, scalers } = this.#model;
    if (settings.inputs) {
      const { timed: _, ...whole } = sets; // of each step that was given
      return inputGradientsOf(network, this.trainer, slots, scalers.input, batchOf(whole));
    }
    return gradientsOf(network, this.trainer, batchOf(sets));
  }
}
