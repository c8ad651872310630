/** Calls of layers as files list them: where their tensors come from, and their other arguments. */
import { isRecord } from "../../isObject.ts";
import { titleOf } from "./entry.ts";
import { type Json, list, record, refuse, shown, text } from "./json.ts";
import { camel } from "./names.ts";

/** Where a tensor comes from; Keras 2 says other arguments behind it. */
export type Place = readonly [layer: string, node: number, tensor: number, more?: Json];

/** A use of a layer: where its tensors come from, and other arguments. */
export interface Use {
  tensors: readonly Place[];
  masks: readonly Place[];
  more: Json;
}

/** Arguments that are tensors, in the order in which layers take them. */
const TENSORS = ["initial_state", "value", "key"];
/** Arguments of a call that are options here. */
const CALLED = ["use_causal_mask", "return_attention_scores"];

/**
 * The tensors that are told: [layer, node, tensor], an object with that, or lists and objects of them.
 *
 * @param other what to do with what is none; by default an error
 */
export function placesIn(
  value: unknown,
  what: string,
  other: (value: unknown) => Place[] = value => refuse(`${what}: expected a tensor, got ${shown(value)}`),
  depth = 0,
): Place[] {
  if (depth > 8) refuse(`${what}: it is lists in lists without end`);
  if (value === null || value === undefined) return [];
  if (Array.isArray(value) && typeof value[0] === "string") return [placeFrom(value, what)];
  const isTensor = isRecord(value) && value.class_name === "__keras_tensor__";
  const inside = isTensor ? [record(value.config, what).keras_history] : isRecord(value) ? Object.values(value) : value;
  return Array.isArray(inside) ? inside.flatMap(each => placesIn(each, what, other, depth + 1)) : other(value);
}

function placeFrom(value: readonly unknown[], what: string): Place {
  const [layer, node, tensor, more] = value;
  if (!Number.isSafeInteger(node) || !Number.isSafeInteger(tensor))
    refuse(`${what}: expected [layer, node, tensor], got ${shown(value)}`);
  const place = [text(layer, what), node as number, tensor as number] as const;
  return isRecord(more) ? [...place, more] : place;
}

/**
 * A use of a layer as Keras 3 has it, { args, kwargs }, or Keras 2, [[layer, node, tensor, kwargs], …].
 *
 * @param maskNames arguments that are masks
 */
export function useOf(node: unknown, config: Json, maskNames: readonly string[]): Use {
  const what = titleOf(config);
  const { args, kwargs } = isRecord(node) ? node : { args: list(node, what), kwargs: {} };
  const first = placesIn(args, `${what} arguments`);
  const given = new Map(
    [...first.map(([, , , more]) => more ?? {}), record(kwargs ?? {}, what)].flatMap(more => Object.entries(more)),
  );
  const named = (names: readonly string[]) => names.flatMap(name => placesIn(given.get(name), `${what} ${name}`));
  const more: [string, unknown][] = [];
  for (const [name, value] of given) {
    if (maskNames.includes(name) || TENSORS.includes(name) || value === null || value === false) continue;
    if (CALLED.includes(name)) more.push([camel(name), value]);
    else refuse(`${what}: its call has ${name} ${shown(value)}, which there is not here`);
  }
  return { tensors: [...first, ...named(TENSORS)], masks: named(maskNames), more: Object.fromEntries(more) };
}
