/** Weights as cells and layers of the user's declare them, and as their steps see them. */
import type { Context } from "../context.ts";
import { packedSize } from "../engine/layout.ts";
import { expectInteger, expectName, expectOptions } from "../expect.ts";
import { expectInitializer, type Initializer } from "../initializers.ts";
import { isRecord } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import type { Packs } from "../ops/op.ts";
import type { Computation, Value } from "../ops/value.ts";
import { Packed } from "../packed.ts";
import type { Tensor } from "../tensor.ts";
import type { WeightSpec } from "../weight.ts";

/** A weight of a cell or a layer. */
export interface CellWeight {
  shape: readonly number[];
  /** Default "glorotUniform" for a matrix, "zeros" for a row */
  initializer?: Initializer;
  /** Whether optimizers change it; default true */
  trainable?: boolean;
}

/** Weights by name: a shape, or a shape with more. */
export type DeclaredWeights = Record<string, readonly number[] | CellWeight>;

/** The properties of an object whose names can stand in files. */
export function expectNamed(value: unknown, what: string): [string, unknown][] {
  if (!isRecord(value)) {
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

/**
 * Declared weights, checked and complete.
 *
 * @param owner whose they are, for errors: "cell mine"
 */
export function declaredSpecs(declared: unknown, owner: string): WeightSpec[] {
  return expectNamed(declared, `${owner}: weights`).map(([name, value]) => {
    const own = `${owner}: weight ${name}`;
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

const isMatrix = (shape: readonly number[]): boolean => shape.length === 2 && shape[1] > 1;

/** Elements of each weight's packed copy; those that no product reads have none. */
export function packedSizesOf(specs: readonly WeightSpec[]): number[] {
  return specs.map(({ shape }) => (isMatrix(shape) ? packedSize(shape[0], shape[1]) : 0));
}

/** Where a weight is packed once for all steps: for good on the way forward, for this pass on the way back. */
function packsFor({ memory, tape }: Context, { shape }: Tensor, packed: Packed): Packs | undefined {
  if (!isMatrix(shape)) return undefined;
  const [K, N] = shape;
  return { packed, transposed: tape && new Packed(memory.allocate(packedSize(N, K))) };
}

/**
 * Weights by name, as values for a whole pass.
 *
 * @param packed room for the packed copies, in the same order
 */
export function weightValues(
  computation: Computation,
  weights: Readonly<Record<string, Tensor>>,
  packed: readonly Packed[],
): Record<string, Value> {
  const { context } = computation;
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight], i) => [
      name,
      computation.weight(weight, packsFor(context, weight, packed[i])),
    ]),
  );
}
