/**
 * Tensors of a model under construction, as an ONNX graph sees them. Their axes may be in another order there, joined or split: that is
 * noted, and only what needs another order of the numbers moves them. The batch is always the first axis here.
 */
import type { SymbolicTensor } from "../../layer/layer.ts";
import { permute } from "../../layers/permute.ts";
import { reshape } from "../../layers/reshape.ts";
import { product, quotient, type Size, same, show, showAll, Unknown } from "./sizes.ts";

/** An axis that is not split, of this size, null where any will do. */
export interface Atom {
  readonly size: number | null;
  /** What an unknown size is called */
  readonly name: string;
  /** The axis of the graph's input that it is */
  readonly origin?: readonly [input: string, axis: number];
}

export type Group = readonly Atom[];

export interface View {
  readonly symbol: SymbolicTensor;
  /** What each axis of the symbol is, without the batch */
  readonly layout: readonly Group[];
  /** What each axis of the graph's tensor is; one of size 1 may be nothing */
  readonly axes: readonly Group[];
  readonly batch: Atom;
  /** Whether it has token ids */
  readonly ids: boolean;
  /** The input whose steps its own are, in their order: what lengths hide of that is hidden of it */
  readonly masked: string | undefined;
}

let count = 0;
export const atom = (size: number | null, origin?: Atom["origin"]): Atom => ({
  size,
  name: `axis${++count}`,
  ...(origin && { origin }),
});

export const sizeOf = ({ size, name }: Atom): Size => size ?? new Unknown(1, [name]);
export const sizeOfGroup = (group: Group): Size => product(group.map(sizeOf));
export const shapeOf = ({ axes }: View): Size[] => axes.map(sizeOfGroup);

/** Which axis of the graph's tensor is the batch's. */
export function batchAxis(view: View): number {
  const axis = view.axes.findIndex(group => group.includes(view.batch));
  if (view.axes[axis]?.length === 1) return axis;
  throw new RangeError("the batch's axis is joined with another; a model here has it by itself");
}

/** Sizes as a layer takes them; one may be whatever is left. */
function target(groups: readonly Group[]): number[] {
  const sizes = groups.map(group => (group.some(({ size }) => size === null) ? -1 : (sizeOfGroup(group) as number)));
  if (sizes.filter(size => size === -1).length < 2) return sizes;
  throw new RangeError("two axes of any length cannot be reshaped; give the model one of a fixed length");
}

const isSame = (a: readonly Group[], b: readonly Group[]): boolean =>
  a.length === b.length &&
  a.every((group, i) => group.length === b[i].length && group.every((each, k) => each === b[i][k]));

/** The symbol with these axes behind the batch's. */
export function arranged(view: View, groups: readonly Group[]): View {
  let { symbol, layout, masked } = view;
  const axes = [...view.axes];
  const done = (): View => ({ ...view, symbol, layout, axes, masked });
  if (isSame(layout, groups)) return done();
  if (view.ids) throw new RangeError("token ids cannot be moved; give them in the order in which they are looked up");
  const wanted = groups.flat();
  const reshaped = (to: readonly Group[]): void => {
    if (isSame(layout, to)) return;
    symbol = reshape({ targetShape: target(to) }).apply(symbol);
    // Layers forget which steps are hidden.
    masked = undefined;
    layout = to;
  };
  if (layout.flat().some((each, i) => each !== wanted[i])) {
    reshaped(layout.flat().map(each => [each]));
    const own = layout.flat();
    symbol = permute({ dims: wanted.map(each => own.indexOf(each) + 1) }).apply(symbol);
    masked = undefined;
    layout = wanted.map(each => [each]);
  }
  reshaped(groups);
  return done();
}

/** Every axis by itself, in the graph's order or with one of them last. */
export interface Settled {
  view: View;
  /** Which axis of the symbol each axis of the graph's tensor is */
  places: number[];
}

export function settled(view: View, last?: number): Settled {
  const batch = batchAxis(view);
  const order = view.axes.map((_, i) => i).filter(i => i !== batch && i !== last);
  if (last !== undefined) {
    if (last === batch) throw new RangeError("samples of a batch would be joined; they are independent here");
    order.push(last);
  }
  const moved = arranged(
    view,
    order.map(i => view.axes[i]),
  );
  const atoms = order.map(i =>
    view.axes[i].length === 1 ? view.axes[i][0] : atom(numberOr(sizeOfGroup(view.axes[i]))),
  );
  const places = view.axes.map((_, i) => (i === batch ? 0 : order.indexOf(i) + 1));
  const axes = view.axes.map((group, i) => (i === batch ? group : [atoms[places[i] - 1]]));
  return { view: { ...moved, layout: atoms.map(each => [each]), axes }, places };
}

const numberOr = (size: Size): number | null => (typeof size === "number" ? size : null);

/** The same numbers in another shape, by grouping axes anew. */
export function regrouped(view: View, wanted: readonly Size[]): View {
  const { batch } = view;
  const atoms = view.axes.flat();
  const splits = new Map<Atom, Atom[]>();
  const refuse = (): never => {
    throw new RangeError(
      `${showAll(shapeOf(view))} cannot be seen as ${wanted.map(n => (n === -1 ? "any" : show(n))).join(", ")}`,
    );
  };
  /** Takes axes of a size from one end. */
  const take = (size: Size, index: number, fromEnd: boolean): Group => {
    const group: Atom[] = [];
    const next = () => (fromEnd ? atoms[atoms.length - 1] : atoms[0]);
    const shift = () => (fromEnd ? atoms.pop() : atoms.shift());
    const put = (each: Atom) => (fromEnd ? group.unshift(each) : group.push(each));
    let left = size;
    // An axis of the batch with a fixed size of 1 is itself; any other axis of size 1 is nothing.
    if (left === 1 && next() === batch && batch.size === 1 && view.axes[index]?.length !== 0) return [shift() as Atom];
    while (left !== 1) {
      const each = next() ?? refuse();
      const rest = quotient(left, sizeOf(each));
      if (rest !== undefined) {
        put(shift() as Atom);
        left = rest;
      } else {
        const other = typeof left === "number" && typeof each.size === "number" ? quotient(each.size, left) : undefined;
        if (typeof other !== "number" || each === batch) return refuse();
        const own = atom(left as number);
        const parts = fromEnd ? [atom(other), own] : [own, atom(other)];
        splits.set(each, parts);
        shift();
        if (fromEnd) atoms.push(parts[0]);
        else atoms.unshift(parts[1]);
        put(own);
        left = 1;
      }
    }
    return group;
  };
  const open = wanted.indexOf(-1);
  const axes: Group[] = [];
  for (let i = 0; i < (open < 0 ? wanted.length : open); i++) axes[i] = take(wanted[i], i, false);
  for (let i = wanted.length - 1; i > open && open >= 0; i--)
    axes[i] = take(wanted[i], view.axes.length - (wanted.length - i), true);
  if (open >= 0) axes[open] = atoms.splice(0);
  const ones = atoms.filter(each => sizeOf(each) !== 1);
  if (ones.length > 0 || atoms.includes(batch)) return refuse();
  const split = (group: Group): Group =>
    group.flatMap(each => {
      const parts = splits.get(each);
      return parts ? split(parts) : [each];
    });
  const gone = new Set(atoms);
  const layout = view.layout.map(group => split(group).filter(each => !gone.has(each)));
  return { ...view, layout, axes: axes.map(split) };
}

/** Whether two sizes are the same as far as is known. */
export const agree = (a: Group, b: Group): boolean => {
  const [x, y] = [sizeOfGroup(a), sizeOfGroup(b)];
  return same(x, y) || typeof x !== "number" || typeof y !== "number";
};

/** Takes axes of size 1 away. */
export function without(view: View, axes: readonly number[]): View {
  const gone = new Set(axes.flatMap(axis => view.axes[axis]));
  if (gone.has(view.batch)) throw new RangeError("the batch's axis cannot be taken away");
  return {
    ...view,
    layout: view.layout.map(group => group.filter(each => !gone.has(each))),
    axes: view.axes.filter((_, i) => !axes.includes(i)),
  };
}

/** A view with another symbol and another atom on one axis, which is by itself. */
export function withAxis(view: View, axis: number, symbol: View["symbol"], group: Group): View {
  const [old] = view.axes[axis];
  return {
    ...view,
    symbol,
    layout: view.layout.map(each => (each.includes(old) ? group : each)),
    axes: view.axes.map((each, i) => (i === axis ? group : each)),
  };
}
