import { cut, describe } from "../describe.ts";
import { expectInteger, expectName, expectOptions, showShape } from "../expect.ts";
import { isValue, type Value } from "../ops/value.ts";
import type { WeightSpec } from "../weight.ts";
import { type CellWeight, type DeclaredWeights, declaredSpecs, expectNamed } from "./weights.ts";

export type { CellWeight };

/** What the shapes of a cell depend on. */
export interface CellSizes {
  /** C, the size of an input at one step */
  features: number;
  /** Of the layer: `layers.rnn(cell, { units })` */
  units: number;
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
export interface CellDefinition<Weights extends DeclaredWeights, States extends Record<string, number>> {
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

type AnyDefinition = CellDefinition<DeclaredWeights, Record<string, number>>;

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
    return declaredSpecs(this.#definition.weights(sizes), `cell ${this.name}`);
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
      throw new TypeError(`cell ${this.name}: step returned states.${cut(unknown)}, which the cell does not declare`);
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
export function defineCell<const Weights extends DeclaredWeights, const States extends Record<string, number>>(
  definition: CellDefinition<Weights, States>,
): CustomCell {
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
