import { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { isObject, isReadable } from "../isObject.ts";
import { Layer, type LayerConfig, type LayerInputs } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { runLayer } from "../layer/run.ts";
import { describe } from "../ndarray.ts";
import { reshape } from "../ops/reshape.ts";
import { type Checked, type Input, option, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** The layer to use on every step */
  layer: option(expectInner),
});

export interface TimeDistributedOptions extends Input<typeof OPTIONS>, LayerOptions {}

type Settings = Checked<typeof OPTIONS>;

class TimeDistributed extends Layer<Settings> {
  readonly kind = "timeDistributed";
  readonly #inner: Layer;
  /** Of a step, once it is attached. */
  #shape: InnerShape = [];

  constructor(options: Settings & LayerOptions) {
    super(options);
    this.#inner = options.layer;
    this.#inner.owner = { title: "another layer", lends: false };
    if (options.trainable === false) this.trainable = false;
  }

  override get trainable(): boolean {
    return this.#inner.trainable;
  }

  override set trainable(value: boolean) {
    this.#inner.trainable = value;
  }

  override get name(): string {
    return super.name;
  }

  override set name(name: string) {
    super.name = this.#inner.name = name;
  }

  override get families() {
    return this.#inner.families;
  }

  override get inputs(): LayerInputs {
    return { least: 1, most: 1, ids: this.#inner.inputs.ids ?? false };
  }

  override get usersOwn(): string | undefined {
    return this.#inner.usersOwn;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length < 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, ...], got ${showShape(["N", ...shape])}; ` +
          "a recurrent layer below it needs returnSequences: true",
      );
    }
    const outputs = this.#inner.outputShapes([shape.slice(1)]);
    if (outputs.length > 1) {
      throw new RangeError(
        `${this.name}: expected a layer of one output, got ${outputs.length}; use returnState: false`,
      );
    }
    return [[shape[0], ...outputs[0]]];
  }

  override countsPadding([shape]: readonly InnerShape[]): boolean {
    const inner = [shape.slice(1)];
    return this.#inner.countsPadding?.(inner) ?? this.#inner.acrossSteps(inner) !== false;
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    return this.#inner.weightSpecs([shape.slice(1)]);
  }

  override initialized(numbers: Float32Array, name: string): void {
    this.#inner.initialized(numbers, name);
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return this.#inner.packedSizes([shape.slice(1)]);
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    this.#shape = inputs[0].slice(1);
    this.#inner.attach(weights, packed, [this.#shape]);
    this.#inner.stream = this.stream;
  }

  override toJSON(): LayerConfig {
    const config = super.toJSON();
    return { ...config, options: { ...config.options, layer: { ...this.#inner.toJSON(), name: "" } } };
  }

  override tied(): Layer | undefined {
    return this.#inner.tied?.();
  }

  override meet(layers: readonly Layer[]): void {
    this.#inner.meet?.(layers);
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const [N, T, ...inner] = x.shape;
    const steps = reshape(context, x, [N * T, ...inner]);
    const { mask } = x;
    // A mask of more than the steps is one of what is inside of them.
    if (mask && mask.shape.length > 2) steps.mask = new Tensor(mask.pointer, [N * T, ...mask.shape.slice(2)]);
    const [output] = runLayer(this.#inner, inside(context), [steps]);
    const y = reshape(context, output, [N, T, ...output.shape.slice(1)]);
    if (output.mask) y.mask = insideOf(context, output.mask, mask, [N, T]);
    else if (steps.mask) y.mask = anyOf(context, steps.mask, [N, T]);
    return [y];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): readonly StepValue[] | undefined {
    // What is more than a vector may be a sequence of its own, of which a stream has the whole at each step.
    return this.#shape.length === 1
      ? this.#inner.compileStep(program, [{ ...x, shape: x.shape?.slice(1) }])
      : undefined;
  }
}

/** For what is inside of a step: a stream has the whole of that, and carries nothing there. */
function inside(context: Context): Context {
  return context.streaming ? new Context(context.computing, { ...context, streaming: false }) : context;
}

/** The mask [N, T, ...] of what is inside of steps, of which some are hidden themselves. */
function insideOf({ memory }: Context, inner: Tensor, outer: Tensor | undefined, [N, T]: readonly number[]): Tensor {
  const mask = new Tensor(inner.pointer, [N, T, ...inner.shape.slice(1)]);
  if (outer?.shape.length !== 2) return mask;
  const { ints } = memory;
  const width = mask.size / outer.size;
  for (let i = 0; i < outer.size; i++) {
    const at = (mask.pointer >>> 2) + i * width;
    if (ints[(outer.pointer >>> 2) + i] === 0) ints.fill(0, at, at + width);
  }
  return mask;
}

/** The mask of steps of which nothing is left inside: they are hidden where all is. */
function anyOf(context: Context, { pointer, size }: Tensor, shape: readonly [number, number]): Tensor {
  const real = new Int32Array(shape[0] * shape[1]);
  const all = context.memory.ints.subarray(pointer >>> 2, (pointer >>> 2) + size);
  all.forEach((step, i) => {
    if (step !== 0) real[Math.floor((i * real.length) / size)] = 1;
  });
  return context.tensorFrom(real, shape);
}

function expectInner(layer: unknown, what: string): Layer {
  if (!(layer instanceof Layer)) {
    const isModel = isObject(layer) && isReadable(layer) && "applyAll" in layer;
    const remedy = isModel ? "; of a model give each of its layers a timeDistributed of its own" : "";
    throw new TypeError(`${what}: expected a layer such as layers.lstm(), got ${describe(layer)}${remedy}`);
  }
  if (layer.stateful) {
    throw new RangeError(`${what}: expected stateful: false, got true; every step begins with new states`);
  }
  if (layer.owner) throw new RangeError(`${what}: it belongs to another model or layer already; make a new one`);
  return layer;
}

/**
 * Uses a layer on every step of a sequence by itself, with the same weights. x [N, T, ...] -> [N, T, ...], what the
 * layer makes of [N·T, ...]. A dense layer needs it not: it works on the last axis of any shape.
 *
 * Masks inside of steps travel from one such layer to the next: words of sentences, of which an embedding with `maskZero` hides
 * some. Where the layer makes one vector of a step, those steps are hidden in which all is, as in Keras 2.
 *
 * @param options.layer the layer; it belongs to this one from now on
 * @throws TypeError or RangeError for a layer that is none, is stateful, or is used elsewhere
 * @example layers.timeDistributed({ layer: layers.lstm({ units: 8 }), inputShape: [5, 20, 3] })
 */
export function timeDistributed(options: TimeDistributedOptions): Layer {
  return new TimeDistributed(layerSettings(options, "timeDistributed", OPTIONS));
}
