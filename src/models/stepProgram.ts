/**
 * A model compiled for streams: the kernel calls of one step with all pointers fixed, so that a step costs its kernels
 * and little else. Layers add their calls in `compileStep`; a model with a layer that cannot runs its general forward pass.
 */
import type { Context, StateStore } from "../context.ts";
import type { Kernels } from "../engine/kernels.ts";
import type { Memory } from "../engine/memory.ts";
import type { Weight } from "../layers/layer.ts";
import type { SymbolicTensor } from "./graph.ts";
import type { Network } from "./network.ts";

const NOT_COMPILED = new Error("a layer has no steps of its own");

/** What a layer reads or gives at one step: numbers that stay in one place. */
export interface StepValue {
  readonly pointer: number;
  readonly size: number;
  /** Where it is a row of a table: which table, and where the row's number stands. */
  readonly lookup?: { readonly table: Weight; readonly id: number };
}

/** The states of one stream. */
export interface StreamStates {
  /** By layer; those that are missing are zeros. Out of date while `live`. */
  store: StateStore;
  /** Whether the numbers are in the program's memory now. */
  live: boolean;
}

export class StepProgram {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly input: StepValue;
  readonly output: StepValue;
  readonly #network: Network;
  readonly #checks: (() => void)[] = [];
  readonly #calls: (() => void)[] = [];
  readonly #refresh: (() => void)[] = [];
  readonly #states = new Map<string, readonly StepValue[]>();
  #context: Context;
  #current: StreamStates | undefined;

  /** @param inputSize numbers of a step */
  private constructor(network: Network, inputSize: number) {
    this.#network = network;
    this.kernels = network.engine.kernels;
    this.memory = network.engine.memory;
    this.#context = network.context();
    this.input = this.allocate(inputSize);
    const values = new Map<SymbolicTensor, StepValue>([[network.plan.inputs[0], this.input]]);
    for (const { layer, inputs, outputs } of network.plan.nodes) {
      if (!layer) continue;
      const [value] = inputs.map(symbol => values.get(symbol) as StepValue);
      const result = inputs.length === 1 ? layer.compileStep(this, value) : undefined;
      if (!result) throw NOT_COMPILED;
      values.set(outputs[0], result);
    }
    this.output = values.get(network.plan.outputs[0]) as StepValue;
    for (const action of this.#refresh) action();
  }

  /** Nothing if a layer needs the general forward pass. */
  static compile(network: Network, inputSize: number): StepProgram | undefined {
    try {
      return new StepProgram(network, inputSize);
    } catch (error) {
      if (error === NOT_COMPILED) return undefined;
      throw error;
    }
  }

  /** The context of the present weights. */
  get context(): Context {
    return this.#context;
  }

  /** Zeros that stay. */
  allocate(size: number): StepValue {
    return { pointer: this.memory.persist(size), size };
  }

  /** Something that may refuse a step; before any state changes. */
  onCheck(action: () => void): void {
    this.#checks.push(action);
  }

  /** A part of every step. */
  onStep(action: () => void): void {
    this.#calls.push(action);
  }

  /** What has to be made again when weights have changed. */
  onWeights(action: () => void): void {
    this.#refresh.push(action);
  }

  /** Numbers that a layer keeps from step to step. */
  keep(layer: string, values: readonly StepValue[]): void {
    this.#states.set(layer, values);
  }

  /** Runs a step on the numbers in `input`; the result is in `output`. */
  run(states: StreamStates): void {
    if (this.#current !== states || !states.live) this.#take(states);
    for (const check of this.#checks) check();
    if (this.#context.weightsVersion !== this.#network.weightsVersion) {
      this.#context = this.#network.context();
      for (const action of this.#refresh) action();
    }
    const calls = this.#calls;
    for (let i = 0; i < calls.length; i++) calls[i]();
  }

  /** Copies live states into the store. */
  save(states: StreamStates): void {
    if (!states.live) return;
    const { floats } = this.memory;
    for (const [layer, values] of this.#states) {
      const copies = values.map(({ pointer, size }) => floats.slice(pointer >> 2, (pointer >> 2) + size));
      states.store.set(layer, copies);
    }
  }

  #take(states: StreamStates): void {
    if (this.#current?.live && this.#current !== states) {
      this.save(this.#current);
      this.#current.live = false;
    }
    const { floats } = this.memory;
    for (const [layer, values] of this.#states) {
      const stored = states.store.get(layer);
      for (const [i, { pointer, size }] of values.entries()) {
        if (stored) floats.set(stored[i], pointer >> 2);
        else floats.fill(0, pointer >> 2, (pointer >> 2) + size);
      }
    }
    this.#current = states;
    states.live = true;
  }
}
