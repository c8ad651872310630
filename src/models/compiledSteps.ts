/**
 * A model compiled for streams, as data: the kernel calls of one step, with all pointers fixed. Layers add their calls in
 * `compileStep`; one that has no short form becomes an entry that runs its forward pass.
 */
import type { Context } from "../context.ts";
import { type KernelCall, kernelCall } from "../engine/calls.ts";
import type { Network } from "../graph/network.ts";
import { blocksOf } from "../graph/slots.ts";
import { isOwn } from "../layer/activationOf.ts";
import { isCarrying } from "../layer/carried.ts";
import type { Layer, Node, SymbolicTensor } from "../layer/layer.ts";
import { keepsSteps } from "../layer/masks.ts";
import { sizeOf } from "../ndarray.ts";
import { Step, type StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";
import type { Slot } from "../training/slots.ts";
import type { InnerShape } from "../weight.ts";
import { type Flow, flowsOf, hasTime, isAlike, needsAll, shapeOfStep } from "./flow.ts";
import { ForwardStep } from "./forwardStep.ts";
import { compileMask } from "./stepMasks.ts";

/** The kernel's name in an entry that is a forward pass; its number is that of the node in the plan. */
export const FORWARD = "forward";

/** A list of calls, and what may refuse to run it. */
export interface Part {
  readonly list: KernelCall[];
  readonly checks: (() => void)[];
}

/** What one use of a layer carries from step to step. */
export interface Carried {
  /** Of the states; what is carried beyond them is the last output */
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  /** Whether a step may be hidden, which repeats the last output. */
  readonly masked: boolean;
  /** Where it stands, if not in the layer's forward pass. */
  readonly values: readonly StepValue[] | undefined;
  /** Puts the initial states there, where they are not zeros. */
  readonly begin: readonly KernelCall[];
  readonly forward: ForwardStep | undefined;
  /** With which a forward pass begins, where that is not zeros. */
  readonly initial: readonly StepValue[];
}

/** The last axis of a tensor: a step of it may be several rows. */
function widthOf({ shape }: SymbolicTensor): number | undefined {
  return shape.length > 1 ? (shape[shape.length - 1] ?? undefined) : undefined;
}

export class CompiledSteps extends Step {
  override context: Context;
  /** Every step. */
  readonly steps: Part = { list: [], checks: [] };
  /** What depends on inputs without a time axis alone: once a stream, and when weights have changed. */
  readonly constants: Part = { list: [], checks: [] };
  /** Where the model's inputs are read. */
  readonly inputs: readonly StepValue[];
  readonly outputs: readonly StepValue[];
  /** By use: the layer's name, and where it is used a second time `name:2`. */
  readonly carried = new Map<string, Carried>();
  /** By node of the plan. */
  readonly forwards = new Map<number, ForwardStep>();
  readonly #network: Network;
  readonly #flows: Map<SymbolicTensor, Flow>;
  readonly #values = new Map<SymbolicTensor, StepValue>();
  /** Sequences without steps to be fed of which all steps are the same. */
  readonly #alike = new Set<SymbolicTensor>();
  // Of the layer at hand
  #layer: Layer | undefined;
  #use = "";
  #part = this.steps;

  /** @throws RangeError for a model that needs whole sequences */
  constructor(network: Network, slots: readonly Slot[]) {
    super(network.engine);
    const { plan } = network;
    this.#network = network;
    this.context = network.context();
    this.#flows = flowsOf(plan, slots);
    this.inputs = plan.inputs.map((symbol, i) => {
      const readings = new Map(slots[i].questions?.map(({ key }) => [key, this.allocate(1).pointer]));
      const value = { ...this.allocate(sizeOf(this.#stepShape(symbol)), widthOf(symbol)), readings };
      this.#values.set(symbol, value);
      return value;
    });
    const uses = new Map<Layer, number>();
    for (const [i, node] of plan.nodes.entries()) {
      const { layer } = node;
      if (!layer) continue;
      const use = (uses.get(layer) ?? 0) + 1;
      uses.set(layer, use);
      this.#layer = layer;
      this.#use = use === 1 ? layer.name : `${layer.name}:${use}`;
      this.#part = this.#isConstant(node.outputs[0]) ? this.constants : this.steps;
      this.#compile(layer, node, i);
    }
    this.outputs = plan.outputs.map(symbol => this.#valueOf(symbol));
  }

  protected override get shared(): boolean {
    return this.#network.plan.usesOf(this.#layer as Layer).length > 1;
  }

  override allocate(size: number, width?: number): StepValue {
    return { pointer: blocksOf(this.#network.parameters).take(this, size), size, width };
  }

  protected override add(call: KernelCall): void {
    this.#part.list.push(call);
  }

  override onCheck(action: () => void): void {
    this.#part.checks.push(action);
  }

  override carry(values: readonly StepValue[], initial: readonly StepValue[] = []): void {
    const begin = initial.map(({ pointer, size }, i) =>
      kernelCall("copyRows", values[i].pointer, size, pointer, size, 1, size),
    );
    this.#carry(
      values.map(({ size }) => size),
      { values, begin },
    );
  }

  #carry(sizes: readonly number[], own: Partial<Carried>): void {
    const layer = this.#layer as Layer;
    const names = isCarrying(layer) ? layer.carriedNames : [];
    const none = { values: undefined, begin: [], forward: undefined, initial: [], masked: true };
    this.carried.set(this.#use, { ...none, names, sizes, ...own });
  }

  #compile(layer: Layer, node: Node, place: number): void {
    const timed = node.inputs.some(symbol => this.#hasTime(symbol));
    const inputs = node.inputs.map(symbol => this.#read(symbol, timed));
    // Of one input built-in layers say themselves whether a step is enough.
    if (inputs.length > 1 || isOwn(layer)) this.#expectSteps(layer, node, inputs);
    // Short forms are of a step, and of masks of steps; what is inside of a step may be a sequence of its own.
    const whole = !timed && node.inputs.some(({ shape }) => shape.length > 1);
    const masked = inputs.length > 1 && inputs.some(({ inside }) => inside);
    const short = whole || masked ? undefined : layer.compileStep(this, inputs);
    const results =
      short?.map((value, i) => this.#masked(value, node.outputs[i], layer, inputs)) ??
      this.#compileForward(layer, node, place, inputs, timed);
    for (const [i, symbol] of node.outputs.entries()) {
      this.#values.set(symbol, { ...results[i], width: widthOf(symbol) });
      if (!timed && isAlike(layer, node, each => this.#alike.has(each))) this.#alike.add(symbol);
    }
  }

  /** What a layer reads of an input: beside steps that is one step. */
  #read(symbol: SymbolicTensor, timed: boolean): StepValue {
    const value = { ...this.#valueOf(symbol), shape: this.#shapeOf(symbol) };
    if (!timed || !this.#alike.has(symbol)) return value;
    const [N, , ...step] = value.shape;
    return { ...value, size: sizeOf(step), shape: [N, 1, ...step], inside: undefined };
  }

  /** Asks again for sequences of one step: who makes something else of them cannot run step by step. */
  #expectSteps(layer: Layer, { outputs }: Node, inputs: readonly StepValue[]): void {
    let made: InnerShape[] = [];
    try {
      made = layer.outputShapes(inputs.map(({ shape = [] }) => shape.slice(1)));
    } catch {} // refused too
    if (outputs.some((symbol, i) => `1,${made[i]}` !== `${this.#shapeOf(symbol)}`)) throw needsAll(layer);
  }

  /** The result of a short form with its mask: what `maskOf` is in a forward pass. */
  #masked(value: StepValue, symbol: SymbolicTensor, { maskRule }: Layer, inputs: readonly StepValue[]): StepValue {
    const timed = this.#hasTime(symbol);
    const [{ inside }] = inputs;
    const keeps = timed && inside && maskRule !== "none" && keepsSteps(inside, this.#shapeOf(symbol));
    if (keeps) return { ...value, inside };
    const mask = timed ? (value.mask ?? compileMask(this, maskRule, inputs)) : undefined;
    return { ...value, inside: undefined, mask };
  }

  /** The forward pass as an entry of the list. */
  #compileForward(
    layer: Layer,
    { outputs }: Node,
    place: number,
    inputs: readonly StepValue[],
    timed: boolean,
  ): StepValue[] {
    const forward = new ForwardStep(this.#network, layer, timed, inputs);
    const shapes = outputs.map(symbol => this.#shapeOf(symbol));
    const masks = shapes.some(({ length }) => length > (timed ? 3 : 2)) ? forward.maskShapes : [];
    const results = shapes.map((shape, i) => {
      const value = this.allocate(sizeOf(shape));
      const mask = masks[i] ?? [];
      const steps = this.#hasTime(outputs[i]);
      if (mask.length > (steps ? 2 : 1)) {
        return { ...value, inside: new Tensor(this.allocate(sizeOf(mask)).pointer, mask) };
      }
      return steps ? { ...value, mask: this.allocate(1).pointer } : value;
    });
    forward.outputs = results;
    this.forwards.set(place, forward);
    if (isCarrying(layer) && timed) {
      const [x, ...initial] = inputs;
      this.#carry(layer.carriedSizes, { forward, initial, masked: x.mask !== undefined });
    }
    this.add([FORWARD, place]);
    return results;
  }

  #valueOf(symbol: SymbolicTensor): StepValue {
    return this.#values.get(symbol) as StepValue;
  }

  #flowOf(symbol: SymbolicTensor): Flow {
    return this.#flows.get(symbol) as Flow;
  }

  #isConstant(symbol: SymbolicTensor): boolean {
    return this.#flowOf(symbol) === "constant";
  }

  #hasTime(symbol: SymbolicTensor): boolean {
    return hasTime(this.#flowOf(symbol));
  }

  /** Of one step, as a forward pass has it: batch and time first. */
  #shapeOf(symbol: SymbolicTensor): number[] {
    return this.#hasTime(symbol) ? [1, 1, ...this.#stepShape(symbol)] : [1, ...this.#stepShape(symbol)];
  }

  /** The same without these axes. */
  #stepShape(symbol: SymbolicTensor): number[] {
    return shapeOfStep(symbol.shape, this.#flowOf(symbol)) as number[];
  }
}
