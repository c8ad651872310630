/**
 * A model compiled for streams: the kernel calls of one step with all pointers fixed, so that a step costs its kernels
 * and little else. Layers add their calls in `compileStep`; a model with a layer that cannot runs its general forward pass.
 */
import type { Context, StateStore } from "../context.ts";
import { bindCall, type KernelCall } from "../engine/calls.ts";
import type { Network } from "../graph/network.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import { Step, type StepValue } from "../step.ts";

/** The last axis of a tensor: a step of it may be several rows. */
function widthOf({ shape }: SymbolicTensor): number | undefined {
  return shape.length > 1 ? (shape[shape.length - 1] ?? undefined) : undefined;
}

const NOT_COMPILED = new Error("a layer has no steps of its own");

/** The states of one stream. */
export interface StreamStates {
  /** By layer; those that are missing are zeros. Out of date while `live`. */
  store: StateStore;
  /** Whether the numbers are in the program's memory now. */
  live: boolean;
}

const programs = new WeakMap<Network, StepProgram | undefined>();

export class StepProgram extends Step {
  readonly input: StepValue;
  readonly output: StepValue;
  readonly #network: Network;
  readonly #run: readonly (() => void)[];
  #context: Context;
  #use = "";
  #current: StreamStates | undefined;

  /** @param inputSize numbers of a step */
  private constructor(network: Network, inputSize: number) {
    super(network.engine);
    this.#network = network;
    this.#context = network.context();
    this.input = this.allocate(inputSize, widthOf(network.plan.inputs[0]));
    const values = new Map<SymbolicTensor, StepValue>([[network.plan.inputs[0], this.input]]);
    for (const { layer, inputs, outputs } of network.plan.nodes) {
      if (!layer) continue;
      this.#use = layer.name;
      const results = layer.compileStep(
        this,
        inputs.map(symbol => values.get(symbol) as StepValue),
      );
      if (!results) throw NOT_COMPILED;
      for (const [i, symbol] of outputs.entries()) values.set(symbol, { ...results[i], width: widthOf(symbol) });
    }
    this.output = values.get(network.plan.outputs[0]) as StepValue;
    for (const action of this.refresh) action();
    this.#run = this.calls.map(call => bindCall(this.kernels, call));
  }

  /** The kernel calls of a step, in order. */
  get list(): readonly KernelCall[] {
    return this.calls;
  }

  /** Zeros that stay as long as the program does: a part of a model may come and go with its streams. */
  override allocate(size: number, width?: number): StepValue {
    return { pointer: this.#network.parameters.blocks.take(this, size), size, width };
  }

  /** The network's program, made once; nothing if a layer needs the general forward pass. */
  static of(network: Network, inputSize: number): StepProgram | undefined {
    if (!programs.has(network)) programs.set(network, StepProgram.#compile(network, inputSize));
    return programs.get(network);
  }

  static #compile(network: Network, inputSize: number): StepProgram | undefined {
    try {
      return new StepProgram(network, inputSize);
    } catch (error) {
      if (error === NOT_COMPILED) return undefined;
      throw error;
    }
  }

  /** The context of the present weights. */
  override get context(): Context {
    return this.#context;
  }

  protected override get use(): string {
    return this.#use;
  }

  protected override get shared(): boolean {
    return false;
  }

  /** Runs a step on the numbers in `input`; the result is in `output`. */
  run(states: StreamStates): void {
    if (this.#current !== states || !states.live) this.#take(states);
    for (const check of this.checks) check();
    const stale = this.#context.weightsVersion !== this.#network.weightsVersion;
    if (stale) this.#context = this.#network.context();
    const { packings } = this;
    for (let i = 0; i < packings.length; i++) {
      const { room, form, ensure } = packings[i];
      if (!room.isFresh(this.#context, form)) ensure();
    }
    if (stale) for (const action of this.refresh) action();
    const run = this.#run;
    for (let i = 0; i < run.length; i++) run[i]();
  }

  /** Copies live states into the store. */
  save(states: StreamStates): void {
    if (!states.live) return;
    const { floats } = this.memory;
    for (const [layer, values] of this.states) {
      const copies = values.map(({ pointer, size }) => floats.slice(pointer >>> 2, (pointer >>> 2) + size));
      states.store.set(layer, copies);
    }
  }

  #take(states: StreamStates): void {
    if (this.#current?.live && this.#current !== states) {
      this.save(this.#current);
      this.#current.live = false;
    }
    const { floats } = this.memory;
    for (const [layer, values] of this.states) {
      const stored = states.store.get(layer);
      for (const [i, { pointer, size }] of values.entries()) {
        if (stored) floats.set(stored[i], pointer >>> 2);
        else floats.fill(0, pointer >>> 2, (pointer >>> 2) + size);
      }
    }
    this.#current = states;
    states.live = true;
  }
}
