/** Where the numbers of a model's weights are in a file of Keras': by the places of layers, or in lists of names. */
import { showShape } from "../../expect.ts";
import type { Numbers } from "../../formats/blueprint.ts";
import type { NamedSpec } from "../../graph/plan.ts";
import { isTrained } from "../../graph/plan.ts";
import type { Layer } from "../../layer/layer.ts";
import { sizeOf } from "../../ndarray.ts";
import type { Hdf5Node } from "../hdf5/read.ts";
import type { Part, Reading } from "./graph.ts";
import { refuse, shown } from "./json.ts";
import { groupName } from "./names.ts";

/** The weights that a model wants, by layer. */
export type Wanted = ReadonlyMap<Layer, readonly NamedSpec[]>;

/** All layers in Keras' order, those of models inside at the place of these. */
export const layersOf = (part: Part): Layer[] =>
  part.parts ? part.parts.flatMap(layersOf) : part.layer ? [part.layer] : [];

/** Weights in the order in which Keras lists those of a layer, or of a model inside: trained ones first. */
function listed(part: Part, wanted: Wanted): NamedSpec[] {
  const all = [...new Set(layersOf(part))].flatMap(layer => wanted.get(layer) ?? []);
  return [...all.filter(isTrained), ...all.filter(spec => !isTrained(spec))];
}

/** Those that training changes, in Keras' order, which optimizers have too. */
export function trainedOf(root: Part, wanted: Wanted): NamedSpec[] {
  return [...new Set(layersOf(root))].flatMap(layer => (wanted.get(layer) ?? []).filter(isTrained));
}

/** The numbers of a dataset, float32. */
export function numbersOf(node: Hdf5Node, what: string): Numbers {
  const { shape, type } = node;
  const said = node.attribute("dtype");
  if (type !== "f4" || (said !== undefined && said !== "float32"))
    refuse(`${what}: expected float32, got ${shown(said ?? type)}; in Keras, make the model with dtype="float32"`);
  const data = node.read();
  if (!shape || !(data instanceof Float32Array)) return refuse(`${what}: expected numbers`);
  return { shape, data };
}

const readings = (nodes: readonly Hdf5Node[]): Reading[] => nodes.map(node => what => numbersOf(node, what));

/** Weights by path, of lists that are complete or not. */
export function pair(
  part: Part,
  specs: readonly NamedSpec[],
  found: readonly Reading[],
  into: Map<string, Numbers>,
): void {
  // Behind mean and variance stands how many numbers these are of; where a config says them there are none.
  const nodes = part.className === "Normalization" ? (part.given ?? found.slice(0, 2)) : found;
  const what = `layer ${shown(part.name)} (${part.className})`;
  if (specs.length !== nodes.length) {
    const names = specs.map(({ path }) => path.slice(path.indexOf("/") + 1)).join(", ") || "none";
    refuse(`${what}: expected ${specs.length} weights (${names}), got ${nodes.length}`);
  }
  for (const [i, { path, shape }] of specs.entries()) {
    let numbers = nodes[i](`${what} weight ${i}`);
    const [only] = numbers.data;
    if (numbers.shape.length === 0 && sizeOf(shape) < 2 ** 20)
      numbers = { shape, data: new Float32Array(sizeOf(shape)).fill(only) };
    if (numbers.shape.join() !== shape.join())
      refuse(`${what}: expected ${path} of ${showShape(shape)}, got ${showShape(numbers.shape)}`);
    into.set(path, numbers);
  }
}

/** Parts of layers that have weights, in the order of these: cells, directions, what is inside, projections. */
const CELL = ["cell"];
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  lstm: CELL,
  gru: CELL,
  simpleRNN: CELL,
  bidirectional: ["forward_layer", "backward_layer"],
  timeDistributed: ["layer"],
  multiHeadAttention: ["query_dense", "key_dense", "value_dense", "output_dense"],
};

/** The datasets vars/0, vars/1, … of a group. */
export function varsOf(group: Hdf5Node | undefined): Hdf5Node[] {
  const vars = group?.get("vars");
  const found: Hdf5Node[] = [];
  for (let node = vars?.get("0"); node; node = vars?.get(String(found.length))) found.push(node);
  return found;
}

const datasetsOf = (group: Hdf5Node): Hdf5Node[] => [
  ...varsOf(group),
  ...[...new Set(Object.values(PARTS).flat())].flatMap(name => {
    const inside = group.get(name);
    return inside ? datasetsOf(inside) : [];
  }),
];

/**
 * Weights of a `.keras` file, whose groups are named by class and number: the second LSTM's is lstm_1, whatever its name. Keras
 * 2.13 counts those with weights twice.
 */
export function weightsByPlace(
  root: Hdf5Node,
  part: Part,
  wanted: Wanted,
  into = new Map<string, Numbers>(),
): Map<string, Numbers> {
  const group = root.get("layers") ?? root.get("cells") ?? root.get("_layer_checkpoint_dependencies");
  const byClass = new Map<string, string[]>();
  for (const name of group?.names ?? []) {
    const base = name.replace(/_\d+$/, "");
    byClass.set(base, [...(byClass.get(base) ?? []), name]);
  }
  const number = (name: string): number => Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
  for (const names of byClass.values()) names.sort((a, b) => number(a) - number(b));
  const done = new Set<Layer>();
  for (const inner of part.parts ?? []) {
    const name = byClass.get(groupName(inner.className))?.shift();
    const node = name === undefined ? undefined : group?.get(name);
    if (inner.parts) {
      if (node) weightsByPlace(node.get("cell") ?? node, inner, wanted, into);
      else if (listed(inner, wanted).length > 0) refuse(`model ${shown(inner.name)}: the file has no weights of it`);
    } else if (inner.layer && !done.has(inner.layer)) {
      done.add(inner.layer);
      pair(inner, wanted.get(inner.layer) ?? [], node ? readings(datasetsOf(node)) : [], into);
    }
  }
  return into;
}

/** A list of texts among attributes, which Keras cuts where it is long. */
export function textsOf(node: Hdf5Node, name: string): string[] {
  const whole = node.attribute(name);
  if (Array.isArray(whole)) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = node.attribute(`${name}${i}`);
    if (!Array.isArray(part)) return parts;
    parts.push(...part);
  }
}

/** Weights of a legacy `.h5` file, which lists their names layer by layer. */
export function weightsByName(root: Hdf5Node, part: Part, wanted: Wanted): Map<string, Numbers> {
  const weights = new Map<string, Numbers>();
  for (const inner of part.parts ?? []) {
    const specs = listed(inner, wanted);
    const group = root.get(inner.name);
    const names = group ? textsOf(group, "weight_names") : [];
    const nodes = names.map(
      name => group?.get(name) ?? refuse(`layer ${shown(inner.name)}: the file has no ${shown(name)}`),
    );
    pair(inner, specs, readings(nodes), weights);
  }
  return weights;
}
