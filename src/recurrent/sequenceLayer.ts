/** What all recurrent layers have in common, whoever computes their cell: shapes, states, masks, streams. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { carriedStates, carryStates } from "../layer/carried.ts";
import { Layer, type LayerInputs } from "../layer/layer.ts";
import { dropout as dropoutOp } from "../ops/dropout.ts";
import { reverseMask } from "../ops/reverseTime.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import type { SequenceSettings } from "./options.ts";
import type { RecurrentResult } from "./run/overSequences.ts";

/** A layer with states that go from step to step: what `bidirectional` takes. */
export interface RecurrentLayer extends Layer {
  /** What the states are called. */
  readonly stateNames: readonly string[];
}

export interface SequenceResult extends RecurrentResult {
  /** What a stream carries on, if not the states alone */
  carried?: readonly Tensor[];
}

export abstract class RecurrentBase<Options extends SequenceSettings = SequenceSettings> extends Layer<Options> {
  /** What the states are called; of a fused cell the hidden state comes first. */
  abstract readonly stateNames: readonly string[];

  /** The same layer the other way round, or with other options. */
  abstract with(options: Partial<SequenceSettings>): RecurrentBase;

  /** Runs the cell over the sequences of x [N, T, C], from `initial` or from zeros. */
  protected abstract run(context: Context, x: Tensor, initial: readonly Tensor[] | undefined): SequenceResult;

  /** Sizes of the states. */
  abstract get stateSizes(): readonly number[];

  /** The sizes of the states and of the output, for inputs of this shape; as a rule they are the same for all. */
  protected sizesOn(_x: InnerShape): { states: readonly number[]; output: number } {
    const { stateSizes } = this;
    return { states: stateSizes, output: stateSizes[0] };
  }

  /** What a stream carries from step to step: the states, and whatever else `run` gives as `carried`. */
  get carriedNames(): readonly string[] {
    return this.stateNames;
  }

  get carriedSizes(): readonly number[] {
    return this.stateSizes;
  }

  override get inputs(): LayerInputs {
    const names = ["x", ...this.stateNames]; // the initial states
    return { least: 1, most: names.length, names };
  }

  override get streams(): boolean {
    return !this.options.goBackwards;
  }

  override get stateful(): boolean {
    return this.options.stateful;
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const { returnSequences, returnState } = this.options;
    const { stateNames } = this;
    const [shape, ...states] = inputs;
    if (shape.length !== 2) {
      const remedy =
        shape.length < 2
          ? "a recurrent layer below it needs returnSequences: true"
          : "put it into timeDistributed() for sequences of sequences";
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; ${remedy}`,
      );
    }
    const sizes = this.sizesOn(shape);
    if (states.length > 0 && states.length < stateNames.length) {
      throw new RangeError(
        `${this.name}: expected an initial state of ${stateNames.length} tensors [${stateNames.join(", ")}], got ${states.length}; ` +
          "give all of them or none",
      );
    }
    states.forEach((state, i) => {
      if (state.length !== 1 || state[0] !== sizes.states[i]) {
        throw new RangeError(
          `${this.name}: expected an initial state ${stateNames[i]} of [N, ${sizes.states[i]}], got ${showShape(["N", ...state])}; ` +
            "make it with that size, by a dense layer for instance",
        );
      }
    });
    const output = returnSequences ? [shape[0], sizes.output] : [sizes.output];
    return returnState ? [output, ...sizes.states.map(size => [size])] : [output];
  }

  override forward(context: Context, [input, ...states]: readonly Tensor[]): Tensor[] {
    const { options } = this;
    const x = dropoutOp(context, input, options.dropout, this.stream, true);
    x.mask = input.mask; // which the loop over time reads
    const carried = () => carriedStates(context, this, x.shape[0], this.carriedSizes);
    const given = states.length ? states : undefined;
    // A stream begins with the states it is given; a stateful layer does so at every batch.
    const initial = context.streaming ? (carried() ?? given) : (given ?? carried());
    const result = this.run(context, x, initial);
    carryStates(context, this, result.carried ?? result.states);
    return options.returnState ? [result.output, ...result.states] : [result.output];
  }

  override maskOf(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
    const mask = super.maskOf(context, inputs, output);
    return mask && this.options.goBackwards ? reverseMask(context, mask) : mask;
  }
}
