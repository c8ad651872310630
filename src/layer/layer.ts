import type { Context } from "../context.ts";
import { leftOut } from "../elsewhere.ts";
import type { Family } from "../engine/kernels.ts";
import { expectBoolean, showShape } from "../expect.ts";
import { type ArrayLike32, describe, type NDArray } from "../ndarray.ts";
import { type Op, Operand } from "../ops/op.ts";
import { Packed } from "../packed.ts";
import type { InParts } from "../parts.ts";
import type { Question } from "../reading.ts";
import { bringRest } from "../rest.ts";
import type { Samples } from "../samples.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";
import { type MaskRule, passedMask } from "./masks.ts";
import type { LayerOptions } from "./options.ts";

/** A layer in a saved model. */
export interface LayerConfig {
  kind: string;
  name: string;
  options: object;
  /** Its stream of random numbers, where that is not the one of its place */
  stream?: number;
  /** Whether its arithmetic is the user's: a file holds no code, so that the kind alone does not make it again. */
  custom?: true;
}

/** The stream of random numbers of a model's layer by its place; below are those of weights, and of shuffling. */
export const streamOf = (place: number): number => 0x10000 + place;

type MakeOperation = <Options extends object>(op: Op<Options>, options: Options) => Layer;
let operationOf: MakeOperation = op => {
  throw leftOut("ops", `ops.${op.name}`);
};

/** Says what layer ops make of symbolic tensors; an entry that only loads models carries none. */
export function registerOperations(make: MakeOperation): void {
  operationOf = make;
}

/** Reads, or, where some are given, writes the weights of a layer. */
type AccessWeights = (layer: Layer, ...given: readonly [weights?: readonly ArrayLike32[]]) => NDArray[];
let accessWeights: AccessWeights = () => {
  throw leftOut("weights", "layer weights");
};

export function registerWeightAccess(given: AccessWeights): void {
  accessWeights = given;
}

const access: AccessWeights = (...args) => {
  bringRest();
  return accessWeights(...args);
};

/** An output of a layer in a model under construction. */
export class SymbolicTensor extends Operand {
  /** Without the batch axis; null is any length. */
  readonly shape: InnerShape;
  readonly node: Node;
  /** Which of the node's outputs. */
  readonly index: number;

  constructor(shape: InnerShape, node: Node, index: number) {
    super();
    this.shape = shape;
    this.node = node;
    this.index = index;
  }

  /** @internal */
  override operate<Given extends object>(op: Op<Given>, operands: readonly Operand[], options: Given): SymbolicTensor {
    const symbols = operands.map(operand => {
      if (operand instanceof SymbolicTensor) return operand;
      throw new TypeError(
        `ops.${op.name}: expected symbolic tensors of a model, got the numbers of a cell, a layer or a loss beside one; ` +
          "make the symbolic tensor one of the layer's inputs",
      );
    });
    bringRest();
    return connect(operationOf(op, options), symbols)[0];
  }
}

/** One use of a layer; without a layer an input of the model. */
export interface Node {
  layer: Layer | undefined;
  /** Of an input, if it has one */
  name?: string | undefined;
  inputs: readonly SymbolicTensor[];
  outputs: SymbolicTensor[];
}

/** What has layers: the parameters of a model, or a layer that has others inside. */
export interface Owner {
  /** For errors, if it is no model */
  readonly title?: string;
  /** Whether other graphs may compute with them. */
  readonly lends: boolean;
  /** Those that new layers may not have. */
  readonly names?: ReadonlySet<string>;
  /** Who has some of the layers by now. */
  readonly movedTo?: Owner | undefined;
  readonly settle?: (() => void) | undefined;
  /** What trains it now. */
  readonly underway?: { refuse(what: string): void } | undefined;
}

/** What a layer takes. */
export interface LayerInputs {
  /** How many tensors */
  readonly least: number;
  readonly most: number;
  /** What they are called in errors, where they differ */
  readonly names?: readonly string[];
  /** Whether the first holds int32 token ids */
  readonly ids?: boolean;
  /** Whether NaN in the first means a missing value, for which the layer has an answer */
  readonly missing?: boolean;
  /** What it asks of the first as that was given, if that is an input of the model */
  readonly question?: Question;
  /** Which channel of the first is a time, and no feature: no scaler changes it */
  readonly time?: number;
}

/**
 * A layer: what it makes of shapes, the weights it needs, and the forward pass, written with ops.
 * A layer belongs to one model, which gives it its name, weights and random stream when it is built.
 */
export abstract class Layer<Options extends object = object> {
  abstract readonly kind: string;
  /** Checked and complete; plain JSON. */
  readonly options: Options & LayerOptions;
  #name = "";
  /** By name, in the order of `weightSpecs`; none before the layer has a model. */
  weights: Readonly<Record<string, Weight>> = {};
  /** Who has it, once it is built into something. */
  owner: Owner | undefined;
  /** This layer's own stream of random numbers. */
  stream = 0;
  /** The stream it had in the model that a file was saved of, which need not be the one of its place. */
  savedStream: number | undefined;
  #trainable: boolean;
  protected packed: Packed[] = [];

  constructor(options: Options & LayerOptions) {
    this.options = options;
    this.#trainable = options.trainable ?? true;
  }

  /**
   * Whether training changes the layer's weights. It counts when the model is compiled: after a change, call `compile`
   * again. A frozen layer is in all else as it was: in training its dropout drops. What is never trained, such as the
   * means of `layers.missing`, is not by this either.
   *
   * @example net.layers[0].trainable = false; net.compile({ optimizer: "adam", loss: "mse" });
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.owner?.settle?.();
    this.#trainable = expectBoolean(value, "layer trainable");
  }

  /** What it is called in a model, where it has no name of its own. */
  get baseName(): string {
    return this.kind;
  }

  /** What errors call it: its own name, or one that its model gives it. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  /** Kernels that it needs beside those that every model has: here of an activation that an entry has brought. */
  get families(): readonly Family[] {
    return (this.options as { activation?: { families?: readonly Family[] } }).activation?.families ?? [];
  }

  /** What it takes. */
  get inputs(): LayerInputs {
    return { least: 1, most: 1 };
  }

  /** Whether the layer can run one step at a time. */
  get streams(): boolean {
    return true;
  }

  /**
   * Whether it looks across the steps of its input, so that one step by itself is not enough; asked by streams alone. A text says for what.
   *
   * @param _timed which inputs have steps; default all
   */
  acrossSteps(_inputs: readonly InnerShape[], _timed?: readonly boolean[]): boolean | string {
    return false;
  }

  /**
   * Whether steps of padding behind a sequence count in what it makes: then batches keep all steps that their data has. Where it does
   * not say, they do if it looks across steps.
   */
  countsPadding?(inputs: readonly InnerShape[]): boolean;

  /** What of the layer is its user's own, so that no file holds it and another may have been given: "cell". */
  get usersOwn(): string | undefined {
    return undefined;
  }

  /** Whether the layer keeps its state from one batch to the next. */
  get stateful(): boolean {
    return false;
  }

  /** The outputs' shapes, without batch axis: a question, that leaves nothing behind. Throws if the inputs do not fit. */
  abstract outputShapes(inputs: readonly InnerShape[]): InnerShape[];

  /** The weights it needs: those that are trained, then the others, as Keras lists them. */
  weightSpecs(_inputs: readonly InnerShape[]): WeightSpec[] {
    return [];
  }

  /** A last word on a weight after its initializer has run. */
  initialized(_numbers: Float32Array, _name: string): void {}

  /**
   * Learns from data what needs no gradient, such as a mean; called before training with the model's own inputs.
   *
   * @param _numbersOf gives the numbers of a weight, to be changed in place
   * @param _lengths real steps of each sequence, if not all are
   * @returns whether a weight has changed
   */
  adapt(_numbersOf: (weight: Weight) => Float32Array, _x: Samples, _lengths?: Int32Array): boolean {
    return false;
  }

  /** Sizes in elements of the packed copies of weights that the layer keeps. */
  packedSizes(_inputs: readonly InnerShape[]): number[] {
    return [];
  }

  /**
   * Called once, when the layer is built into a model: all that it has from there.
   *
   * @param weights those of `weightSpecs`, by name
   * @param packed pointers to room of `packedSizes`
   * @param _inputs the shapes of its inputs
   */
  attach(weights: Readonly<Record<string, Weight>>, packed: readonly number[], _inputs: readonly InnerShape[]): void {
    this.weights = weights;
    this.packed = packed.map(pointer => new Packed(pointer));
  }

  /** The layer with whose weights it computes beside its own. */
  tied?(): Layer | undefined;

  /**
   * For a layer that computes with another's weights: finds that among those of its graph.
   *
   * @throws RangeError if it is not there
   */
  meet?(layers: readonly Layer[]): void;

  /** The outputs; their masks are not its concern, but for a layer that makes masks. See `runLayer`. */
  abstract forward(context: Context, inputs: readonly Tensor[]): Tensor[];

  /** The same for a layer that may stop in between: see `Computing.waits`. */
  forwardInParts?(context: Context, inputs: readonly Tensor[]): InParts<Tensor[]>;

  /** The mask of an output: that of the first input, if its steps [N, T] are still there. */
  maskOf(_context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
    return passedMask(inputs[0], output);
  }

  /** Adds one step of one sequence, to the bits of `forward`; nothing if the layer has no shorter way than that. */
  compileStep(_program: Step, _inputs: readonly StepValue[]): readonly StepValue[] | undefined {
    return undefined;
  }

  /** What `maskOf` is in a stream. */
  get maskRule(): MaskRule {
    return "first";
  }

  /** What makes the layer again; plain JSON. */
  toJSON(): LayerConfig {
    const { kind, name, options, trainable } = this;
    const changed = trainable !== (options.trainable ?? true);
    return { kind, name, options: changed ? { ...options, trainable } : options };
  }

  /**
   * Copies of the layer's weights, in Keras' order and layout: kernel, recurrentKernel, bias of an LSTM.
   *
   * @throws Error for a layer that is in no model yet
   * @example const [kernel, bias] = net.layer("dense").getWeights();
   */
  getWeights(): NDArray[] {
    return access(this as Layer);
  }

  /**
   * Replaces the layer's weights, in every model that has the layer.
   *
   * @param weights as `getWeights` returns them
   * @throws RangeError when number or shapes differ, or for a layer inside another; then nothing has changed
   * @example net.layer("embedding").setWeights([vectors]);
   */
  setWeights(weights: readonly ArrayLike32[]): void {
    access(this as Layer, weights);
  }

  /**
   * Connects the layer in a functional model.
   *
   * @param inputs what it reads: one tensor, or several (an LSTM: [x, h, c])
   * @returns its output
   * @throws RangeError if it has several outputs (returnState): `applyAll` gives a list of them
   * @example const y = layers.dense({ units: 1 }).apply(x);
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[], ...more: never[]): SymbolicTensor {
    return single(this.applyAll(inputs, ...more), `${this.name}: this layer`, "applyAll");
  }

  /**
   * The same for a layer of several outputs.
   *
   * @example const [y, h, c] = layers.lstm({ units: 8, returnState: true }).applyAll(x);
   */
  applyAll(inputs: SymbolicTensor | readonly SymbolicTensor[], ...more: never[]): SymbolicTensor[] {
    return connect(this as Layer, symbolsOf(inputs, more));
  }
}

/** The last axis, which must be known. */
export function lastAxis(shape: InnerShape, what: string): number {
  const size = shape[shape.length - 1];
  if (typeof size !== "number") {
    throw new RangeError(
      `${what}: expected a known size of the last axis, got [${shape.map(n => n ?? "any").join(", ")}]; give inputShape a number there`,
    );
  }
  return size;
}

function expectInputCount({ name, inputs }: Layer, count: number): void {
  const { least, most, names } = inputs;
  if (count >= least && count <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
  const wanted = `${least === most ? least : range} input tensor${most === 1 ? "" : "s"}`;
  const listed = names ? ` [${names.join(", ")}]` : "";
  const remedy = count > most ? "; from a layer with several outputs take those you want, with applyAll()" : "";
  throw new RangeError(`${name}: expected ${wanted}${listed}, got ${count}${remedy}`);
}

/** Refuses inputs for which a layer would need other weights than those it has. */
export function expectWeightsFit(layer: Layer, weights: Layer["weights"], inputs: readonly SymbolicTensor[]): void {
  for (const { name, shape } of layer.weightSpecs(inputs.map(input => input.shape))) {
    const has = weights[name]?.shape ?? shape;
    if (has.join() === shape.join()) continue;
    throw new RangeError(
      `${layer.name}: expected an input that fits its ${name} ${showShape(has)}, got ` +
        `${showShape(["N", ...inputs[0].shape])}, which needs ${showShape(shape)}; use a new layer`,
    );
  }
}

/** What `apply` is given: one tensor or a list, and nothing beside it that would have no effect. */
export function symbolsOf(inputs: unknown, more: readonly unknown[]): readonly SymbolicTensor[] {
  if (more.length > 0) {
    throw new TypeError(
      `apply: expected one argument, got ${more.length + 1}; put tensors into a list, such as [x, h, c]`,
    );
  }
  return (Array.isArray(inputs) ? inputs : [inputs]) as SymbolicTensor[]; // of whatever: `connect` looks at each
}

/** Uses a layer on tensors; checks their number and shapes. */
export function connect(layer: Layer, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  if (layer.name === "") layer.name = layer.options.name ?? layer.baseName; // for errors, until the model names it
  for (const input of inputs) {
    if (!(input instanceof SymbolicTensor)) {
      throw new TypeError(
        `${layer.name}: expected tensors made by input() or a layer's apply(), got ${describe(input)}; numbers go to ` +
          "predict() of a model",
      );
    }
  }
  expectInputCount(layer, inputs.length);
  if (layer.inputs.ids && inputs[0].node.layer) {
    throw new RangeError(
      `${layer.name}: expected token ids, an input of the model, got the output of layer "${inputs[0].node.layer.name}"; ` +
        "ids come first",
    );
  }
  if (layer.owner) expectWeightsFit(layer, layer.weights, inputs);
  const node: Node = { layer, inputs, outputs: [] };
  const shapes = layer.outputShapes(inputs.map(input => input.shape));
  node.outputs = shapes.map((shape, index) => new SymbolicTensor(shape, node, index));
  return node.outputs;
}

/** A new input of a model. */
export function inputNode(shape: InnerShape, name?: string): SymbolicTensor {
  const node: Node = { layer: undefined, name, inputs: [], outputs: [] };
  node.outputs.push(new SymbolicTensor(shape, node, 0));
  return node.outputs[0];
}

/**
 * The only output.
 *
 * @param what has outputs
 * @param all the method that returns all of them
 */
export function single<Each>(outputs: readonly Each[], what: string, all: string): Each {
  if (outputs.length < 2) return outputs[0];
  throw new RangeError(`${what} has ${outputs.length} outputs; call ${all}() for a list of them`);
}
