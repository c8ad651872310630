/**
 * Masks in a functional model of Keras 3: where a layer takes one as an argument, as Bidirectional and pooling do, the file lists the ops
 * that make it, and the call names it. Here a mask goes with its tensor, so that the ops fall away; another mask than that is refused.
 */
import { isRecord } from "../../isObject.ts";
import { type Place, placesIn, type Use } from "./calls.ts";
import { titleOf } from "./entry.ts";
import { type Json, list, record, refuse, shown } from "./json.ts";

/** A layer, a model or an op as the file lists it, with its calls. */
export interface Listed {
  config: Json;
  uses: readonly Use[];
}

/** How a program says masks that are arguments. */
export interface Masks {
  /** Of calls */
  names: readonly string[];
  /** Whether what is listed as a layer is an op that makes masks */
  isOp(config: Json): boolean;
  /** Refuses masks that are not those of what a layer reads */
  expectOwn(all: ReadonlyMap<string, Listed>): void;
}

const OPS = /^(NotEqual|Any|All|ConvertToTensor|ExpandDims|BroadcastTo|OnesLike|ZerosLike|LogicalOr|LogicalAnd|Cast)$/;

/** Whether it is an op: `.keras` files name its module; in `.h5` files those of masks are known by their names, or by truth values. */
const isOp = ({ module, class_name: kind, inbound_nodes: nodes }: Json): boolean =>
  module === undefined
    ? OPS.test(String(kind)) || (kind === "Concatenate" && /"dtype":"bool"/.test(JSON.stringify(nodes)))
    : /^keras\.(src\.)?ops\b/.test(String(module));

/** Whose numbers are hidden: a tensor, and the number that hides. */
type Key = string;

/** What a mask is made of. */
function keysOf([name]: Place, all: ReadonlyMap<string, Listed>, what: string, depth = 0): Key[] {
  const config = all.get(name)?.config;
  if (!config || !isOp(config) || depth > 32)
    refuse(`${what} mask: expected that of its input, got one from ${shown(name)}; here a mask goes with its tensor`);
  if (["OnesLike", "ZerosLike"].includes(config.class_name as string)) return [];
  const title = titleOf(config);
  const { args, kwargs } = record(list(config.inbound_nodes, title)[0], title);
  const [, second] = list(args, title);
  const tensors = placesIn([args, kwargs], title, () => []);
  if (config.class_name === "NotEqual" && tensors.length === 1) return [`${tensors} ${second}`];
  return tensors.flatMap(tensor => keysOf(tensor, all, what, depth + 1));
}

/** The numbers by which a layer, or what is inside of it, hides steps. */
function hiding({ class_name: kind, config }: Json, depth = 0): unknown[] {
  if (!isRecord(config) || depth > 8) return [];
  if (kind === "Masking") return [config.mask_value ?? 0];
  const inside = [...(Array.isArray(config.layers) ? config.layers : []), config.layer].filter(isRecord);
  return [...(config.mask_zero === true ? [0] : []), ...inside.flatMap(each => hiding(each, depth + 1))];
}

/** Refuses masks that are not those of what a layer reads. */
function expectOwn(all: ReadonlyMap<string, Listed>): void {
  for (const { config, uses } of all.values()) {
    const wanted = uses.flatMap(({ masks }) => masks).flatMap(mask => keysOf(mask, all, titleOf(config)));
    if (wanted.length === 0) continue;
    const found = new Set<Key>();
    const seen = new Set<string>();
    const left = uses.flatMap(({ tensors }) => tensors);
    for (let place = left.pop(); place; place = left.pop()) {
      const own = all.get(place[0]);
      if (!own || seen.has(place[0])) continue;
      seen.add(place[0]);
      const tensors = own.uses.flatMap(use => use.tensors);
      for (const value of hiding(own.config)) for (const tensor of tensors) found.add(`${tensor} ${value}`);
      left.push(...tensors);
    }
    for (const key of wanted)
      if (!found.has(key))
        refuse(
          `${titleOf(config)} mask: expected that of its input, got one of ${key}; here a mask goes with its tensor`,
        );
  }
}

/** Masks as Keras 3 has them, for `Origin`. */
export const MASKS: Masks = { names: ["mask", "query_mask", "value_mask", "key_mask"], isOp, expectOwn };
