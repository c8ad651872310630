/** The options that every layer takes, and how a layer gets its own checked. */
import type { Constraint } from "../constraints/constraint.ts";
import { isObject, isReadable } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { MAX_AXES } from "../nested.ts";
import {
  boolean,
  type Checked,
  checked,
  type Input,
  type Option,
  option,
  optional,
  options,
  type Schema,
} from "../options.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { InnerShape } from "../weight.ts";

const NAME = /^[\w-]{1,100}$/;

/** Made by a maker; of a file it is what makes it again, and training makes it. */
const rule = <Rule>(group: string) =>
  option<Rule>((value, what) => {
    if (isObject(value) && isReadable(value) && "name" in value) return value as Rule;
    throw new TypeError(`${what}: expected one made by ${group}, got ${describe(value)}`);
  });
const regularizer = optional(rule<Regularizer>("regularizers"));
const constraint = optional(rule<Constraint>("constraints"));

/** The names of weights that options have an initializer for. */
type Initialized<S> = keyof S extends infer K
  ? K extends `${infer Name}Initializer`
    ? Exclude<Name, `moving${string}`>
    : never
  : never;

/** What weights with an initializer may have beside it: what they cost, and what they must be after each step of training. */
export type WeightRules<S> = { [K in Initialized<S> as `${K}Regularizer`]?: Regularizer } & {
  [K in Initialized<S> as `${K}Constraint`]?: Constraint;
};

/** The options of `WeightRules`. */
export function rulesFor(own: Schema): Schema {
  const names = Object.keys(own).flatMap(key => key.match(/^(?!moving)(.+)Initializer$/)?.[1] ?? []);
  return Object.fromEntries(
    names.flatMap(name => [
      [`${name}Regularizer`, regularizer],
      [`${name}Constraint`, constraint],
    ]),
  );
}

export const LAYER = options({
  /** A name of its own in the model (default: the kind and a number) */
  name: optional(option(value => expectLayerName(value))),
  /** The input's shape without the batch axis, for the first layer of a sequential model; null is any length */
  inputShape: optional(option(value => expectInnerShape(value, "inputShape"))),
  /** Whether training changes the weights; default true. May be changed later, see `Layer.trainable` */
  trainable: optional(boolean),
  /** What its outputs cost in training, by the number of samples: made by `regularizers`; default nothing */
  activityRegularizer: regularizer,
});

/** Options that every layer takes. */
export interface LayerOptions extends Input<typeof LAYER> {}

/** What errors about a layer's options call it: its name, else its kind. */
export function titleOf(given: unknown, kind: string): string {
  const name = (given as LayerOptions | null | undefined)?.name;
  return typeof name === "string" && NAME.test(name) ? name : kind;
}

/**
 * Where a value came alone, as Keras takes it: says which option it is.
 *
 * @throws TypeError for what is no object of options but may be one of them
 */
export function expectNamed(given: unknown, kind: string, own: Schema): void {
  const isLayer = isObject(given) && isReadable(given) && "toJSON" in given;
  if (!isLayer && !["number", "string", "boolean", "function"].includes(typeof given)) return;
  const needed = Object.keys(own).filter(key => !("need" in own[key]));
  const keys = needed.length > 0 ? needed : Object.keys(own).slice(0, 1);
  const meant = keys.find(key => accepts(own[key], given));
  if (meant === undefined) return;
  const shown = typeof given === "object" || typeof given === "function" ? "…" : describe(given);
  const named = keys.map(key => `${key}: ${key === meant ? shown : "…"}`).join(", ");
  throw new TypeError(`${kind}: expected an options object, got ${describe(given)}; write ${kind}({ ${named} })`);
}

function accepts({ check }: Option<unknown>, value: unknown): boolean {
  try {
    check(value, "", "");
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks and completes a layer's options.
 *
 * @param kind what errors call a layer without a name
 * @param own the layer's own options; those of every layer are added
 * @returns the settings: those given in the order in which they came, as saved models have them, then the defaults
 */
export function layerSettings<S extends Schema>(given: unknown, kind: string, own: S): Checked<S> & LayerOptions {
  expectNamed(given, kind, own);
  const settings = checked(given, titleOf(given, kind), { ...own, ...LAYER, ...rulesFor(own) });
  return { ...(given as object), ...(settings as Checked<S> & LayerOptions) };
}

export function expectLayerName(value: unknown, what = "layer name"): string {
  if (typeof value === "string" && NAME.test(value)) return value;
  throw new TypeError(`${what}: expected letters, digits, "_" and "-" (at most 100), got ${describe(value)}`);
}

export function expectInnerShape(value: unknown, what: string): InnerShape {
  const good = (n: unknown) => n === null || (Number.isSafeInteger(n) && (n as number) >= 1);
  const short = Array.isArray(value) && value.length <= MAX_AXES;
  if (short && value.every(good)) return [...value];
  throw new TypeError(
    `${what}: expected an array of whole numbers >= 1 (null: any length), without the batch axis, got ${
      short ? `[${value.map(n => (n === null ? "null" : describe(n))).join(", ")}]` : describe(value)
    }`,
  );
}
