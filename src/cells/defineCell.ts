import { expectInteger, expectName, expectOptions, showShape } from "../expect.ts";
import { expectInitializer, type Initializer } from "../initializers.ts";
import { describe } from "../ndarray.ts";
import type { WeightSpec } from "../weight.ts";
import { isValue, type Value } from "./value.ts";

/** What the shapes of a cell depend on. */
export interface CellSizes {
  /** C, the size of an input at one step */
  features: number;
  /** Of the layer: `layers.rnn(cell, { units })` */
  units: number;
}

/** A weight of a cell. */
export interface CellWeight {
  shape: readonly number[];
  /** Default "glorotUniform" for a matrix, "zeros" for a row */
  initializer?: Initializer;
  /** Whether optimizers change it; default true */
  trainable?: boolean;
}

/** What a cell gets at one step. N sequences run side by side. */
export interface CellInput<WeightName extends string = string, StateName extends string = string> {
  /** [N, features] */
  x: Value;
  /** [N, size] each: as the step before left them, zeros or the initial states at the first */
  states: { readonly [Name in StateName]: Value };
  weights: { readonly [Name in WeightName]: Value };
  /** True inside fit. */
  training: boolean;
}

/** What a cell makes of one step. */
export interface CellResult<StateName extends string = string> {
  /** [N, outputSize] */
  output: Value;
  /** All of them, [N, size] each */
  states: { readonly [Name in StateName]: Value };
}

/** A recurrent cell in TypeScript: its weights, its states, and one step. */
export interface CellDefinition<
  Weights extends Record<string, readonly number[] | CellWeight>,
  States extends Record<string, number>,
> {
  /** What the cell is called in saved models */
  name: string;
  /** Its weights by name: a shape, or a shape with more */
  weights: (sizes: CellSizes) => Weights;
  /** The sizes of its states by name */
  states: (sizes: CellSizes) => States;
  /** The size of its output; default that of the first state */
  outputSize?: (sizes: CellSizes) => number;
  /** One step, written with `ops` */
  step: (input: CellInput<keyof Weights & string, keyof States & string>) => CellResult<NoInfer<keyof States & string>>;
}

type AnyDefinition = CellDefinition<Record<string, readonly number[] | CellWeight>, Record<string, number>>;

function expectNamed(value: unknown, what: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${what}: expected an object with a property for each, got ${describe(value)}`);
  }
  const entries = Object.entries(value);
  for (const [name] of entries) expectName(name, what);
  return entries;
}

function expectShape(value: unknown, what: string): number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`${what}: expected a shape such as [features, units], got ${describe(value)}`);
  }
  return value.map(size => expectInteger(size, what));
}

/** A cell that `layers.rnn` runs. Made by `defineCell`. */
export class CustomCell {
  readonly name: string;
  readonly #definition: AnyDefinition;

  /** @internal Use `defineCell`. */
  constructor(definition: AnyDefinition) {
    this.name = definition.name;
    this.#definition = definition;
  }

  /** @internal */
  weightSpecs(sizes: CellSizes): WeightSpec[] {
    const what = `cell ${this.name}: weights`;
    return expectNamed(this.#definition.weights(sizes), what).map(([name, value]) => {
      const own = `cell ${this.name}: weight ${name}`;
      const weight = (Array.isArray(value) ? { shape: value } : value) as CellWeight;
      expectOptions(weight, ["shape", "initializer", "trainable"], own);
      const shape = expectShape(weight.shape, own);
      const initializer = weight.initializer ?? (shape.length > 1 ? "glorotUniform" : "zeros");
      const { trainable } = weight;
      return {
        name,
        shape,
        initializer: expectInitializer(initializer, own),
        ...(trainable === undefined ? {} : { trainable }),
      };
    });
  }

  /** @internal */
  stateSizes(sizes: CellSizes): [name: string, size: number][] {
    const entries = expectNamed(this.#definition.states(sizes), `cell ${this.name}: states`);
    return entries.map(([name, size]) => [name, expectInteger(size, `cell ${this.name}: size of state ${name}`)]);
  }

  /** @internal */
  outputSize(sizes: CellSizes): number {
    const given = this.#definition.outputSize?.(sizes) ?? this.stateSizes(sizes)[0]?.[1];
    if (given === undefined) throw new TypeError(`cell ${this.name}: expected outputSize for a cell without states`);
    return expectInteger(given, `cell ${this.name}: outputSize`);
  }

  /** @internal One step, its result checked. */
  step(input: CellInput, sizes: readonly (readonly [string, number])[], outputSize: number): CellResult {
    const { step } = this.#definition;
    const result: Partial<CellResult> | undefined = step(input);
    const [N] = input.x.shape;
    const expectResult = (value: unknown, size: number, what: string): void => {
      const expected = `cell ${this.name}: expected step to return ${what} [${N}, ${size}]`;
      if (!isValue(value)) throw new TypeError(`${expected}, got ${describe(value)}`);
      const { shape } = value;
      if (shape.length !== 2 || shape[0] !== N || shape[1] !== size) {
        throw new RangeError(`${expected}, got ${showShape(shape)}`);
      }
    };
    expectResult(result?.output, outputSize, "output");
    const states: Record<string, unknown> = result?.states ?? {};
    for (const [name, size] of sizes) expectResult(states[name], size, `states.${name}`);
    const unknown = Object.keys(states).find(name => sizes.every(([own]) => own !== name));
    if (unknown !== undefined) {
      throw new TypeError(`cell ${this.name}: step returned states.${unknown}, which the cell does not declare`);
    }
    return result as CellResult;
  }
}

/**
 * A recurrent cell of your own, for `layers.rnn`. What `step` computes with `ops` is differentiated by itself.
 *
 * @param definition name, weights, states and step; see {@link CellDefinition}
 * @returns the cell; one cell may be used in any number of layers
 * @throws TypeError for a definition that is not complete
 * @example
 * const { add, concat, matmul, multiply, sigmoid, split, tanh } = ops;
 * const myLstm = defineCell({
 *   name: "myLstm",
 *   weights: ({ features, units }) => ({ kernel: [features + units, 4 * units], bias: [4 * units] }),
 *   states: ({ units }) => ({ h: units, c: units }),
 *   step({ x, states, weights }) {
 *     const [i, f, g, o] = split(matmul(concat([x, states.h]), weights.kernel, weights.bias), 4);
 *     const c = add(multiply(sigmoid(f), states.c), multiply(sigmoid(i), tanh(g)));
 *     const h = multiply(sigmoid(o), tanh(c));
 *     return { output: h, states: { h, c } };
 *   },
 * });
 * const net = sequential([layers.rnn(myLstm, { units: 32, inputShape: [20, 10] }), layers.dense({ units: 1 })]);
 */
export function defineCell<
  const Weights extends Record<string, readonly number[] | CellWeight>,
  const States extends Record<string, number>,
>(definition: CellDefinition<Weights, States>): CustomCell {
  expectOptions(definition, ["name", "weights", "states", "outputSize", "step"], "defineCell");
  expectName(definition.name, "defineCell name");
  for (const key of ["weights", "states", "step"] as const) {
    if (typeof definition[key] !== "function") {
      throw new TypeError(`defineCell ${key}: expected a function, got ${describe(definition[key])}`);
    }
  }
  if (definition.outputSize !== undefined && typeof definition.outputSize !== "function") {
    throw new TypeError(`defineCell outputSize: expected a function, got ${describe(definition.outputSize)}`);
  }
  return new CustomCell(definition as unknown as AnyDefinition);
}
