import { CustomCell } from "../cells/defineCell.ts";
import { packedSizesOf, weightValues } from "../cells/weights.ts";
import type { Context } from "../context.ts";
import { lastAxis } from "../layer/layer.ts";
import { titleOf } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { ANY_OP } from "../ops/anyOp.ts";
import { Computation, tensorOf } from "../ops/value.ts";
import { type Checked, type Input, integer, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";
import { type SequenceOptions, type SequenceSettings, sequenceSettings } from "./options.ts";
import { type StepOfCell, unroll } from "./run/unroll.ts";
import { RecurrentBase, type RecurrentLayer, type SequenceResult } from "./sequenceLayer.ts";

const OPTIONS = options({
  /** What the cell makes of it: usually the size of its states */
  units: integer(),
});

export interface RnnOptions extends Input<typeof OPTIONS>, SequenceOptions {}

interface Settings extends Checked<typeof OPTIONS>, SequenceSettings {
  /** Its name: a file holds no code */
  cell: string;
}

class Rnn extends RecurrentBase<Settings> {
  readonly kind = "rnn";
  readonly #cell: CustomCell;
  // Until the layer is built, it is taken to be 1: the names of weights and states do not depend on it.
  #features = 1;

  constructor(options: Settings, cell: CustomCell) {
    super(options);
    this.#cell = cell;
  }

  get #sizes() {
    return { features: this.#features, units: this.options.units };
  }

  /** Those of all ops: the cell may use any. */
  override get families() {
    return ANY_OP;
  }

  override get usersOwn(): string {
    return "cell";
  }

  override get stateNames(): readonly string[] {
    return this.#cell.stateSizes(this.#sizes).map(([name]) => name);
  }

  override get stateSizes(): readonly number[] {
    return this.#cell.stateSizes(this.#sizes).map(([, size]) => size);
  }

  get #outputSize(): number {
    return this.#cell.outputSize(this.#sizes);
  }

  protected override sizesOn(x: InnerShape) {
    const sizes = { features: lastAxis(x, this.name), units: this.options.units };
    return { states: this.#cell.stateSizes(sizes).map(([, size]) => size), output: this.#cell.outputSize(sizes) };
  }

  // The output need not be one of the states, and hidden steps of a stream repeat it.
  override get carriedSizes(): readonly number[] {
    return [...this.stateSizes, this.#outputSize];
  }

  override with(options: Partial<SequenceSettings>): Rnn {
    return new Rnn({ ...this.options, ...options }, this.#cell);
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    this.#features = lastAxis(inputs[0], this.name);
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    return this.#cell.weightSpecs({ features: lastAxis(shape, this.name), units: this.options.units });
  }

  override packedSizes(inputs: readonly InnerShape[]): number[] {
    return packedSizesOf(this.weightSpecs(inputs));
  }

  protected override run(context: Context, x: Tensor, initial: readonly Tensor[] | undefined): SequenceResult {
    const computation = new Computation(context);
    const weights = weightValues(computation, this.weights, this.packed);
    const sizes = this.#cell.stateSizes(this.#sizes);
    const outputSize = this.#outputSize;
    const step: StepOfCell = (input, states) => {
      computation.next();
      const held = Object.fromEntries(sizes.map(([name], i) => [name, computation.value(states[i])]));
      const given = { x: computation.value(input), states: held, weights, training: context.training };
      const result = this.#cell.step(given, sizes, outputSize);
      const what = `cell ${this.#cell.name}: step`;
      return {
        output: tensorOf(result.output, what),
        states: sizes.map(([name]) => tensorOf(result.states[name], what)),
      };
    };
    const cell = { step, stateSizes: sizes.map(([, size]) => size), outputSize, weights: Object.values(this.weights) };
    const before = context.streaming ? initial?.[sizes.length] : undefined;
    try {
      const result = unroll(context, x, cell, this.options, initial?.slice(0, sizes.length), before);
      return { ...result, carried: [...result.states, result.last] };
    } finally {
      computation.end();
    }
  }
}

/**
 * A layer of a cell of your own. x [N, T, C] -> the cell's last output [N, F], or all [N, T, F] with
 * `returnSequences`; with `returnState` also the last states. Weights are the cell's. A saved model holds the cell's
 * name and no code: give the cell again with `loadModel(bytes, { cells: { myCell } })`.
 *
 * @param cell made by `defineCell`
 * @param options units, and those of all recurrent layers
 * @throws TypeError or RangeError for a cell that is none, or an option of the wrong type or value
 * @example layers.rnn(myCell, { units: 32, returnSequences: true, inputShape: [20, 10] })
 */
export function rnn(cell: CustomCell, options: RnnOptions): RecurrentLayer {
  if (!(cell instanceof CustomCell)) {
    throw new TypeError(`${titleOf(options, "rnn")} cell: expected a cell made by defineCell(), got ${describe(cell)}`);
  }
  return new Rnn({ ...sequenceSettings(options, "rnn", OPTIONS), cell: cell.name }, cell);
}
