/** Lists of tensors that are parts of one: they are told by it, and picked when one of them is asked for. */
import type { Handler } from "../building.ts";
import { filled, itemsOf, type Known } from "../known.ts";
import { isView, rankOf, type Value } from "../node.ts";
import { pick } from "../picks.ts";
import { refuse } from "../refuse.ts";
import { whole } from "../sizes.ts";
import { without } from "../view.ts";

interface List {
  value: Value;
  axis: number;
  keep: boolean;
}

/** By what stands for it, which has no numbers: whoever wants some refuses. */
const lists = /* @__PURE__ */ new WeakMap<Value, List>();

const split: Handler = node => {
  const value = node.needed(0);
  const size = node.maybeKnown(1, "split");
  const axis = node.axis(node.int("axis", 0), rankOf(value));
  // Without sizes there are parts of one element.
  const keep = node.int("keepdims", 1) !== 0 || size !== undefined;
  if (size && !itemsOf(size).every(n => n === 1)) refuse("split: parts of one element are read");
  const list: Known = { ...filled([0], 0), data: [] };
  lists.set(list, { value, axis, keep });
  return [list];
};

const at: Handler = node => {
  const list = lists.get(node.needed(0)) ?? refuse("expected a list that SplitToSequence made");
  const [index = refuse("expected a number")] = itemsOf(node.known(1, "position"));
  const own = pick(list.value, list.axis, [whole(index, "position")]);
  if (list.keep) return [own];
  if (isView(own)) return [without(own, [list.axis])];
  return [{ ...own, shape: own.shape.filter((_, i) => i !== list.axis) }];
};

export const LISTS: Readonly<Record<string, Handler>> = { SequenceAt: at, SplitToSequence: split };
