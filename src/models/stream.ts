import type { Scaler } from "../data/index.ts";
import type { Engine } from "../engine/engine.ts";
import type { Network } from "../graph/network.ts";
import { isArray } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import type { StepValue } from "../step.ts";
import { asRows } from "../training/data.ts";
import { TOO_LARGE } from "../training/diagnose.ts";
import type { Slot } from "../training/slots.ts";
import { isSequence } from "./flow.ts";
import type { Scaling } from "./scaling.ts";
import { StepProgram, type StreamStates } from "./stepProgram.ts";
import { expectConstants, FedInput, type Ordering, type StepInputs, type StreamOptions } from "./streamInputs.ts";
import { expectState, type StreamState, showState } from "./streamState.ts";

export type { StreamOptions, StreamState };

type Numbers = Float32Array | Float64Array;

/** A model run one step at a time. Made by `Model.stream()`; any number may run side by side. */
export class Stream {
  readonly #engine: Engine;
  readonly #scaling: () => Scaling;
  readonly #program: StepProgram;
  readonly #fed: readonly FedInput[];
  readonly #states: StreamStates;
  readonly #order: Ordering | undefined;

  /** @internal */
  constructor(
    network: Network,
    inputs: readonly Slot[],
    scaling: () => Scaling,
    options: StreamOptions,
    order?: Ordering,
  ) {
    this.#order = order;
    this.#engine = network.engine;
    this.#scaling = scaling;
    this.#program = StepProgram.of(network, inputs);
    const fed = [...inputs.keys()].filter(i => isSequence(inputs[i]));
    this.#fed = fed.map(i => {
      const what = fed.length > 1 ? `stream step ${inputs[i].what}` : "stream step";
      return new FedInput(network.engine, inputs[i], this.#program.inputs[i], what);
    });
    this.#states = { store: new Map(), live: false, constants: expectConstants(options.inputs, inputs, order) };
    if (this.#states.constants.size > 0) this.#program.check(this.#states);
  }

  /**
   * Feeds one step.
   *
   * @param x the features of this step, or its token id; a frame [M, C] nested, as `{ shape, data }`, or as its numbers row by row; if
   *   several inputs have an axis of time a list of them, or each by name
   * @param out where the output goes, for loops that make no garbage; a new array without
   * @returns the output after this step, the numbers that `predict` on the whole sequence so far ends with; in float64
   *   where a scaler brings them back to raw units
   * @throws TypeError or RangeError for a step or an `out` that does not fit; then the states are as they were. RangeError
   *   for a model of several outputs: `stepAll` gives a list of them
   * @example const y = stream.step([0.1, 0.2]);
   */
  step(x: StepInputs, out?: Numbers): Numbers {
    const { outputs } = this.#program;
    if (outputs.length > 1) {
      throw new RangeError(`stream step: this model has ${outputs.length} outputs; call stepAll() for a list of them`);
    }
    if (out !== undefined) expectOut(out, outputs[0].size, "stream step out");
    const scaling = this.#scaling();
    this.#run(x, scaling.input);
    return this.#read(outputs[0], scaling.target, out);
  }

  /**
   * The same, as a list with one array for each output of the model.
   *
   * @param out where they go, one array for each
   * @example const [y, h, c] = stream.stepAll(token);
   */
  stepAll(x: StepInputs, out?: readonly Numbers[]): Numbers[] {
    const { outputs } = this.#program;
    if (out !== undefined) {
      if (!isArray(out) || out.length !== outputs.length) {
        throw new TypeError(`stream stepAll out: expected a list of ${outputs.length} arrays, got ${describe(out)}`);
      }
      for (const [i, { size }] of outputs.entries()) expectOut(out[i], size, `stream stepAll out[${i}]`);
    }
    const scaling = this.#scaling();
    this.#run(x, scaling.input);
    return outputs.map((output, i) => this.#read(output, scaling.target, out?.[i]));
  }

  #run(x: StepInputs, scaler: Scaler | undefined): void {
    const fed = this.#fed;
    if (fed.length === 1) fed[0].feed(x, scaler);
    else {
      const list = isArray(x) ? x : this.#ordered(x);
      if (!isArray(list) || list.length !== fed.length) {
        const names = fed.map(({ slot }) => slot.what).join(", ");
        throw new TypeError(`stream step: expected a list of ${fed.length} inputs (${names}), got ${describe(x)}`);
      }
      for (let i = 0; i < fed.length; i++) fed[i].feed(list[i], scaler);
    }
    this.#program.run(this.#states);
  }

  #ordered(x: unknown): unknown {
    const slots = this.#fed.map(({ slot }) => slot);
    return this.#order ? this.#order(x, slots, "stream step", "input") : x;
  }

  /** Copies an output. */
  #read({ pointer, size }: StepValue, scaler: Scaler | undefined, out: Numbers | undefined): Numbers {
    const { floats } = this.#engine.memory;
    const from = pointer >>> 2;
    for (let j = 0; j < size; j++) if (!Number.isFinite(floats[from + j])) throw notFinite(floats[from + j], j);
    if (scaler) return inRawUnits(floats.slice(from, from + size), scaler, out);
    if (!out) return floats.slice(from, from + size);
    for (let j = 0; j < size; j++) out[j] = floats[from + j]; // a view to copy from would cost more
    return out;
  }

  /**
   * The states after the last step, as plain JSON; assign a saved one to go on from there. Inputs without an axis of time
   * are no part of it: make the stream that goes on with the same ones.
   *
   * @throws TypeError or RangeError for states that are not all of this model's; then the stream's are as they were
   */
  get state(): StreamState {
    this.#program.collect(this.#states);
    return showState(this.#states.store, this.#program.carried);
  }

  set state(state: StreamState) {
    const states = expectState(state, this.#program.carried);
    this.reset();
    for (const [use, own] of states) this.#states.store.set(use, own);
  }

  /** Back to the beginning: all states zero, or as the inputs without an axis of time say. */
  reset(): void {
    this.#states.live = false;
    this.#states.store.clear();
  }
}

function notFinite(value: number, at: number): RangeError {
  return new RangeError(
    `stream step: the output has ${value} at element ${at}; ${TOO_LARGE}, and begin again with reset(); predict() of the same ` +
      "steps tells the layer",
  );
}

function inRawUnits(scaled: Float32Array, scaler: Scaler, out: Numbers | undefined): Numbers {
  const raw = scaler.inverseTransform(asRows(scaled, scaler)).data;
  if (!out) return raw;
  out.set(raw);
  return out;
}

function expectOut(out: unknown, size: number, what: string): void {
  if (!(out instanceof Float32Array || out instanceof Float64Array)) {
    throw new TypeError(`${what}: expected a Float32Array or Float64Array, got ${describe(out)}`);
  }
  if (out.length !== size) throw new RangeError(`${what}: expected room for ${size} numbers, got ${out.length}`);
}
