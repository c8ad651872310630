/** What all recurrent layers have in common: shapes, states, masks, streams. A cell's layer adds its weights and its cell. */
import type { Context } from "../../context.ts";
import { showShape } from "../../expect.ts";
import { expectInitializer } from "../../initializers.ts";
import type { StepProgram, StepValue } from "../../models/stepProgram.ts";
import { dropout as dropoutOp } from "../../ops/dropout.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import { recurrent } from "../../ops/recurrent/recurrent.ts";
import { reverseMask } from "../../ops/reverseTime.ts";
import type { Tensor } from "../../tensor.ts";
import { type InnerShape, Layer, lastAxis, type WeightSpec } from "../layer.ts";
import type { RecurrentLayerOptions } from "./options.ts";
import { keepStates, keptStates } from "./state.ts";

export abstract class Recurrent<Options extends RecurrentLayerOptions = RecurrentLayerOptions> extends Layer<Options> {
  /** Gates side by side in kernel and recurrentKernel. */
  abstract readonly gates: number;
  /** What the states are called, the hidden state first. */
  abstract readonly stateNames: readonly string[];

  /** The same layer the other way round, or with other options. */
  abstract with(options: Partial<RecurrentLayerOptions>): Recurrent;

  /** The cell with the layer's weights. */
  protected abstract cell(): Cell;

  /** Sizes of the states. */
  get stateSizes(): readonly number[] {
    return this.stateNames.map(() => this.options.units);
  }

  override get inputs() {
    return { least: 1, most: 1 + this.stateNames.length }; // x, then the initial states
  }

  override get streams(): boolean {
    return !this.options.goBackwards;
  }

  override get stateful(): boolean {
    return this.options.stateful;
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const { returnSequences, returnState } = this.options;
    const { stateNames, stateSizes } = this;
    const [shape, ...states] = inputs;
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; ` +
          "a recurrent layer below it needs returnSequences: true",
      );
    }
    if (states.length > 0 && states.length < stateNames.length) {
      throw new RangeError(
        `${this.name}: expected an initial state of ${stateNames.length} tensors [${stateNames.join(", ")}], got ${states.length}`,
      );
    }
    states.forEach((state, i) => {
      if (state.length !== 1 || state[0] !== stateSizes[i]) {
        throw new RangeError(
          `${this.name}: expected an initial state ${stateNames[i]} of [N, ${stateSizes[i]}], got ${showShape(["N", ...state])}`,
        );
      }
    });
    const output = returnSequences ? [shape[0], stateSizes[0]] : [stateSizes[0]];
    return returnState ? [output, ...stateSizes.map(size => [size])] : [output];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { units, useBias, kernelInitializer, recurrentInitializer, biasInitializer } = this.options;
    const width = this.gates * units;
    const C = lastAxis(shape, this.name);
    const specs = [
      { name: "kernel", shape: [C, width], initializer: expectInitializer(kernelInitializer, "kernelInitializer") },
      {
        name: "recurrentKernel",
        shape: [this.stateSizes[0], width],
        initializer: expectInitializer(recurrentInitializer, "recurrentInitializer"),
      },
    ];
    if (useBias) {
      const initializer = expectInitializer(biasInitializer, "biasInitializer");
      specs.push({ name: "bias", shape: this.biasShape(width), initializer });
    }
    return specs;
  }

  protected biasShape(width: number): number[] {
    return [width];
  }

  override forward(context: Context, [input, ...states]: readonly Tensor[]): Tensor[] {
    const { options } = this;
    const x = dropoutOp(context, input, options.dropout, this.stream, true);
    x.mask = input.mask;
    const initial = states.length ? states : keptStates(context, this, x.shape[0], this.stateSizes);
    const result = recurrent(context, x, this.cell(), options, initial);
    keepStates(context, this, result.states);
    if (input.mask && options.returnSequences) {
      result.output.mask = options.goBackwards ? reverseMask(context, input.mask) : input.mask;
    }
    return options.returnState ? [result.output, ...result.states] : [result.output];
  }

  override compileStep(program: StepProgram, input: StepValue): StepValue | undefined {
    if (this.options.returnState) return undefined;
    return this.cell().compile?.(program, input, this.name);
  }
}
