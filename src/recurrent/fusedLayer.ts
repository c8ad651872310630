/** What all layers of fused cells have in common. A cell's layer adds its weights and its cell. */
import type { Context } from "../context.ts";
import { lastAxis } from "../layer/layer.ts";
import type { Packed } from "../packed.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";
import type { RecurrentSettings } from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { type RecurrentResult, type RunOptions, recurrent } from "./run/overSequences.ts";
import { stepZoneout } from "./run/regularizers.ts";
import { uniformPackedSize } from "./run/weights.ts";
import { RecurrentBase } from "./sequenceLayer.ts";

export abstract class Recurrent<
  Options extends RecurrentSettings = RecurrentSettings,
  /** The cell's weights, under the names of `weightSpecs` */
  Weights extends { packed: Packed } = { packed: Packed },
> extends RecurrentBase<Options> {
  /** Gates side by side in kernel and recurrentKernel. */
  abstract readonly gates: number;
  /** What `run` gives the op, made once. */
  #bound: { cell: Cell; options: RunOptions } | undefined;

  /** The cell with the layer's weights. */
  protected abstract cellOf(weights: Weights): Cell;

  #cell(): Cell {
    return this.cellOf({ ...this.weights, packed: this.packed[0] } as { packed: Packed } as Weights);
  }

  override with(options: Partial<RecurrentSettings>): Recurrent {
    const Same = this.constructor as new (options: Options) => Recurrent;
    return new Same({ ...this.options, ...options });
  }

  /** Sizes of the states. */
  override get stateSizes(): readonly number[] {
    return this.stateNames.map(() => this.options.units);
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { units, useBias, kernelInitializer, recurrentInitializer, biasInitializer } = this.options;
    const width = this.width(units);
    const C = lastAxis(shape, this.name);
    const specs = [{ name: "kernel", shape: [C, width], initializer: kernelInitializer }];
    if (recurrentInitializer) {
      specs.push({ name: "recurrentKernel", shape: [this.stateSizes[0], width], initializer: recurrentInitializer });
    }
    if (useBias) specs.push({ name: "bias", shape: this.biasShape(width), initializer: biasInitializer });
    return specs;
  }

  /** Columns of kernel and recurrentKernel. */
  protected width(units: number): number {
    return this.gates * units;
  }

  protected biasShape(width: number): number[] {
    return [width];
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [this.packedSize(lastAxis(shape, this.name))];
  }

  /** Elements that the packed weights take, in any form; here those of cells whose gates see x and h side by side. */
  protected packedSize(C: number): number {
    return uniformPackedSize(C, this.options.units, this.gates, this.stateSizes[0]);
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    this.#bound = undefined;
  }

  protected override run(context: Context, x: Tensor, initial: readonly Tensor[] | undefined): RecurrentResult {
    this.#bound ??= { cell: this.#cell(), options: { ...this.options, stream: this.stream } };
    return recurrent(context, x, this.#bound.cell, this.#bound.options, initial);
  }

  override compileStep(program: Step, [x, ...initial]: readonly StepValue[]): StepValue[] {
    const { returnState, zoneout } = this.options;
    const cell = this.#cell();
    const frame = { ...cell.frame, ...stepZoneout(program, cell, zoneout), mask: x.mask ?? 0 };
    const states = cell.compile(program, x, { ...cell, frame });
    const output = this.#shown(program, states[0], x.mask, initial.length > 0);
    program.carry(output.carried ? [...states, output.value] : states, initial);
    return returnState ? [output.value, ...states] : [output.value];
  }

  /** What is put out: h, and at hidden steps what was put out before, or zeros; before the first real step zeros. */
  #shown(
    program: Step,
    h: StepValue,
    mask: number | undefined,
    begun: boolean,
  ): { value: StepValue; carried: boolean } {
    const { returnSequences, zeroOutputForMask } = this.options;
    const zeros = returnSequences && zeroOutputForMask;
    if (mask === undefined || !(zeros || begun)) return { value: h, carried: false };
    const { size } = h;
    const value = program.allocate(size);
    const hidden = zeros ? program.allocate(size) : value;
    program.call("chooseRowsForward", value.pointer, h.pointer, hidden.pointer, mask, 1, size);
    return { value, carried: !zeros };
  }
}
