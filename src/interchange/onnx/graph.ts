/** A graph read node by node: what is known is computed at once, everything else becomes layers. */
import { cut, describe } from "../../describe.ts";
import { inputNode, type SymbolicTensor } from "../../layer/layer.ts";
import { warnOnce } from "../../warn.ts";
import { BatchElsewhere, Building } from "./building.ts";
import { handlerOf } from "./handlers.ts";
import { isFloatType, isWholeType, knownOf } from "./known.ts";
import { GraphNode, isView, type Value } from "./node.ts";
import { isRow, rowOf } from "./products.ts";
import { refuse } from "./refuse.ts";
import type { GraphProto, NodeProto, ValueInfo } from "./schema.ts";
import { type Atom, atom, batchAxis, batchPlace, settled, type View } from "./view.ts";

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

/** The names on which the outputs depend. */
function necessary(nodes: readonly NodeProto[], outputs: readonly string[]): ReadonlySet<string> {
  const needed = new Set(outputs);
  for (const { input = [], output = [] } of [...nodes].reverse()) {
    if (output.some(name => needed.has(name))) for (const name of input) if (name !== "") needed.add(name);
  }
  return needed;
}

/** What makes views of the graph's inputs, one after the other. */
function inputReader(building: Building, batches: ReadonlyMap<string, number>) {
  const shared = atom(null);
  /** Axes of any length by the names that the file gives them */
  const named = new Map<string, Atom>();
  return ({ name = "", type }: ValueInfo): View => {
    const at = batches.get(name) ?? 0;
    const { elem_type: element = 0, shape } = type?.tensor_type ?? {};
    const ids = isWholeType(element);
    if (!ids && !isFloatType(element))
      refuse(`expected floating-point numbers or int32 or int64 ids, got the type ${element} of ONNX`);
    if (!shape) refuse("expected a tensor with a number of axes");
    const dims = shape.dim ?? [];
    if (dims.length < 1 || dims.length > 32) refuse(`expected a batch's axis and others, got ${dims.length} axes`);
    const atoms = dims.map(({ dim_value: size, dim_param: param = "" }, axis): Atom => {
      const known = size !== undefined && size >= 1 ? size : null;
      const origin = [name, axis, dims.length] as const;
      // The batch is free, whatever size it had when the file was made; that size may be written all over the graph.
      const found = known === null ? (axis === at ? shared : named.get(param)) : undefined;
      const made = found ? { ...found, origin } : atom(known, origin);
      if (param && known === null && axis !== at) named.set(param, made);
      return made;
    });
    const batch = atoms[at];
    const inner = atoms.filter(each => each !== batch);
    const symbol = inputNode(inner.map(({ size }) => size));
    building.inputNames.set(symbol, name);
    return {
      symbol,
      layout: inner.map(each => [each]),
      axes: atoms.map(each => [each]),
      batch,
      ids,
      masked: name,
    };
  };
}

function warnTurned(what: string, name: string, axis: number): void {
  warnOnce(
    `loadOnnx: the ${what} ${describe(name)} has the batch as axis ${axis} in the file; here it comes first, and the others in their order`,
  );
}

/** The graph's inputs that lead to outputs, in the file's order. */
function usedInputs(
  views: ReadonlyMap<string, View>,
  outputs: readonly SymbolicTensor[],
  lengths: string | undefined,
): SymbolicTensor[] {
  const met = new Set<SymbolicTensor>();
  const next = [...outputs];
  for (let symbol = next.pop(); symbol; symbol = next.pop()) {
    if (met.has(symbol)) continue;
    met.add(symbol);
    next.push(...symbol.node.inputs);
  }
  const used: SymbolicTensor[] = [];
  for (const [name, view] of views) {
    const batch = batchAxis(view);
    if (met.has(view.symbol)) {
      used.push(view.symbol);
      if (batch > 0) warnTurned("input", name, batch);
    } else if (name !== lengths) warnOnce(`loadOnnx: the input ${describe(name)} leads to no output, and is left out`);
  }
  return used.length > 0 ? used : refuse("no output depends on an input");
}

/** @param batches which axis of an input is the batch's, where it is not the first */
function readOnce(
  { node: nodes = [], initializer = [], sparse_initializer: sparse = [], input = [], output = [] }: GraphProto,
  opset: number,
  batches: ReadonlyMap<string, number>,
  room: number,
): ReadGraph {
  const building = new Building(room);
  const values = new Map<string, Value>();
  const views = new Map<string, View>();
  const outputNames = output.map(({ name = "" }) => name);
  const needed = necessary(nodes, outputNames);
  const readers = new Map<string, number[]>();
  const done = new Set<number>();

  /** The addition of a known row that alone reads a product with a matrix. */
  const sumOf = (name: string, matrix: Value | undefined) => {
    const [reader, ...others] = readers.get(name) ?? [];
    const { op_type: op, input = [], output = [] } = nodes[reader] ?? {};
    const value = values.get(input.find(each => each !== name) ?? "");
    if (others.length > 0 || outputNames.includes(name) || op !== "Add" || !value || isView(value)) return undefined;
    const units = matrix && !isView(matrix) && matrix.shape.length === 2 && matrix.shape[1];
    if (typeof units !== "number" || !isRow(value, units)) return undefined;
    return { reader, output: output[0], addend: rowOf(value, units) };
  };
  const read = (i: number, title: string): void => {
    const proto = nodes[i];
    const { op_type: op = "", domain = "", input = [], output = [] } = proto;
    const wanted = output.map(name => name !== "" && needed.has(name));
    if (!wanted.includes(true) || done.has(i)) return;
    if (domain !== "" && domain !== "ai.onnx") refuse(`an operator of ${describe(domain)}; those of ONNX are read`);
    const handler = handlerOf(op);
    const given = input.map(name =>
      name === ""
        ? undefined
        : (values.get(name) ?? refuse(`its input ${describe(name)} is not there, or comes later`)),
    );
    const node = new GraphNode(proto, given, wanted, opset, title);
    const sum = op === "MatMul" ? sumOf(output[0], given[1]) : undefined;
    node.addend = sum?.addend;
    const made = handler(node, building);
    node.finish();
    output.forEach((name, k) => {
      if (!wanted[k]) return;
      const value = made[k] ?? refuse(`its output ${k} is not made`);
      const isNew = !isView(value) && !given.some(each => each && !isView(each) && each.data === value.data);
      if (isNew) building.spend(value.data.length);
      values.set(name, value);
    });
    if (!sum) return;
    done.add(sum.reader);
    values.set(sum.output, made[0]);
  };
  const outputOf = (name: string): SymbolicTensor => {
    const value = values.get(name);
    if (!value) refuse("nothing computes it");
    if (!isView(value)) refuse("it is a constant");
    if (!value.symbol.node.layer) refuse("it is an input of the graph");
    const view = settled(value);
    const batch = batchPlace(view);
    if (view.axes[batch].length > 1)
      warnOnce(`loadOnnx: the output ${describe(name)} joins samples with other axes in the file; here they are apart`);
    else if (batch > 0) warnTurned("output", name, batch);
    return view.symbol;
  };

  if (sparse.length > 0) refuse("sparse initializers are not read");
  for (const proto of initializer) {
    const { name = "" } = proto;
    values.set(name, knownOf(proto, `initializer ${describe(name)}`));
  }
  const viewOf = inputReader(building, batches);
  for (const info of input) {
    const { name = "" } = info;
    if (values.has(name)) continue;
    const view = under(`input ${describe(name)}`, () => viewOf(info));
    values.set(name, view);
    views.set(name, view);
  }
  for (const [i, { input = [] }] of nodes.entries()) {
    for (const name of input) {
      const known = readers.get(name);
      if (known) known.push(i);
      else readers.set(name, [i]);
    }
  }
  for (const [i, proto] of nodes.entries()) {
    const title = titleOf(proto, i);
    under(title, () => read(i, title));
  }
  const { lengths, withoutLengths } = building;
  if (lengths !== undefined && withoutLengths !== undefined)
    refuse(`${withoutLengths} reads no sequence_lens and others do; lengths hide steps from all layers here`);
  const outputs = outputNames.map(name => under(`output ${describe(name)}`, () => outputOf(name)));
  if (outputs.length === 0) refuse("the graph has no outputs");
  return { inputs: usedInputs(views, outputs, lengths), outputs, building };
}

/**
 * @param room how many numbers all weights may have together
 * @throws RangeError for what is not read, with the node's name
 */
export function readGraph(graph: GraphProto, opset: number, room: number): ReadGraph {
  const batches = new Map<string, number>();
  for (;;) {
    try {
      return readOnce(graph, opset, batches, room);
    } catch (error) {
      if (!(error instanceof BatchElsewhere) || batches.has(error.input)) throw error;
      batches.set(error.input, error.axis);
    }
  }
}
