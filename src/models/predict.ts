import type { Computing, Context, StateStore } from "../context.ts";
import type { Network, Values } from "../graph/network.ts";
import { type NDArray, ndarray, sizeOf } from "../ndarray.ts";
import { boolean, checked, type Input, integer, optional, options } from "../options.ts";
import { finish, type InParts } from "../parts.ts";
import { asRows, type DataSet } from "../training/data.ts";
import { expectFinite, expectFiniteOutputs } from "../training/diagnose.ts";
import type { Slot } from "../training/slots.ts";
import { sources } from "../training/source.ts";
import { expectEqualBatches } from "../training/stateful.ts";
import type { Scaling } from "./scaling.ts";

export const PREDICT = options({
  /** Samples that are computed together; default 32. The numbers do not depend on it. */
  batchSize: optional(integer(), 32),
  /**
   * Layers do what they do in training: dropout is active, with other random numbers at each call, and batches are normalized by
   * themselves. The mean and spread of many calls tell how sure a model is (Monte Carlo dropout). States and weights stay as they
   * are; default false
   */
  training: optional(boolean, false),
});

/** How often something was drawn for predictions of weights: training draws by the numbers of its steps, which are below. */
const draws = new WeakMap<object, number>();
const FIRST_DRAW = 2 ** 31;

export interface PredictOptions extends Input<typeof PREDICT> {}

/** What predicting needs of a model. */
export interface Predicting {
  readonly network: Network;
  readonly slots: readonly Slot[];
  readonly scalers: Scaling;
  /** Inputs, checked and scaled */
  expectX(x: unknown): DataSet;
  ready(): Promise<void>;
}

/** Predictions of a data set as they are made. */
export class Predictions {
  readonly count: number;
  readonly batchSize: number;
  readonly #training: boolean;
  readonly states: StateStore;
  readonly #model: Predicting;
  readonly #data: DataSet;
  readonly #results: { shape: number[]; data: Float32Array }[] = [];

  constructor(model: Predicting, x: unknown, given: PredictOptions, what: string) {
    const { batchSize, training } = checked(given, what, PREDICT);
    const { network } = model;
    const data = model.expectX(x);
    expectEqualBatches(network.plan, [data.count], batchSize);
    this.#model = model;
    this.#data = data;
    this.count = data.count;
    this.batchSize = batchSize;
    this.#training = training;
    this.states = new Map(network.states);
  }

  /** Makes those of a batch, which begins with a sample, and may stop anywhere. */
  *batch(from: number, computing: Computing): InParts<void> {
    const { network, slots } = this.#model;
    const { memory } = computing;
    const mark = memory.mark();
    try {
      const to = Math.min(this.count, from + this.batchSize);
      const context = network.context({ states: this.states, ...this.#drawn() }, computing);
      const inputs = this.#data.load(context, from, to);
      const where = `predict, samples ${from} to ${to - 1}`;
      expectFinite(context, inputs, slots, where);
      this.#keep(context, yield* network.forward(context, inputs), from, where);
    } finally {
      memory.release(mark);
    }
  }

  /** Random numbers that no step of training and no other call has. */
  #drawn(): { training?: boolean; step?: number } {
    if (!this.#training) return {};
    const { parameters } = this.#model.network;
    const drawn = draws.get(parameters) ?? 0;
    draws.set(parameters, drawn + 1);
    return { training: true, step: FIRST_DRAW + (drawn % FIRST_DRAW) };
  }

  #keep(context: Context, values: Values, from: number, where: string): void {
    const { network } = this.#model;
    expectFiniteOutputs(network, context, values, where);
    network.outputs(values).forEach((tensor, i) => {
      const inner = tensor.shape.slice(1);
      this.#results[i] ??= { shape: [this.count, ...inner], data: new Float32Array(this.count * sizeOf(inner)) };
      this.#results[i].data.set(context.numbers(tensor), from * sizeOf(inner));
    });
    if (!this.#training) context.commit(); // nothing is learned, moving means neither
  }

  /** All of them, in raw units. */
  get results(): NDArray[] {
    const { target } = this.#model.scalers;
    return this.#results.map(({ data, shape }) =>
      ndarray(target ? target.inverseTransform(asRows(data, target)).data : data, shape),
    );
  }
}

/** All outputs of a network over a data set, a batch at a time. */
export function predictBatches(model: Predicting, x: unknown, given: PredictOptions): NDArray[] {
  const made = sources.get(x as object)?.predict(own => predictBatches(model, own, given), model.slots, false);
  if (made) return made as NDArray[];
  const predictions = new Predictions(model, x, given, "predict");
  const { network } = model;
  for (let from = 0; from < predictions.count; from += predictions.batchSize) {
    finish(predictions.batch(from, network.engine));
  }
  network.keep(predictions.states);
  return predictions.results;
}
