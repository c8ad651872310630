/** A graph read node by node: what is known is computed at once, everything else becomes layers. */
import { cut, describe } from "../../describe.ts";
import { inputNode, type SymbolicTensor } from "../../layer/layer.ts";
import { warnOnce } from "../../warn.ts";
import { BatchElsewhere, Building, type Handler } from "./building.ts";
import { ELEMENTS } from "./elements.ts";
import { FEATURES } from "./features.ts";
import { isFloatType, isWholeType, type Known, knownOf } from "./known.ts";
import { GraphNode, isView, type Value } from "./node.ts";
import { PICKS } from "./picks.ts";
import { PLACES } from "./places.ts";
import { PRODUCTS, rowOf } from "./products.ts";
import { recurrent } from "./recurrent.ts";
import { refuse } from "./refuse.ts";
import type { GraphProto, NodeProto, ValueInfo } from "./schema.ts";
import { type Atom, atom, batchAxis, batchPlace, settled, type View } from "./view.ts";

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...PICKS,
  ...PLACES,
  ...FEATURES,
  ...ELEMENTS,
  ...PRODUCTS,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
};

export interface ReadGraph {
  inputs: SymbolicTensor[];
  outputs: SymbolicTensor[];
  building: Building;
}

const titleOf = ({ op_type: op = "a node", name }: NodeProto, i: number): string =>
  name ? `${cut(op)} "${cut(name)}"` : `${cut(op)} (node ${i})`;

/** A problem with the name of who has it. */
function under<T>(title: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const problem = `${title}: ${(error as Error).message}`.replace(/[^\x20-\x7e·…]/g, "?"); // names of a file may be anything
    if (error instanceof BatchElsewhere) {
      error.message = problem;
      throw error;
    }
    throw new RangeError(problem, { cause: error });
  }
}

class GraphReader {
  readonly building: Building;
  readonly #values = new Map<string, Value>();
  readonly #views = new Map<string, View>();
  readonly #nodes: readonly NodeProto[];
  readonly #readers = new Map<string, number[]>();
  readonly #needed: ReadonlySet<string>;
  readonly #done = new Set<number>();
  /** Axes of any length by the names that the file gives them */
  readonly #named = new Map<string, Atom>();

  /**
   * @param batches which axis of an input is the batch's, where it is not the first
   */
  constructor(
    readonly graph: GraphProto,
    readonly opset: number,
    batches: ReadonlyMap<string, number>,
    room: number,
  ) {
    this.building = new Building(room);
    this.#nodes = graph.node ?? [];
    if (graph.sparse_initializer?.length) refuse("sparse initializers are not read");
    for (const proto of graph.initializer ?? []) {
      const { name = "" } = proto;
      this.#values.set(name, knownOf(proto, `initializer ${describe(name)}`));
    }
    const batch = atom(null);
    for (const info of graph.input ?? []) {
      const name = info.name ?? "";
      if (!this.#values.has(name))
        under(`input ${describe(name)}`, () => this.#input(name, info, batch, batches.get(name) ?? 0));
    }
    this.#needed = this.#necessary();
    for (const [i, node] of this.#nodes.entries()) {
      for (const name of node.input ?? []) this.#readers.set(name, [...(this.#readers.get(name) ?? []), i]);
    }
  }

  #input(name: string, { type }: ValueInfo, shared: Atom, at: number): void {
    const { elem_type: element = 0, shape } = type?.tensor_type ?? {};
    const ids = isWholeType(element);
    if (!ids && !isFloatType(element))
      refuse(`expected floating-point numbers or int32 or int64 ids, got the type ${element} of ONNX`);
    if (!shape) refuse("expected a tensor with a number of axes");
    const dims = shape.dim ?? [];
    if (dims.length < 1 || dims.length > 32) refuse(`expected a batch's axis and others, got ${dims.length} axes`);
    const atoms = dims.map(({ dim_value: size, dim_param: param }, axis): Atom => {
      const known = size !== undefined && size >= 1 ? size : undefined;
      const origin = [name, axis, dims.length] as const;
      // The batch is free, whatever size it had when the file was made; that size may be written all over the graph.
      if (axis === at) return known === undefined ? { ...shared, origin } : atom(known, origin);
      const found = param ? this.#named.get(param) : undefined;
      const made = found ? { ...found, origin } : atom(known ?? null, origin);
      if (param && known === undefined) this.#named.set(param, made);
      return made;
    });
    const batch = atoms[at];
    const inner = atoms.filter(each => each !== batch);
    const symbol = inputNode(inner.map(({ size }) => size));
    const layout = inner.map(each => [each]);
    const view: View = { symbol, layout, axes: atoms.map(each => [each]), batch, ids, masked: name };
    this.#values.set(name, view);
    this.#views.set(name, view);
    this.building.inputNames.set(symbol, name);
  }

  /** The names on which the outputs depend. */
  #necessary(): Set<string> {
    const needed = new Set((this.graph.output ?? []).map(({ name = "" }) => name));
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const { input = [], output = [] } = this.#nodes[i];
      if (output.some(name => needed.has(name))) for (const name of input) if (name !== "") needed.add(name);
    }
    return needed;
  }

  #node(i: number): void {
    const proto = this.#nodes[i];
    const names = proto.output ?? [];
    const wanted = names.map(name => name !== "" && this.#needed.has(name));
    if (!wanted.includes(true) || this.#done.has(i)) return;
    const title = titleOf(proto, i);
    under(title, () => {
      const { op_type: op = "", domain = "" } = proto;
      if (domain !== "" && domain !== "ai.onnx") refuse(`an operator of ${describe(domain)}; those of ONNX are read`);
      if (!Object.hasOwn(HANDLERS, op))
        refuse(`this operator is not read; write the model with those that are: ${Object.keys(HANDLERS).join(", ")}`);
      const values = (proto.input ?? []).map(name => {
        if (name === "") return undefined;
        const value = this.#values.get(name);
        return value ?? refuse(`its input ${describe(name)} is not there, or comes later`);
      });
      const node = new GraphNode(proto, values, wanted, this.opset, title);
      const sum = op === "MatMul" ? this.#sumOf(names[0], values[1]) : undefined;
      node.addend = sum?.addend;
      const made = HANDLERS[op](node, this.building);
      node.finish();
      names.forEach((name, k) => {
        if (!wanted[k]) return;
        const value = made[k] ?? refuse(`its output ${k} is not made`);
        const isNew = !isView(value) && !values.some(each => each && !isView(each) && each.data === value.data);
        if (isNew) this.building.spend(value.data.length);
        this.#values.set(name, value);
      });
      if (!sum) return;
      this.#done.add(sum.node);
      this.#values.set(sum.output, made[0]);
    });
  }

  /** The addition of a known row that alone reads a product with a matrix. */
  #sumOf(name: string, matrix: Value | undefined): { node: number; output: string; addend: Float32Array } | undefined {
    const readers = this.#readers.get(name) ?? [];
    const isOutput = this.graph.output?.some(output => output.name === name);
    const { op_type: op, input = [], output = [] } = this.#nodes[readers[0]] ?? {};
    const [other] = input.filter(each => each !== name);
    const value = other === undefined ? undefined : this.#values.get(other);
    if (readers.length !== 1 || isOutput || op !== "Add" || !value || isView(value) || !matrix || isView(matrix))
      return undefined;
    const units = matrix.shape[1];
    if (matrix.shape.length !== 2 || typeof units !== "number" || !isRow(value, units)) return undefined;
    return { node: readers[0], output: output[0], addend: rowOf(value, units) };
  }

  read(): ReadGraph {
    for (let i = 0; i < this.#nodes.length; i++) this.#node(i);
    const { building } = this;
    if (building.lengths !== undefined && building.withoutLengths !== undefined) {
      refuse(
        `${building.withoutLengths} reads no sequence_lens and others do; lengths hide steps from all layers here`,
      );
    }
    const outputs = (this.graph.output ?? []).map(({ name = "" }) =>
      under(`output ${describe(name)}`, () => {
        const value = this.#values.get(name);
        if (!value) refuse("nothing computes it");
        if (!isView(value)) refuse("it is a constant");
        const view = settled(value);
        const batch = batchPlace(view);
        if (!value.symbol.node.layer) refuse("it is an input of the graph");
        if (view.axes[batch].length > 1)
          warnOnce(
            `loadOnnx: the output ${describe(name)} joins samples with other axes in the file; here they are apart`,
          );
        else if (batch > 0) warnTurned("output", name, batch);
        return view.symbol;
      }),
    );
    if (outputs.length === 0) refuse("the graph has no outputs");
    return { inputs: this.#used(outputs), outputs, building };
  }

  /** The inputs that lead to outputs, in the file's order. */
  #used(outputs: readonly SymbolicTensor[]): SymbolicTensor[] {
    const met = new Set<SymbolicTensor>();
    const next = [...outputs];
    for (let symbol = next.pop(); symbol; symbol = next.pop()) {
      if (met.has(symbol)) continue;
      met.add(symbol);
      next.push(...symbol.node.inputs);
    }
    const used: SymbolicTensor[] = [];
    for (const [name, view] of this.#views) {
      const batch = batchAxis(view);
      if (met.has(view.symbol)) {
        used.push(view.symbol);
        if (batch > 0) warnTurned("input", name, batch);
      } else if (name !== this.building.lengths)
        warnOnce(`loadOnnx: the input ${describe(name)} leads to no output, and is left out`);
    }
    if (used.length === 0) refuse("no output depends on an input");
    return used;
  }
}

function warnTurned(what: string, name: string, axis: number): void {
  warnOnce(
    `loadOnnx: the ${what} ${describe(name)} has the batch as axis ${axis} in the file; here it comes first, the other axes behind it in their order`,
  );
}

const isRow = ({ shape }: Known, size: number): boolean => {
  const last = shape[shape.length - 1] ?? 1;
  return (last === 1 || last === size) && shape.slice(0, -1).every(n => n === 1);
};

/**
 * @param room how many numbers all weights may have together
 * @throws RangeError for what is not read, with the node's name
 */
export function readGraph(graph: GraphProto, opset: number, room: number): ReadGraph {
  const batches = new Map<string, number>();
  for (;;) {
    try {
      return new GraphReader(graph, opset, batches, room).read();
    } catch (error) {
      if (!(error instanceof BatchElsewhere) || batches.has(error.input)) throw error;
      batches.set(error.input, error.axis);
    }
  }
}
