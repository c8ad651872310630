/** Runs ops forward and back with numbers of the test's choice: inputs and gradients go in and out by name. */
import { Tape } from "../../src/autograd.ts";
import { Context, type ContextOptions } from "../../src/context.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Memory } from "../../src/engine/memory.ts";
import { type NDArray, ndarray, sizeOf } from "../../src/ndarray.ts";
import { finish } from "../../src/parts.ts";
import { Tensor } from "../../src/tensor.ts";
import type { Outer } from "../reference/reference.ts";
import type { Random } from "./random.ts";

export type NDArrays = Readonly<Record<string, NDArray>>;
export type Tensors = Readonly<Record<string, Tensor>>;

/** What a forward and a backward pass give. */
export interface Differentiated {
  readonly outputs: readonly Float32Array[];
  /** By each input and weight; what no gradient reached, or who wants none, is missing. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

/** Something differentiable: ops, or a layer. */
export interface Differentiable {
  /** Without a tape, as predictions are made. */
  forward(arrays: NDArrays): readonly Float32Array[];
  /** The gradients of sum(output · outer) over all outputs. */
  differentiate(arrays: NDArrays, outer: Outer): Differentiated;
}

/** Normal numbers times `scale`. */
export function randomArray(random: Random, shape: readonly number[], scale = 1): NDArray {
  return ndarray(Float32Array.from(random.array(sizeOf(shape), scale)), shape);
}

/** Leaves NaN where the arena will put its next tensors: who reads before writing will show it. */
export function poison(memory: Memory, elements = 1 << 15): void {
  const mark = memory.mark();
  const pointer = memory.allocate(elements) >> 2;
  memory.floats.fill(Number.NaN, pointer, pointer + elements);
  memory.release(mark);
}

/** Puts numbers into the arena, as tensors that want a gradient unless they are ids or `frozen`. */
export function place(context: Context, arrays: NDArrays, frozen: readonly string[] = []): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const ids = data instanceof Int32Array;
    const { pointer } = context.tensorFrom(ids ? data : Float32Array.from(data), shape);
    tensors[name] = new Tensor(pointer, shape, !ids && !frozen.includes(name));
  }
  return tensors;
}

/** Runs the tape from given gradients of the outputs. */
export function backward(context: Context, tape: Tape, outputs: readonly Tensor[], outer: Outer): void {
  outputs.forEach((output, i) => {
    const own = outer[i];
    if (!own) return;
    if (own.length !== output.size) throw new Error(`output ${i} has ${output.size} elements, outer ${own.length}`);
    if (!output.requiresGradient) throw new Error(`output ${i} wants no gradient`);
    const at = tape.gradientOf(output) >> 2;
    for (let j = 0; j < own.length; j++) context.memory.floats[at + j] += own[j]; // one tensor may be two outputs
  });
  finish(tape.backward(context));
}

/** Copies of the gradients that tensors have got. */
export function gradientsOf(memory: Memory, tensors: Tensors): Record<string, Float32Array> {
  const gradients: Record<string, Float32Array> = {};
  for (const [name, { gradient, size }] of Object.entries(tensors)) {
    if (gradient) gradients[name] = memory.floats.slice(gradient >> 2, (gradient >> 2) + size);
  }
  return gradients;
}

export type Forward = (context: Context, tensors: Tensors) => readonly Tensor[];

export interface OpOptions extends Partial<ContextOptions> {
  /** Inputs whose gradient nobody wants. */
  frozen?: readonly string[];
}

/**
 * Runs ops on an engine of their own.
 *
 * @example runWithGradients({ x }, [dy], (context, { x }) => [activation(context, x, "tanh")]).gradients.x
 */
export function runWithGradients(arrays: NDArrays, outer: Outer, forward: Forward, options: OpOptions = {}) {
  return ops(forward, options).differentiate(arrays, outer);
}

/** Ops as something differentiable; each run has fresh memory. */
export function ops(forward: Forward, { frozen, ...options }: OpOptions = {}): Differentiable {
  const engine = new Engine();
  const start = engine.memory.mark();
  const begin = (tape?: Tape) => {
    engine.memory.release(start);
    poison(engine.memory);
    const defaults = { seed: 1, step: 0, weightsVersion: 0, states: new Map() };
    return new Context(engine, { ...defaults, ...options, ...(tape ? { tape } : {}) });
  };
  return {
    forward(arrays) {
      const context = begin();
      return forward(context, place(context, arrays)).map(output => context.numbers(output).slice());
    },
    differentiate(arrays, outer) {
      const tape = new Tape(engine.memory);
      const context = begin(tape);
      const tensors = place(context, arrays, frozen);
      const outputs = forward(context, tensors);
      backward(context, tape, outputs, outer);
      return {
        outputs: outputs.map(output => context.numbers(output).slice()),
        gradients: gradientsOf(engine.memory, tensors),
      };
    },
  };
}
