import type { Context } from "../context.ts";
import { expectOneOf } from "../expect.ts";
import { Layer, type LayerConfig, type LayerInputs, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { ARITHMETIC_KERNELS } from "../ops/arithmetic.ts";
import { MERGE_MODES, merge } from "../ops/merge.ts";
import { reverseTime } from "../ops/reverseTime.ts";
import { type Checked, type Input, option, optional, options, orNull } from "../options.ts";
import { finish, type InParts } from "../parts.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";
import { RecurrentBase, type RecurrentLayer } from "./sequenceLayer.ts";

const mergeMode = option((value, what) => expectOneOf(value, MERGE_MODES, `${what} (or null for both outputs)`));

const OPTIONS = options({
  /** The recurrent layer to run both ways */
  layer: option<RecurrentBase, RecurrentLayer>((layer, what) => {
    if (layer instanceof RecurrentBase) return layer;
    throw new TypeError(`${what}: expected a recurrent layer such as layers.lstm(), got ${describe(layer)}`);
  }),
  /** What becomes of the two outputs: side by side, one by one element, or null for both of them; default "concat" */
  mergeMode: optional(orNull(mergeMode), "concat"),
});

export interface BidirectionalOptions extends Input<typeof OPTIONS>, LayerOptions {}

type Settings = Checked<typeof OPTIONS>;

class Bidirectional extends Layer<Settings> {
  readonly kind = "bidirectional";
  readonly #forward: RecurrentBase;
  readonly #backward: RecurrentBase;
  /** The layer as it was given, and whether it was trainable when it was last looked at. */
  readonly #given: RecurrentBase;
  #givenTrainable: boolean;

  constructor(options: Settings & LayerOptions) {
    super(options);
    const { layer } = options;
    // Sequences at hidden steps: zeros, as in Keras, since the directions would repeat different neighbours.
    const { returnSequences, zeroOutputForMask, goBackwards } = layer.options;
    const shared = { zeroOutputForMask: returnSequences || zeroOutputForMask };
    this.#forward = layer.with(shared); // the caller may use its own elsewhere
    this.#backward = layer.with({ ...shared, goBackwards: !goBackwards });
    this.#given = layer;
    this.#givenTrainable = layer.trainable;
    this.trainable = layer.trainable && options.trainable !== false;
  }

  override get trainable(): boolean {
    const { trainable } = this.#given;
    if (trainable !== this.#givenTrainable) this.trainable = this.#givenTrainable = trainable; // who was asked last counts
    return this.#forward.trainable;
  }

  override set trainable(value: boolean) {
    this.#forward.trainable = this.#backward.trainable = value;
  }

  override get name(): string {
    return super.name;
  }

  override set name(name: string) {
    super.name = name;
    this.#forward.name = `${name}.forward`;
    this.#backward.name = `${name}.backward`;
  }

  override get families() {
    const { mergeMode } = this.options;
    return [...this.#given.families, ...(mergeMode === null || mergeMode === "concat" ? [] : ARITHMETIC_KERNELS)];
  }

  override get streams(): boolean {
    return false;
  }

  override get usersOwn(): string | undefined {
    return this.#forward.usersOwn;
  }

  override get stateful(): boolean {
    return this.#forward.stateful;
  }

  override get inputs(): LayerInputs {
    const names = ["x", ...this.#initialNames];
    return { least: 1, most: names.length, names };
  }

  /** The initial states of each direction. */
  get #initialNames(): string[] {
    return ["forward", "backward"].flatMap(side => this.#forward.stateNames.map(name => `${side} ${name}`));
  }

  override outputShapes([x, ...initial]: readonly InnerShape[]): InnerShape[] {
    const wanted = this.#initialNames;
    if (initial.length > 0 && initial.length < wanted.length) {
      throw new RangeError(
        `${this.name}: expected an initial state of ${wanted.length} tensors [${wanted.join(", ")}], got ${initial.length}; ` +
          "give all of them or none",
      );
    }
    const { ahead, back } = halves(initial);
    const [output, ...states] = this.#forward.outputShapes([x, ...ahead]);
    this.#backward.outputShapes([x, ...back]);
    const { mergeMode } = this.options;
    const merged = [...output.slice(0, -1), lastAxis(output, this.name) * (mergeMode === "concat" ? 2 : 1)];
    return [...(mergeMode === null ? [output, output] : [merged]), ...states, ...states];
  }

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const named = (layer: RecurrentBase, prefix: string) =>
      layer.weightSpecs(inputs).map(spec => ({ ...spec, name: `${prefix}/${spec.name}` }));
    return [...named(this.#forward, "forward"), ...named(this.#backward, "backward")];
  }

  override initialized(weight: Float32Array, name: string): void {
    this.#forward.initialized(weight, name.slice(name.indexOf("/") + 1));
  }

  override packedSizes(inputs: readonly InnerShape[]): number[] {
    return [...this.#forward.packedSizes(inputs), ...this.#backward.packedSizes(inputs)];
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    const [x, ...initial] = inputs;
    const { ahead, back } = halves(initial);
    const of = (side: string) =>
      Object.entries(weights).flatMap(([name, weight]) =>
        name.startsWith(`${side}/`) ? [[name.slice(side.length + 1), weight]] : [],
      );
    this.#forward.attach(Object.fromEntries(of("forward")), packed.slice(0, packed.length / 2), [x, ...ahead]);
    this.#backward.attach(Object.fromEntries(of("backward")), packed.slice(packed.length / 2), [x, ...back]);
    // Two streams of random numbers, so that the directions drop different inputs.
    this.#forward.stream = this.stream;
    this.#backward.stream = this.stream + 0x8000;
  }

  override toJSON(): LayerConfig {
    const config = super.toJSON();
    return { ...config, options: { ...config.options, layer: { ...this.#forward.toJSON(), name: "" } } };
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    return finish(this.forwardInParts(context, inputs));
  }

  override *forwardInParts(context: Context, [x, ...initial]: readonly Tensor[]): InParts<Tensor[]> {
    const given = halves(initial);
    const [ahead, ...aheadStates] = this.#forward.forward(context, [x, ...given.ahead]);
    if (context.computing.waits) yield; // the other direction asks for numbers first
    const [last, ...backStates] = this.#backward.forward(context, [x, ...given.back]);
    const { returnSequences } = this.#forward.options;
    // The backward direction's sequence comes last step first.
    const back = returnSequences ? reverseTime(context, last) : last;
    const { mergeMode } = this.options;
    const outputs = mergeMode === null ? [ahead, back] : [merge(context, ahead, back, mergeMode)];
    return [...outputs, ...aheadStates, ...backStates];
  }
}

/** What belongs to the forward direction, and what to the backward one. */
function halves<Each>(both: readonly Each[]): { ahead: readonly Each[]; back: readonly Each[] } {
  return { ahead: both.slice(0, both.length / 2), back: both.slice(both.length / 2) };
}

/**
 * Runs a recurrent layer over the sequence in both directions and joins the outputs. x [N, T, C] -> [N, 2·units], or
 * [N, T, 2·units] with `returnSequences`; a `mergeMode` other than "concat" leaves it at units, null gives two outputs:
 * forward, backward. With `returnState` the last states follow: the forward layer's, then the backward layer's. Initial
 * states are taken in that order too. Weights: the forward layer's, then the backward layer's.
 *
 * @param options see {@link BidirectionalOptions}; the layer's options are used for both directions
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997
 * @example layers.bidirectional({ layer: layers.lstm({ units: 64 }), mergeMode: "sum" })
 */
export function bidirectional(options: BidirectionalOptions): Layer {
  const settings = layerSettings(options, "bidirectional", OPTIONS);
  return new Bidirectional({ inputShape: settings.layer.options.inputShape, ...settings });
}
