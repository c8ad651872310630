/** A node of a graph as its op reads it: what nobody asks for is refused, so that nothing is ignored. */
import { cut } from "../../describe.ts";
import { itemsOf, type Known, knownOf } from "./known.ts";
import { refuse } from "./refuse.ts";
import type { AttributeProto, NodeProto } from "./schema.ts";
import { type Size, showAll, whole } from "./sizes.ts";
import { shapeOf, type View } from "./view.ts";

/** What a name of the graph stands for. */
export type Value = Known | View;

export const isView = (value: Value): value is View => "symbol" in value;

const text = /* @__PURE__ */ new TextDecoder();

export class GraphNode {
  readonly op: string;
  /** What the one reader of a product adds to it, if that is known: it becomes the layer's bias */
  addend: Float32Array | undefined;
  /** LSTM "name", for errors */
  readonly title: string;
  readonly #attributes: Map<string, AttributeProto>;
  readonly #asked = new Set<number>();

  /**
   * @param values its inputs; undefined for one that is left out
   * @param wanted which of its outputs are used
   * @param opset the version of the operators
   */
  constructor(
    readonly proto: NodeProto,
    readonly values: readonly (Value | undefined)[],
    readonly wanted: readonly boolean[],
    readonly opset: number,
    title: string,
  ) {
    this.op = proto.op_type ?? "";
    this.title = title;
    this.#attributes = new Map((proto.attribute ?? []).map(each => [each.name ?? "", each]));
  }

  input(i: number): Value | undefined {
    this.#asked.add(i);
    return this.values[i];
  }

  needed(i: number): Value {
    const value = this.input(i);
    if (value) return value;
    refuse(`input ${i} is missing`);
  }

  /** An input that depends on the model's own. */
  view(i: number, what = `input ${i}`): View {
    const value = this.needed(i);
    if (!isView(value)) refuse(`expected ${what} to be computed from the model's inputs, got a constant`);
    if (value.ids)
      refuse(`expected ${what} to be numbers, got whole numbers, which are read as token ids by Gather alone`);
    return value;
  }

  /** An input whose numbers the file has. */
  known(i: number, what: string): Known {
    const value = this.maybeKnown(i, what);
    if (value) return value;
    refuse(`${what} (input ${i}) is missing`);
  }

  maybeKnown(i: number, what: string): Known | undefined {
    const value = this.input(i);
    if (!value || !isView(value)) return value;
    refuse(`expected ${what} to be a constant, got what is computed from the model's inputs`);
  }

  /** Small whole numbers from an input, some of which may be sizes that are not known. */
  sizes(i: number, what: string): Size[] {
    return itemsOf(this.known(i, what));
  }

  /** An attribute's value; one that is there by its type alone is 0 or empty, which proto3 leaves out. */
  #value<K extends keyof AttributeProto>(
    name: string,
    key: K,
    type: number,
    none: AttributeProto[K],
  ): AttributeProto[K] | undefined {
    const found = this.#attributes.get(name);
    if (!found) return undefined;
    this.#attributes.delete(name);
    const value = found[key] ?? ((found.type ?? type) === type ? none : undefined);
    return value ?? refuse(`the attribute ${name} is of another type than ONNX says`);
  }

  int(name: string): number | undefined;
  int(name: string, fallback: number): number;
  int(name: string, fallback?: number): number | undefined {
    return this.#value(name, "i", 2, 0) ?? fallback;
  }

  float(name: string): number | undefined;
  float(name: string, fallback: number): number;
  float(name: string, fallback?: number): number | undefined {
    return this.#value(name, "f", 1, 0) ?? fallback;
  }

  string(name: string): string | undefined {
    const bytes = this.#value(name, "s", 3, new Uint8Array());
    return bytes && text.decode(bytes);
  }

  ints(name: string): number[] | undefined {
    return this.#value(name, "ints", 7, []);
  }

  floats(name: string): number[] | undefined {
    return this.#value(name, "floats", 6, []);
  }

  strings(name: string): string[] | undefined {
    return this.#value(name, "strings", 8, [])?.map(bytes => text.decode(bytes));
  }

  tensor(name: string): Known | undefined {
    const proto = this.#value(name, "t", 4, undefined);
    return proto && knownOf(proto, `the attribute ${name}`);
  }

  /** Whole numbers that are an attribute in older versions and an input in others. */
  wholes(i: number, name: string): number[] | undefined {
    return this.ints(name) ?? (this.input(i) ? this.sizes(i, name).map(n => whole(n, name)) : undefined);
  }

  /** Passes over an attribute of no effect here. */
  without(...names: string[]): void {
    for (const name of names) this.#attributes.delete(name);
  }

  /** An axis from 0, of one that may count from the end. */
  axis(value: number, rank: number): number {
    const axis = value < 0 ? value + rank : value;
    if (Number.isInteger(axis) && axis >= 0 && axis < rank) return axis;
    refuse(`there is no axis ${value} of ${rank}`);
  }

  /** Refuses what was not asked for. */
  finish(): void {
    const [attribute] = this.#attributes.keys();
    if (attribute !== undefined) refuse(`the attribute ${cut(attribute)} is not read`);
    const input = this.values.findIndex((value, i) => value && !this.#asked.has(i));
    if (input >= 0) refuse(`input ${input} is not read`);
  }
}

export const rankOf = (value: Value): number => (isView(value) ? value.axes : value.shape).length;
/** Shapes of several, for errors. */
export const showShapes = (values: readonly Value[]): string =>
  values.map(value => showAll(sizesOf(value))).join(" and ");
export const sizesOf = (value: Value): readonly Size[] => (isView(value) ? shapeOf(value) : value.shape);
