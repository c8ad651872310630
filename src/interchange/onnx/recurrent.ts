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

type Maker = (options: object) => ReturnType<typeof lstm>;
/** By op: its layer, its gates in the order that they have here, i f g o and z r h, and the usual activations. */
const KINDS: Readonly<Record<string, readonly [make: Maker, order: readonly number[], usual: readonly string[]]>> = {
  LSTM: [lstm as unknown as Maker, [0, 2, 3, 1], ["Sigmoid", "Tanh", "Tanh"]],
  GRU: [gru as unknown as Maker, [0, 1, 2], ["Sigmoid", "Tanh"]],
  RNN: [simpleRNN as unknown as Maker, [0], ["Tanh"]],
};

function expectShape(known: Known, wanted: readonly number[], what: string): void {
  if (known.shape.join() !== wanted.join()) refuse(`${what}: expected ${showAll(wanted)}, got ${showAll(known.shape)}`);
}

interface Cell {
  make: Maker;
  options: object;
  weights: Record<string, Float32Array>;
  units: number;
  features: number;
}

/** What the node says of its cell. */
function cellOf(node: GraphNode, ways: number): Cell {
  const [make, gates, usual] = KINDS[node.op];
  const [W, R, B] = [node.known(1, "W"), node.known(2, "R"), node.maybeKnown(3, "B")];
  const [units, features] = [R.shape[2], W.shape[2]];
  const count = gates.length;
  if (typeof units !== "number" || typeof features !== "number" || units < 1 || features < 1) {
    refuse(
      `W and R: expected [${ways}, ${count}·H, C] and [${ways}, ${count}·H, H], got ${showAll(W.shape)} and ${showAll(R.shape)}`,
    );
  }
  const hidden = node.int("hidden_size", units);
  if (hidden !== units) refuse(`hidden_size is ${hidden}, and R has ${units} units`);
  const [f, g, h] = activationsOf(node, ways, usual);
  const clip = node.float("clip", 0);
  const isLstm = node.op === "LSTM";
  const coupledGates = isLstm && node.int("input_forget", 0) !== 0;
  const resetAfter = node.op === "GRU" && node.int("linear_before_reset", 0) !== 0;
  const P = isLstm ? node.maybeKnown(7, "P") : undefined;
  // Coupled gates have no f.
  const order = coupledGates ? [0, 3, 1] : gates;
  const weights: Record<string, Float32Array> = {};
  const rows = count * units;
  const add = (name: string, known: Known | undefined, what: string, shape: readonly number[], own = order) => {
    if (!known) return;
    expectShape(known, [ways, ...shape], what);
    const all = floatsOf(known, what);
    const size = all.length / ways;
    for (let d = 0; d < ways; d++) {
      const part = all.subarray(d * size, (d + 1) * size);
      const side = ways === 1 ? "" : d === 0 ? "forward/" : "backward/";
      const blocks = what === "B" ? [part.subarray(0, rows), part.subarray(rows)] : [part];
      const [first, second] = blocks.map(block => turned(block, own, units, shape[1] ?? 1));
      weights[side + name] = !second
        ? first
        : resetAfter
          ? Float32Array.from([...first, ...second])
          : first.map((b, i) => b + second[i]);
    }
  };
  add("kernel", W, "W", [rows, features]);
  add("recurrentKernel", R, "R", [rows, units]);
  add("bias", B, "B", [2 * rows]);
  add("peephole", P, "P", [3 * units], coupledGates ? [0, 1] : [0, 2, 1]);
  const options = {
    units,
    useBias: B !== undefined,
    activation: g ?? f,
    ...(g && { recurrentActivation: f }),
    ...(h && !isSame(g, h) && { cellActivation: h }),
    ...(clip > 0 && { clip: exact(clip) }),
    ...(coupledGates && { coupledGates }),
    ...(P && { peephole: "gers" }),
    ...(node.op === "GRU" && { resetAfter }),
  };
  return { make, options, weights, units, features };
}

/** A tensor of three axes with the batch where the op wants it, in the order of `layout` 0. */
function inOrder(view: View, layout: number, what: string): View {
  const { axes, batch } = view;
  if (axes.length !== 3) refuse(`${what}: expected 3 axes, got ${showAll(axes.map(sizeOfGroup))}`);
  const [group, other] = [axes[1 - layout], axes[layout]];
  if (group.length !== 1 || group[0] !== batch) {
    const problem = `${what}: expected the batch as axis ${1 - layout}`;
    const { origin } = group.length === 1 ? group[0] : {};
    if (origin) throw new BatchElsewhere(origin[0], origin[1], problem);
    refuse(problem);
  }
  return { ...view, axes: [other, group, axes[2]] };
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
  ways: number,
  units: number,
  layout: number,
  x: SymbolicTensor,
): SymbolicTensor[] | undefined {
  const what = input === 5 ? "initial_h" : "initial_c";
  const value = node.input(input);
  if (!value || (!isView(value) && uniform(value) === 0)) return undefined;
  const directions = Array.from({ length: ways }, (_, d) => d * units);
  if (isView(value)) {
    const view = inOrder(node.view(input, what), layout, what);
    const flat = [...view.axes[0], ...view.axes[2]];
    if (sizeOfGroup(flat) !== ways * units) refuse(`${what}: expected ${ways} times ${units} numbers a sample`);
    const { symbol } = arranged(view, [flat]);
    return directions.map(at => (ways === 1 ? symbol : slice(symbol, at, at + units)));
  }
  // A learned state that is expanded to a batch of any size is there once.
  const first = ofAnySample(value, 1 - layout, what);
  const own = { ...first, shape: first.shape.map((n, i) => (i === 1 - layout ? 1 : n)) };
  expectShape(own, layout === 0 ? [ways, 1, units] : [1, ways, units], what);
  const numbers = floatsOf(own, what);
  return directions.map(at => constantRow(building, x, numbers.slice(at, at + units)));
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
  const ways = direction === "bidirectional" ? 2 : 1;
  const { make, options, weights, units, features } = cellOf(node, ways);
  const X = inOrder(node.view(0, "X"), layout, "X");
  const [time, batch, channels] = X.axes;
  if (sizeOfGroup(channels) !== features) {
    refuse(`X: expected ${features} features, as W has, got ${showAll(X.axes.map(sizeOfGroup))}`);
  }
  const x = arranged(X, [time, channels]);
  const lengths = readLengths(node, building, x, time);
  const count = node.op === "LSTM" ? 2 : 1;
  const given = Array.from({ length: count }, (_, i) =>
    initialStates(node, building, 5 + i, ways, units, layout, x.symbol),
  );
  const initial = given.some(states => states !== undefined)
    ? Array.from({ length: ways }, (_, d) =>
        given.map(states => states?.[d] ?? constantRow(building, x.symbol, new Float32Array(units))),
      ).flat()
    : [];
  const [wantsY = false, wantsH = false, wantsC = false] = node.wanted;
  const own = {
    ...options,
    returnSequences: wantsY,
    returnState: wantsC || (wantsY && wantsH),
    zeroOutputForMask: wantsY && lengths,
  };
  const isBack = direction === "reverse";
  const name = building.name(node.proto.name);
  const layer =
    ways === 2 ? bidirectional({ ...name, layer: make(own) }) : make({ ...own, ...name, goBackwards: isBack });
  const [output, ...states] = building.all(layer, [x.symbol, ...initial], weights);
  const side: Group = ways === 2 ? [atom(2)] : [];
  const hidden = [atom(units)];
  /** Steps or none, in the order of `layout`. */
  const made = (symbol: SymbolicTensor, ...steps: Group[]): View => ({
    ...x,
    symbol,
    layout: [...steps, [...side, ...hidden]],
    axes: layout === 0 ? [...steps, side, batch, hidden] : [batch, ...steps, side, hidden],
  });
  const stateOf = (i: number): View => {
    const each = Array.from({ length: ways }, (_, d) => states[d * count + i]);
    return made(ways === 1 ? each[0] : concat(each));
  };
  return [
    made(isBack && wantsY ? reverse(output) : output, time),
    own.returnState ? stateOf(0) : made(output),
    ...(wantsC ? [stateOf(1)] : []),
  ];
}
