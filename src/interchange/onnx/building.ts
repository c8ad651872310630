/** What is put together while a graph is read: layers with their weights, and what becomes of the inputs. */

import type { Layer, SymbolicTensor } from "../../layer/layer.ts";
import { batchNormalization } from "../../layers/batchNormalization.ts";
import { dense } from "../../layers/dense.ts";
import type { GraphNode, Value } from "./node.ts";
import { refuse } from "./refuse.ts";
import { arranged, batchPlace, placeOf, settled, type View } from "./view.ts";

/** So far below any number that nothing is left of it in a softmax. */
export const LOWEST = -3.4028234663852886e38;

const NAME = /^[\w-]{1,100}$/;

/** An input whose batch must be on another axis, if its message is not to be: reading begins again with that. */
export class BatchElsewhere extends RangeError {
  constructor(
    readonly input: string,
    readonly axis: number,
    problem: string,
  ) {
    super(problem);
  }
}

/** Refuses to pick samples, unless an input may have them on its next axis, which is not the features'. */
export function refuseSamples(view: View): never {
  const problem = "samples of a batch cannot be picked; they are independent here";
  const { origin } = view.axes[batchPlace(view)].length === 1 ? view.batch : {};
  if (origin && origin[1] + 2 < origin[2]) throw new BatchElsewhere(origin[0], origin[1] + 1, problem);
  return refuse(problem);
}

export class Building {
  readonly weights: Map<Layer, Readonly<Record<string, Float32Array>>> = new Map();
  /** The input of lengths, once a recurrent op has read it */
  lengths: string | undefined;
  /** The input whose steps they hide */
  hiding: string | undefined;
  /** A recurrent op that reads no lengths */
  withoutLengths: string | undefined;
  /** Inputs of the graph by what stands for them */
  readonly inputNames = new Map<SymbolicTensor, string>();
  readonly #names = new Set<string>();
  #room: number;

  /** @param room how many numbers all weights and computed constants may have together */
  constructor(room: number) {
    this.#room = room;
  }

  /** A name for the layer of a node, if it has one of its own. */
  name(given: string | undefined): { name?: string } {
    if (given === undefined || !NAME.test(given) || this.#names.has(given)) return {};
    this.#names.add(given);
    return { name: given };
  }

  /** Keeps so many numbers, of weights or of constants that are computed. */
  spend(count: number): void {
    this.#room -= count;
    if (this.#room < 0) refuse("its constants are used so often that they would take many times the file's size");
  }

  /** Applies a layer with these weights. */
  all(
    layer: Layer,
    inputs: readonly SymbolicTensor[],
    weights: Readonly<Record<string, Float32Array>> = {},
  ): SymbolicTensor[] {
    for (const { length } of Object.values(weights)) this.spend(length);
    this.weights.set(layer, weights);
    return layer.applyAll(inputs);
  }

  one(layer: Layer, input: SymbolicTensor, weights: Readonly<Record<string, Float32Array>> = {}): SymbolicTensor {
    return this.all(layer, [input], weights)[0];
  }

  /** x·scale + shift, of one number each for the elements of these axes; training leaves them as they are. */
  affine(view: View, axes: readonly number[], scale: Float32Array | undefined, shift: Float32Array | undefined): View {
    const apart = settled(view);
    const over = axes.map(
      axis => placeOf(apart, axis) || refuse("constants for each sample; samples are independent here"),
    );
    const others = apart.layout.filter((_, i) => !over.includes(i + 1));
    const own = arranged(apart, [...others, axes.flatMap(axis => apart.axes[axis])]);
    const filled = (value: number) => new Float32Array((scale ?? shift ?? []).length).fill(value);
    const weights = {
      gamma: scale ?? filled(1),
      beta: shift?.map(n => Math.max(n, LOWEST)) ?? filled(0),
      movingMean: filled(0),
      movingVariance: filled(1),
    };
    // The variance is 1 with or without it.
    const layer = batchNormalization({ epsilon: 1e-30, trainable: false });
    return { ...own, symbol: this.one(layer, own.symbol, weights) };
  }

  dense(
    symbol: SymbolicTensor,
    kernel: Float32Array,
    units: number,
    bias: Float32Array | undefined,
    name: string | undefined,
  ): SymbolicTensor {
    const layer = dense({ units, useBias: bias !== undefined, ...this.name(name) });
    return this.one(layer, symbol, { kernel, ...(bias && { bias }) });
  }
}

/** Makes the outputs of a node. */
export type Handler = (node: GraphNode, building: Building) => Value[];
