/** Runs the compiled steps of a model, for any number of streams that take turns. */
import type { StateStore } from "../context.ts";
import { bindCall, type KernelCall } from "../engine/calls.ts";
import type { Network } from "../graph/network.ts";
import type { StepValue } from "../step.ts";
import type { Slot } from "../training/slots.ts";
import { type Carried, CompiledSteps, FORWARD } from "./compiledSteps.ts";
import type { ForwardStep } from "./forwardStep.ts";

/** One stream. */
export interface StreamStates {
  /** By use of a layer; those that are missing are as at the beginning. Out of date while `live`. */
  readonly store: StateStore;
  /** Whether the numbers are in the program's memory now. */
  live: boolean;
  /** Numbers of the inputs without a time axis, each with the input's place. */
  readonly constants: ReadonlyMap<number, Float32Array | Int32Array>;
}

/** Calls that put something back, should a step fail. */
interface Rescue {
  readonly save: readonly (() => void)[];
  readonly restore: readonly (() => void)[];
}

const programs = new WeakMap<Network, StepProgram>();

export class StepProgram {
  /** The calls of a step, in order. A kernel called "forward" is a layer's forward pass. */
  readonly list: readonly KernelCall[];
  /** Those that come once a stream, and when weights have changed. */
  readonly constantList: readonly KernelCall[];
  /** Where the model's inputs are read. */
  readonly inputs: readonly StepValue[];
  readonly outputs: readonly StepValue[];
  /** What is carried from step to step, by use of a layer. */
  readonly carried: ReadonlyMap<string, Carried>;
  readonly #network: Network;
  readonly #compiled: CompiledSteps;
  readonly #checks: readonly (() => void)[];
  readonly #steps: readonly (() => void)[];
  readonly #constants: readonly (() => void)[];
  readonly #begin: ReadonlyMap<string, readonly (() => void)[]>;
  readonly #forwards: readonly ForwardStep[];
  /** None where no step can fail once it has begun: kernels do not. */
  readonly #rescue: Rescue | undefined;
  #current: StreamStates | undefined;

  private constructor(network: Network, slots: readonly Slot[]) {
    const compiled = new CompiledSteps(network, slots);
    this.#network = network;
    this.#compiled = compiled;
    this.list = compiled.steps.list;
    this.constantList = compiled.constants.list;
    this.inputs = compiled.inputs;
    this.outputs = compiled.outputs;
    this.carried = compiled.carried;
    this.#forwards = [...compiled.forwards.values()];
    const bind = (calls: readonly KernelCall[]) => calls.map(call => this.#bind(call));
    this.#checks = compiled.steps.checks;
    this.#steps = bind(compiled.steps.list);
    this.#constants = bind(compiled.constants.list);
    this.#begin = new Map([...compiled.carried].map(([use, { begin }]) => [use, bind(begin)]));
    if (compiled.steps.list.some(([kernel]) => kernel === FORWARD)) this.#rescue = this.#makeRescue();
    for (const action of compiled.refresh) action();
  }

  /**
   * The network's program, made once.
   *
   * @throws RangeError for a model that needs whole sequences
   */
  static of(network: Network, slots: readonly Slot[]): StepProgram {
    const program = programs.get(network) ?? new StepProgram(network, slots);
    programs.set(network, program);
    return program;
  }

  /** Runs a step on the numbers in `inputs`; the results are in `outputs`. */
  run(states: StreamStates): void {
    const stale = this.#freshen();
    if (this.#current !== states || !states.live) this.#take(states);
    else if (stale) run(this.#constants);
    if (this.#checks.length > 0) run(this.#checks);
    if (this.#rescue) this.#runOr(this.#rescue);
    else {
      // A loop of its own, in which the calls of this program alone are seen: such loops become faster.
      const steps = this.#steps;
      for (let i = 0; i < steps.length; i++) steps[i]();
    }
  }

  /** Refuses constants that do not fit, before the first step. */
  check(states: StreamStates): void {
    this.#freshen();
    this.#take(states);
    states.live = false;
  }

  /** Puts all states into the store, also those of a stream that has not begun. */
  collect(states: StreamStates): void {
    if (!states.live && states.store.size < this.carried.size) {
      this.#freshen();
      this.#take(states);
    }
    this.save(states);
  }

  /** Copies live states into the store. */
  save({ live, store }: StreamStates): void {
    if (!live) return;
    const { floats } = this.#network.engine.memory;
    const copy = ({ pointer, size }: StepValue) => floats.slice(pointer >>> 2, (pointer >>> 2) + size);
    for (const [use, { values, forward, sizes, initial }] of this.carried) {
      const begun = () => sizes.map((size, i) => (initial[i] ? copy(initial[i]) : new Float32Array(size)));
      store.set(use, values?.map(copy) ?? forward?.states ?? begun());
    }
  }

  /** Packs weights anew where they have changed, or where `predict` has packed them in another form. */
  #freshen(): boolean {
    const compiled = this.#compiled;
    const stale = compiled.context.weightsVersion !== this.#network.weightsVersion;
    if (stale) compiled.context = this.#network.context();
    const { packings, context } = compiled;
    for (let i = 0; i < packings.length; i++) {
      const { room, form, ensure } = packings[i];
      if (!room.isFresh(context, form)) ensure();
    }
    if (stale) run(compiled.refresh);
    return stale;
  }

  /** Puts a stream's numbers where the step reads them, after those of the stream before it are safe. */
  #take(states: StreamStates): void {
    if (this.#current && this.#current !== states) {
      this.save(this.#current);
      this.#current.live = false;
    }
    this.#current = states;
    const { floats, ints } = this.#network.engine.memory;
    for (const [i, numbers] of states.constants) {
      (numbers instanceof Int32Array ? ints : floats).set(numbers, this.inputs[i].pointer >>> 2);
    }
    run(this.#compiled.constants.checks);
    run(this.#constants);
    for (const [use, { values, forward }] of this.carried) {
      const stored = states.store.get(use);
      if (forward) forward.states = stored;
      values?.forEach(({ pointer, size }, i) => {
        if (stored) floats.set(stored[i], pointer >>> 2);
        else floats.fill(0, pointer >>> 2, (pointer >>> 2) + size);
      });
      if (!stored) run(this.#begin.get(use) ?? []);
    }
    states.live = true;
  }

  #bind(call: KernelCall): () => void {
    const [kernel, place] = call;
    const forward = kernel === FORWARD ? this.#compiled.forwards.get(place) : undefined;
    return forward ? () => forward.run() : bindCall(this.#network.engine.kernels, call);
  }

  /** Forward passes may throw: the layer may be yours. Then all states are as before the step. */
  #runOr({ save, restore }: Rescue): void {
    run(save);
    try {
      run(this.#steps);
    } catch (error) {
      run(restore);
      for (const forward of this.#forwards) forward.abandon();
      throw error;
    }
    for (let i = 0; i < this.#forwards.length; i++) this.#forwards[i].commit();
  }

  #makeRescue(): Rescue {
    const values = [...this.carried.values()].flatMap(carried => carried.values ?? []);
    const copies = values.map(({ size }) => this.#compiled.allocate(size));
    const copyAll = (to: readonly StepValue[], from: readonly StepValue[]) =>
      to.map(({ pointer, size }, i) => this.#bind(["copyRows", pointer, size, from[i].pointer, size, 1, size]));
    return { save: copyAll(copies, values), restore: copyAll(values, copies) };
  }
}

function run(actions: readonly (() => void)[]): void {
  for (let i = 0; i < actions.length; i++) actions[i]();
}
