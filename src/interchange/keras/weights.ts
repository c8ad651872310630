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
import { expectFloat32 } from "./values.ts";

/** The weights that a model wants, by layer. */
export type Wanted = Map<Layer, NamedSpec[]>;

/** All layers in Keras' order, those of models inside at the place of these, as often as they are told. */
export const leavesOf = (part: Part): Part[] => (part.parts ? part.parts.flatMap(leavesOf) : [part]);
export const layersOf = (part: Part): Layer[] => leavesOf(part).flatMap(({ layer }) => layer ?? []);

/** The order in which Keras lists weights of a layer, or of a model inside. */
export const trainedFirst = (all: readonly NamedSpec[]): NamedSpec[] => [
  ...all.filter(isTrained),
  ...all.filter(spec => !isTrained(spec)),
];

const listed = (part: Part, wanted: Wanted): NamedSpec[] =>
  trainedFirst([...new Set(layersOf(part))].flatMap(layer => wanted.get(layer) ?? []));

/** Those that training changes, in Keras' order, which optimizers have too. */
export function trainedOf(root: Part, wanted: Wanted): NamedSpec[] {
  return listed(root, wanted).filter(isTrained);
}

/** The numbers of a dataset, float32. */
export function numbersOf(node: Hdf5Node, what: string): Numbers {
  const { shape, type } = node;
  expectFloat32(type === "f4" ? node.attribute("dtype") : type, what);
  const data = node.read();
  if (!shape || !(data instanceof Float32Array)) return refuse(`${what}: expected numbers`);
  return { shape, data };
}

/** Whole numbers are no weights: Normalization tells of how many numbers its mean is. */
const readings = (nodes: readonly Hdf5Node[]): Reading[] =>
  nodes.filter(({ type }) => !/^[iu]\d$/.test(type)).map(node => what => numbersOf(node, what));

function put(into: Map<string, Numbers>, { path, shape }: NamedSpec, found: Numbers, what: string): void {
  const [only] = found.data;
  const one = found.shape.length === 0 && sizeOf(shape) < 2 ** 20;
  const numbers = one ? { shape, data: new Float32Array(sizeOf(shape)).fill(only) } : found;
  if (numbers.shape.join() !== shape.join())
    refuse(`${what}: expected ${path} of ${showShape(shape)}, got ${showShape(numbers.shape)}`);
  into.set(path, numbers);
}

/** Weights whose numbers the architecture says; the file has none of them, so that they are not wanted any more. */
export function saidIn(root: Part, wanted: Wanted): Map<string, Numbers> {
  const said = new Map<string, Numbers>();
  for (const { className, name, layer, own = {} } of leavesOf(root)) {
    if (!layer || className !== "Normalization" || own.mean == null) continue;
    for (const [i, spec] of (wanted.get(layer) ?? []).entries()) {
      const value = i ? own.variance : own.mean;
      const data = Float32Array.from([value].flat(9) as number[]);
      const shape = Array.isArray(value) ? [data.length] : [];
      put(said, spec, { shape, data }, `layer ${shown(name)} (${className})`);
    }
    wanted.set(layer, []);
  }
  return said;
}

/** Weights by path, of lists that are complete or not. */
export function pair(
  part: Part,
  specs: readonly NamedSpec[],
  found: readonly Reading[],
  into: Map<string, Numbers>,
): void {
  const what = `layer ${shown(part.name)} (${part.className})`;
  if (specs.length !== found.length) {
    const names = specs.map(({ path }) => path.slice(path.indexOf("/") + 1)).join(", ") || "none";
    refuse(`${what}: expected ${specs.length} weights (${names}), got ${found.length}`);
  }
  for (const [i, spec] of specs.entries()) put(into, spec, found[i](`${what} weight ${i}`), what);
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
  into: Map<string, Numbers>,
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
export function weightsByName(
  root: Hdf5Node,
  part: Part,
  wanted: Wanted,
  into: Map<string, Numbers>,
): Map<string, Numbers> {
  for (const inner of part.parts ?? []) {
    const specs = listed(inner, wanted);
    const group = root.get(inner.name);
    const names = group ? textsOf(group, "weight_names") : [];
    const nodes = names.map(
      name => group?.get(name) ?? refuse(`layer ${shown(inner.name)}: the file has no ${shown(name)}`),
    );
    pair(inner, specs, readings(nodes), into);
  }
  return into;
}
