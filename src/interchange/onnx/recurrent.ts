/** LSTM, GRU and RNN of ONNX as layers, with every attribute: gates are put in the order that they have here. */
import type { ElementwiseActivation } from "../../activations.ts";
import type { SymbolicTensor } from "../../layer/layer.ts";
import { concat } from "../../ops/concat.ts";
import { gather, reshape } from "../../ops/places.ts";
import { reverse } from "../../ops/reverse.ts";
import { slice } from "../../ops/slice.ts";
import { bidirectional } from "../../recurrent/bidirectional.ts";
import { gru } from "../../recurrent/gru.ts";
import { lstm } from "../../recurrent/lstm.ts";
import { simpleRNN } from "../../recurrent/simpleRnn.ts";
import { BatchElsewhere, type Building } from "./building.ts";
import { floatsOf, type Known, ofAnySample, uniform } from "./known.ts";
import { type GraphNode, isView, type Value } from "./node.ts";
import { activationOf, exact } from "./numbers.ts";
import { refuse } from "./refuse.ts";
import { same, showAll } from "./sizes.ts";
import { arranged, atom, type Group, sizeOfGroup, type View } from "./view.ts";

const isSame = (a: ElementwiseActivation, b: ElementwiseActivation): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Those of one direction; alphas and betas are used up by those that have one, in their order. */
function activationsOf(node: GraphNode, ways: number, usual: readonly string[]): ElementwiseActivation[] {
  const names = node.strings("activations") ?? new Array(ways).fill(usual).flat();
  const [alphas, betas] = ["activation_alpha", "activation_beta"].map(name => [...(node.floats(name) ?? [])]);
  if (names.length !== ways * usual.length) {
    refuse(`activations: expected ${ways * usual.length} names, got ${names.length}`);
  }
  const all = names.map(name =>
    activationOf(
      name,
      () => alphas.shift(),
      () => betas.shift(),
    ),
  );
  if (alphas.length > 0 || betas.length > 0)
    refuse("activation_alpha and activation_beta have more numbers than activations take");
  const own = all.slice(0, usual.length);
  if (ways === 2 && !own.every((each, i) => isSame(each, all[usual.length + i]))) {
    refuse(
      `activations: the two directions have other ones (${names.slice(0, 6).join(", ")}); both run the same layer here`,
    );
  }
  return own;
}

/** Blocks of rows [gates·H, K], those of `order`, as [K, order·H]. */
function turned(rows: Float32Array, order: readonly number[], H: number, K: number): Float32Array {
  const G = order.length * H;
  const matrix = new Float32Array(K * G);
  order.forEach((from, g) => {
    for (let j = 0; j < H; j++) for (let k = 0; k < K; k++) matrix[k * G + g * H + j] = rows[(from * H + j) * K + k];
  });
  return matrix;
}

const KINDS: Readonly<Record<string, { gates: number; usual: readonly string[] }>> = {
  LSTM: { gates: 4, usual: ["Sigmoid", "Tanh", "Tanh"] },
  GRU: { gates: 3, usual: ["Sigmoid", "Tanh"] },
  RNN: { gates: 1, usual: ["Tanh"] },
};

interface Cell {
  make: (options: {
    returnSequences: boolean;
    returnState: boolean;
    goBackwards?: boolean;
    zeroOutputForMask: boolean;
    name?: string;
  }) => ReturnType<typeof lstm>;
  /** Of each direction */
  weights: Record<string, Float32Array>[];
  units: number;
  ways: number;
}

function expectShape(known: Known, wanted: readonly number[], what: string): void {
  if (known.shape.join() !== wanted.join()) refuse(`${what}: expected ${showAll(wanted)}, got ${showAll(known.shape)}`);
}

/** What the node says of its cell. */
function cellOf(node: GraphNode, ways: number): Cell & { features: number } {
  const { gates, usual } = KINDS[node.op];
  const [W, R, B] = [node.known(1, "W"), node.known(2, "R"), node.maybeKnown(3, "B")];
  const [units, features] = [R.shape[2], W.shape[2]];
  if (typeof units !== "number" || typeof features !== "number" || units < 1 || features < 1) {
    refuse(
      `W and R: expected [${ways}, ${gates}·H, C] and [${ways}, ${gates}·H, H], got ${showAll(W.shape)} and ${showAll(R.shape)}`,
    );
  }
  const hidden = node.int("hidden_size", units);
  if (hidden !== units) refuse(`hidden_size is ${hidden}, and R has ${units} units`);
  const rows = gates * units;
  expectShape(W, [ways, rows, features], "W");
  expectShape(R, [ways, rows, units], "R");
  if (B) expectShape(B, [ways, 2 * rows], "B");
  const activations = activationsOf(node, ways, usual);
  const clip = node.float("clip");
  const coupled = node.op === "LSTM" && node.int("input_forget", 0) !== 0;
  const resetAfter = node.op === "GRU" && node.int("linear_before_reset", 0) !== 0;
  const P = node.op === "LSTM" ? node.maybeKnown(7, "P") : undefined;
  if (P) expectShape(P, [ways, 3 * units], "P");
  // Ours: i f g o, z r h, of ONNX' i o f c, z r h; coupled gates have no f.
  const order = node.op === "LSTM" ? (coupled ? [0, 3, 1] : [0, 2, 3, 1]) : Array.from({ length: gates }, (_, g) => g);
  const part = (known: Known, what: string, d: number): Float32Array => {
    const all = floatsOf(known, what);
    return all.subarray((d * all.length) / ways, ((d + 1) * all.length) / ways);
  };
  const biasOf = (all: Float32Array): Float32Array => {
    const [input, own] = [0, 1].map(half => turned(all.subarray(half * rows, (half + 1) * rows), order, units, 1));
    if (!resetAfter) return input.map((b, i) => b + own[i]);
    const both = new Float32Array(2 * rows);
    both.set(input);
    both.set(own, rows);
    return both;
  };
  const weights = Array.from({ length: ways }, (_, d) => ({
    kernel: turned(part(W, "W", d), order, units, features),
    recurrentKernel: turned(part(R, "R", d), order, units, units),
    ...(B && { bias: biasOf(part(B, "B", d)) }),
    ...(P && { peephole: turned(part(P, "P", d), coupled ? [0, 1] : [0, 2, 1], units, 1) }),
  }));
  const shared = { units, useBias: B !== undefined, ...(clip !== undefined && clip > 0 && { clip: exact(clip) }) };
  const [recurrentActivation, activation, cellActivation] = activations;
  const make = (options: Parameters<Cell["make"]>[0]) => {
    if (node.op === "RNN") return simpleRNN({ ...shared, ...options, activation: recurrentActivation });
    const gated = { ...shared, ...options, activation, recurrentActivation };
    if (node.op === "GRU") return gru({ ...gated, resetAfter });
    const own = !isSame(activation, cellActivation) && { cellActivation };
    return lstm({ ...gated, coupledGates: coupled, ...(P && { peephole: "gers" }), ...own });
  };
  return { make, weights, units, ways, features };
}

/** Refuses a tensor whose batch is not where the op wants it. */
function expectBatch(view: View, axis: number, what: string): void {
  const group = view.axes[axis] ?? [];
  if (group.length === 1 && group[0] === view.batch) return;
  const problem = `${what}: expected the batch as axis ${axis}`;
  if (group.length === 1 && group[0].origin) throw new BatchElsewhere(group[0].origin[0], group[0].origin[1], problem);
  refuse(problem);
}

/** Whether lengths hide steps, which are then those of the model's input. */
function readLengths(node: GraphNode, building: Building, x: View, time: Group): boolean {
  const given = node.input(4);
  const all = given && !isView(given) ? uniform(given) : undefined;
  if (!given || (all !== undefined && same(all, sizeOfGroup(time)))) {
    building.withoutLengths ??= node.title;
    return false;
  }
  const name = isView(given) ? building.inputNames.get(given.symbol) : undefined;
  if (name === undefined) {
    refuse(
      "sequence_lens: expected an input of the graph, or the number of all steps; lengths come with the data here, { x, lengths }",
    );
  }
  if (building.lengths !== undefined && building.lengths !== name) {
    refuse(`sequence_lens is ${name}, and ${building.lengths} before; there is one list of lengths here`);
  }
  if (!x.masked) refuse("sequence_lens: what comes before moves the steps that it hides");
  if (building.hiding !== undefined && building.hiding !== x.masked)
    refuse("sequence_lens hides steps of two inputs; they are those of one here");
  building.lengths = name;
  building.hiding = x.masked;
  return true;
}

/** [N, H] for each direction, of initial_h or initial_c; none where they are 0. */
function initialStates(
  node: GraphNode,
  building: Building,
  input: number,
  what: string,
  ways: number,
  units: number,
  layout: number,
  x: SymbolicTensor,
): SymbolicTensor[] | undefined {
  const value = node.input(input);
  if (!value || (!isView(value) && uniform(value) === 0)) return undefined;
  if (isView(value)) {
    const view = node.view(input, what);
    if (view.axes.length !== 3) refuse(`${what}: expected 3 axes, got ${showAll(view.axes.map(sizeOfGroup))}`);
    expectBatch(view, layout === 0 ? 1 : 0, what);
    const flat = [...view.axes[layout === 0 ? 0 : 1], ...view.axes[2]];
    if (sizeOfGroup(flat) !== ways * units) refuse(`${what}: expected ${ways} times ${units} numbers a sample`);
    const { symbol } = arranged(view, [flat]);
    return Array.from({ length: ways }, (_, d) => (ways === 1 ? symbol : slice(symbol, d * units, (d + 1) * units)));
  }
  // A learned state that is expanded to a batch of any size is there once.
  const first = ofAnySample(value, 1 - layout, what);
  const shape = first.shape.map((n, i) => (i === 1 - layout ? 1 : n));
  expectShape({ ...first, shape }, layout === 0 ? [ways, 1, units] : [1, ways, units], what);
  const numbers = floatsOf({ ...first, shape }, what);
  return Array.from({ length: ways }, (_, d) => constantRow(building, x, numbers.slice(d * units, (d + 1) * units)));
}

/** [N, units] of the same numbers: what a layer makes of anything times 0. */
function constantRow(building: Building, x: SymbolicTensor, numbers: Float32Array): SymbolicTensor {
  const C = x.shape[1] as number;
  const step = reshape(gather(x, [0], 1), [-1, C]);
  return building.dense(step, new Float32Array(C * numbers.length), numbers.length, numbers, undefined);
}

export function recurrent(node: GraphNode, building: Building): Value[] {
  const direction = node.string("direction") ?? "forward";
  if (!["forward", "reverse", "bidirectional"].includes(direction)) refuse(`direction is "${direction}"`);
  const layout = node.int("layout", 0);
  if (layout !== 0 && layout !== 1) refuse(`layout is ${layout}; 0 and 1 are read`);
  const cell = cellOf(node, direction === "bidirectional" ? 2 : 1);
  const { ways, units } = cell;
  const X = node.view(0, "X");
  if (X.axes.length !== 3) refuse(`X: expected 3 axes, got ${showAll(X.axes.map(sizeOfGroup))}`);
  expectBatch(X, layout === 0 ? 1 : 0, "X");
  const time = X.axes[layout];
  if (sizeOfGroup(X.axes[2]) !== cell.features) {
    refuse(`X: expected ${cell.features} features, as W has, got ${showAll(X.axes.map(sizeOfGroup))}`);
  }
  const x = arranged(X, [time, X.axes[2]]);
  const lengths = readLengths(node, building, x, time);
  const names = node.op === "LSTM" ? ["initial_h", "initial_c"] : ["initial_h"];
  const given = names.map((what, i) => initialStates(node, building, 5 + i, what, ways, units, layout, x.symbol));
  const initial = given.some(states => states !== undefined)
    ? Array.from({ length: ways }, (_, d) =>
        given.map(states => states?.[d] ?? constantRow(building, x.symbol, new Float32Array(units))),
      ).flat()
    : [];
  const [wantsY = false, wantsH = false, wantsC = false] = node.wanted;
  const options = {
    returnSequences: wantsY,
    returnState: wantsC || (wantsY && wantsH),
    zeroOutputForMask: wantsY && lengths,
  };
  const name = building.name(node.proto.name);
  const layer =
    ways === 2
      ? bidirectional({ ...name, layer: cell.make(options) })
      : cell.make({ ...options, ...name, goBackwards: direction === "reverse" });
  const weights =
    ways === 1
      ? cell.weights[0]
      : Object.assign(
          {},
          ...["forward", "backward"].map((side, d) =>
            Object.fromEntries(Object.entries(cell.weights[d]).map(([key, data]) => [`${side}/${key}`, data])),
          ),
        );
  const [output, ...states] = building.all(layer, [x.symbol, ...initial], weights);
  const side: Group = ways === 2 ? [atom(2)] : [];
  const hidden = atom(units);
  const base = { ...x, ids: false };
  const last = (symbol: SymbolicTensor): View => ({
    ...base,
    symbol,
    layout: [[...side, hidden]],
    axes: layout === 0 ? [side, [x.batch], [hidden]] : [[x.batch], side, [hidden]],
  });
  const stateOf = (i: number): SymbolicTensor => {
    const own = Array.from({ length: ways }, (_, d) => states[d * names.length + i]);
    return ways === 1 ? own[0] : concat(own);
  };
  const steps = direction === "reverse" && wantsY ? reverse(output) : output;
  const Y: View = {
    ...base,
    symbol: steps,
    layout: [time, [...side, hidden]],
    axes: layout === 0 ? [time, side, [x.batch], [hidden]] : [[x.batch], time, side, [hidden]],
  };
  return [Y, last(options.returnState ? stateOf(0) : output), ...(wantsC ? [last(stateOf(1))] : [])];
}
