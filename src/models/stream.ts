import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { wholeNumbers } from "../ids.ts";
import { isCarrying } from "../layer/carried.ts";
import { describe, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { expectFinite, firstUnfit, notFinite } from "../training/diagnose.ts";
import type { Slot } from "../training/slots.ts";
import type { Scaling } from "./scaling.ts";
import { StepProgram, type StreamStates } from "./stepProgram.ts";

/** The states of a stream: for every recurrent layer its hidden and cell state, plain JSON. */
export type StreamState = Record<string, number[][]>;

/** A model run one step at a time. Made by `Model.stream()`; any number may run side by side. */
export class Stream {
  readonly #network: Network;
  readonly #input: Slot;
  readonly #size: number;
  readonly #outputSize: number;
  readonly #scaling: () => Scaling;
  readonly #program: StepProgram | undefined;
  readonly #states: StreamStates = { store: new Map(), live: false };

  constructor(network: Network, inputs: readonly Slot[], scaling: () => Scaling) {
    const { plan } = network;
    if (inputs.length !== 1 || plan.outputs.length !== 1) {
      throw new RangeError(
        `stream: expected a model with one input and one output, got ${inputs.length} and ${plan.outputs.length}`,
      );
    }
    const blocked = plan.layers.find(layer => !layer.streams);
    if (blocked) {
      throw new RangeError(`stream: layer "${blocked.name}" needs the whole sequence; use predict() for this model`);
    }
    for (const layer of plan.layers.filter(isCarrying)) {
      const uses = plan.nodes.filter(node => node.layer === layer);
      if (uses.length > 1 || uses[0].inputs.length > 1) {
        throw new RangeError(
          `stream: expected recurrent layers that run once and begin with zeros, got "${layer.name}" ` +
            `${uses.length > 1 ? `${uses.length} times` : "with an initial state"}; use predict() for this model`,
        );
      }
    }
    this.#network = network;
    this.#input = inputs[0];
    this.#scaling = scaling;
    const inner = inputs[0].shape.slice(1);
    if (inputs[0].shape.length === 0 || inner.includes(null)) {
      throw new RangeError(`stream: expected an input of [N, T, ...], got ${showShape(["N", ...inputs[0].shape])}`);
    }
    this.#size = sizeOf(inner as number[]);
    const { shape } = plan.outputs[0];
    this.#outputSize = sizeOf((shape.length > 1 ? shape.slice(1) : shape) as number[]);
    this.#program = StepProgram.of(network, this.#size);
  }

  /**
   * Feeds one step.
   *
   * @param x the features of this step, or its token id
   * @param out where the output goes, for loops that make no garbage; a new array without
   * @returns the output after this step, the numbers that `predict` on the whole sequence so far ends with; in float64
   *   where a scaler brings them back to raw units
   * @throws TypeError or RangeError for a step or an `out` that does not fit; then the states are as they were
   */
  step(x: ArrayLike<number> | number, out?: Float32Array | Float64Array): Float32Array | Float64Array {
    if (out !== undefined) this.#expectOut(out);
    const numbers = typeof x === "number" ? [x] : x;
    if (numbers?.length !== this.#size) {
      throw new RangeError(
        `stream step: expected ${this.#size} numbers, got ${numbers?.length === undefined ? describe(x) : numbers.length}`,
      );
    }
    const { input, target } = this.#scaling();
    let data: ArrayLike<number> = numbers;
    if (input) data = input.transform(ndarray(Float64Array.from(numbers), [1, 1, this.#size])).data;
    const result = this.#program ? this.#run(this.#program, data, target ? undefined : out) : this.#forward(data);
    const scaled = target ? target.inverseTransform(ndarray(result, [1, result.length])).data : result;
    if (!out || out === scaled) return scaled;
    out.set(scaled);
    return out;
  }

  #expectOut(out: unknown): void {
    if (!(out instanceof Float32Array || out instanceof Float64Array)) {
      throw new TypeError(`stream step out: expected a Float32Array or Float64Array, got ${describe(out)}`);
    }
    if (out.length !== this.#outputSize) {
      throw new RangeError(`stream step out: expected room for ${this.#outputSize} numbers, got ${out.length}`);
    }
  }

  /** A step of the compiled model. */
  #run(
    program: StepProgram,
    numbers: ArrayLike<number>,
    out: Float32Array | Float64Array | undefined,
  ): Float32Array | Float64Array {
    const { memory, input } = program;
    const at = input.pointer >>> 2;
    if (this.#input.ids) memory.ints.set(wholeNumbers(Float32Array.from(numbers), "stream step"), at);
    else {
      memory.floats.set(numbers, at);
      const bad = firstUnfit(program, this.#input, input.pointer, numbers.length);
      if (bad >= 0) {
        const found = `${this.#input.what} has ${memory.floats[at + bad]} at element ${bad}`;
        throw notFinite("stream step", found, this.#input);
      }
    }
    program.run(this.#states);
    const { pointer, size } = program.output;
    const { floats } = memory;
    const from = pointer >>> 2;
    if (!out) return floats.slice(from, from + size);
    for (let i = 0; i < size; i++) out[i] = floats[from + i]; // a view to copy from would cost more
    return out;
  }

  /** A step of the general forward pass. */
  #forward(numbers: ArrayLike<number>): Float32Array {
    const { memory } = this.#network.engine;
    const mark = memory.mark();
    try {
      const context = this.#network.context({ streaming: true, states: this.#states.store });
      const floats = Float32Array.from(numbers);
      const data = this.#input.ids ? wholeNumbers(floats, "stream step") : floats;
      const tensor = context.tensorFrom(data, [1, 1, ...(this.#input.shape.slice(1) as number[])]);
      expectFinite(context, [tensor], [this.#input], "stream step");
      const values = this.#network.forward(context, [tensor]);
      const [output] = this.#network.outputs(values);
      const result = context.numbers(output).slice();
      context.commit();
      return result;
    } finally {
      memory.release(mark);
    }
  }

  /** The states after the last step, as plain JSON; assign a saved one to go on from there. */
  get state(): StreamState {
    this.#program?.save(this.#states);
    return Object.fromEntries([...this.#states.store].map(([name, states]) => [name, states.map(state => [...state])]));
  }

  set state(state: StreamState) {
    if (typeof state !== "object" || state === null) {
      throw new TypeError(`stream state: expected an object of layers' states, got ${describe(state)}`);
    }
    const layers = this.#network.plan.layers.filter(isCarrying);
    const entries = Object.entries(state).map(([name, states]): [string, Float32Array[]] => {
      const layer = layers.find(candidate => candidate.name === name);
      if (!layer) throw new RangeError(`stream state: the model has no recurrent layer ${describe(name)}`);
      const { carriedNames, carriedSizes } = layer;
      if (!Array.isArray(states) || states.length !== carriedNames.length) {
        throw new TypeError(`stream state ${name}: expected [${carriedNames.join(", ")}], got ${describe(states)}`);
      }
      return [
        name,
        states.map((numbers, i) => {
          const array = toNDArray(numbers, `stream state ${name}`);
          if (array.data.length !== carriedSizes[i]) {
            throw new RangeError(`stream state ${name}: expected ${carriedSizes[i]} numbers, got ${array.data.length}`);
          }
          const bad = array.data.findIndex(number => !Number.isFinite(number));
          if (bad >= 0) {
            throw new RangeError(
              `stream state ${name}: expected finite numbers, got ${array.data[bad]} at element ${bad}`,
            );
          }
          return Float32Array.from(array.data);
        }),
      ];
    });
    this.reset();
    for (const [name, states] of entries) this.#states.store.set(name, states);
  }

  /** Back to the beginning: all states zero. */
  reset(): void {
    this.#states.live = false;
    this.#states.store.clear();
  }
}
