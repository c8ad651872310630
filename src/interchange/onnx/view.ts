/**
 * Tensors of a model under construction, as an ONNX graph sees them. Their axes may be in another order there, joined or split: that is
 * noted, and only what needs another order of the numbers moves them. The batch is always the first axis here.
 */
import type { SymbolicTensor } from "../../layer/layer.ts";
import { permute } from "../../layers/permute.ts";
import { reshape } from "../../layers/reshape.ts";
import { refuse } from "./refuse.ts";
import { product, quotient, type Size, same, Unknown } from "./sizes.ts";

/** An axis that is not split, of this size, null where any will do. */
export interface Atom {
  readonly size: number | null;
  /** What an unknown size is called */
  readonly name: string;
  /** The axis of the graph's input that it is, of so many */
  readonly origin?: readonly [input: string, axis: number, axes: number];
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

/** Which axis of the graph's tensor has the batch, by itself or joined with others. */
export const batchPlace = (view: View): number => view.axes.findIndex(group => group.includes(view.batch));

/** Which one is the batch's alone. */
export function batchAxis(view: View): number {
  const axis = batchPlace(view);
  if (view.axes[axis]?.length === 1) return axis;
  return refuse("the batch's axis is joined with another; a model here has it by itself");
}

/** Sizes as a layer takes them; one may be whatever is left. */
function target(groups: readonly Group[]): number[] {
  const sizes = groups.map(group => (group.some(({ size }) => size === null) ? -1 : (sizeOfGroup(group) as number)));
  if (sizes.filter(size => size === -1).length < 2) return sizes;
  refuse("two axes of any length cannot be reshaped; give the model one of a fixed length");
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
  if (view.ids) refuse("token ids cannot be moved; give them in the order in which they are looked up");
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

/** Axes as a symbol has them: without the batch, and apart what is joined with it. */
export const behindBatch = (axes: readonly Group[], at: number, batch: Atom): Group[] =>
  axes.flatMap((group, i) => (i === at ? group.filter(each => each !== batch).map(each => [each]) : [group]));

/** What is hidden of all of these alike. */
export const maskedBoth = (views: readonly View[]): string | undefined =>
  views.every(({ masked }) => masked === views[0].masked) ? views[0].masked : undefined;

/** Every axis by itself, in the graph's order or with one of them last; of those that are joined with the batch, each one. */
export function settled(view: View, last?: number): View {
  const batch = batchPlace(view);
  if (last === batch) refuse("samples of a batch would be joined; they are independent here");
  const order = view.axes.map((_, i) => i).filter(i => i !== last);
  if (last !== undefined) order.push(last);
  const axes = view.axes.map((group, i) =>
    i === batch || group.length === 1 ? group : [atom(numberOr(sizeOfGroup(group)))],
  );
  const apart = (groups: readonly Group[]): Group[] =>
    behindBatch(
      order.map(i => groups[i]),
      order.indexOf(batch),
      view.batch,
    );
  return { ...arranged(view, apart(view.axes)), layout: apart(axes), axes };
}

/** Which axis of a settled symbol an axis of the graph's tensor is; 0 for one that has the batch. */
export const placeOf = ({ layout, axes }: View, axis: number): number => layout.indexOf(axes[axis]) + 1;

const numberOr = (size: Size): number | null => (typeof size === "number" ? size : null);

/** The same numbers in another shape, by grouping axes anew and splitting them; undefined if that does not make it. */
export function regrouped(view: View, wanted: readonly Size[]): View | undefined {
  const { batch } = view;
  const atoms = view.axes.flat();
  const splits = new Map<Atom, Group>();
  const axes: Group[] = [];
  for (const [i, size] of wanted.entries()) {
    const group: Atom[] = [];
    axes.push(group);
    // An axis of size 1 is itself where one is wanted; elsewhere it is nothing, but for the batch's.
    if (size === 1 && atoms[0]?.size === 1 && view.axes[i]?.length !== 0) group.push(atoms.shift() as Atom);
    for (let left = size; left !== 1; ) {
      const each = atoms.shift();
      if (!each) return undefined;
      const more = quotient(left, sizeOf(each));
      if (each.size === 1 && each !== batch) splits.set(each, []);
      else if (more !== undefined) {
        group.push(each);
        left = more;
      } else {
        const other = each === batch || each.size === null ? undefined : quotient(each.size, left);
        if (typeof other !== "number") return undefined;
        const parts = [atom(left as number), atom(other)];
        splits.set(each, parts);
        group.push(parts[0]);
        atoms.unshift(parts[1]);
        left = 1;
      }
    }
    // A batch of one sample goes with what is before it, rather than with the features, which are last.
    const isLast = i === wanted.length - 2 && wanted[i + 1] !== 1;
    if (isLast && batch.size === 1 && atoms[0] === batch) group.push(atoms.shift() as Atom);
  }
  if (atoms.some(each => each.size !== 1 || each === batch)) return undefined;
  for (const each of atoms) splits.set(each, []);
  const split = (group: Group): Group =>
    group.flatMap(each => (splits.has(each) ? split(splits.get(each) as Group) : [each]));
  return { ...view, layout: view.layout.map(split), axes: axes.map(split) };
}

/** Whether two sizes are the same as far as is known. */
export const agree = (a: Size, b: Size): boolean => same(a, b) || typeof a !== "number" || typeof b !== "number";

/** Takes axes of size 1 away. */
export function without(view: View, axes: readonly number[]): View {
  const gone = new Set(axes.flatMap(axis => view.axes[axis]));
  if (gone.has(view.batch)) refuse("the batch's axis cannot be taken away");
  return {
    ...view,
    layout: view.layout.map(group => group.filter(each => !gone.has(each))),
    axes: view.axes.filter((_, i) => !axes.includes(i)),
  };
}

/** A settled view with another symbol and other atoms on one axis; whose steps it has is forgotten, unless it is given. */
export function withAxis(view: View, axis: number, symbol: SymbolicTensor, group: Group, masked?: string): View {
  const old = view.axes[axis];
  const changed = (groups: readonly Group[]) => groups.map(each => (each === old ? group : each));
  return { ...view, symbol, layout: changed(view.layout), axes: changed(view.axes), masked };
}
