/**
 * Options, stated once: an option's name, check, default and documentation stand in one place, and the types follow.
 *
 * @example
 * const OPTIONS = options({
 *   // (a doc comment here: editors show it, and so does the emitted declaration)
 *   units: integer(),
 *   activation: optional(activation, "linear"),
 * });
 * type DenseOptions = Input<typeof OPTIONS>; // { units: number; activation?: Activation }
 * type Settings = Checked<typeof OPTIONS>; // { units: number; activation: Activation }
 * const settings = checked(given, "dense", OPTIONS);
 */
import {
  expectBoolean,
  expectFraction,
  expectInteger,
  expectNumber,
  expectOneOf,
  expectOptions,
  expectPositive,
  expectSeed,
} from "./expect.ts";

/** An option that must be given: what becomes of it, and what a user may give for that. */
export interface Option<Value, Given = Value> {
  /**
   * Checks and completes.
   *
   * @param what the option in errors: "dense units"
   * @param title whose option it is: "dense"
   */
  readonly check: (value: unknown, what: string, title: string) => Value;
  /** Whether null goes to the check, and is no way to leave the option out */
  readonly checksNull?: boolean;
  /** Never there: for the types alone */
  readonly given?: Given;
}

/** An option that may be left out, and then is not there. */
export interface Optional<Value, Given = Value> extends Option<Value, Given> {
  readonly need: "none";
}

/** An option that may be left out, for something else. */
export interface Defaulted<Value, Given = Value> extends Option<Value, Given> {
  readonly need: "default";
  readonly fallback: Given | Fallback<Given>;
}

/** A default that depends on the other options, those checked that have no such default. */
type Fallback<Given> = (settings: never) => Given;

export type Schema = Readonly<Record<string, Option<unknown>>>;

type Given<O> = O extends Option<unknown, infer G> ? G : never;
type Value<O> = O extends { readonly check: (...names: never[]) => infer V } ? V : never;
/** Names of the options with that need; of those that must be given, `undefined`. */
type Keys<S, Need> = {
  [K in keyof S]: S[K] extends { readonly need: infer N }
    ? N extends Need
      ? K
      : never
    : undefined extends Need
      ? K
      : never;
}[keyof S];
// Written over names that are known to be of S, so that their doc comments are carried along.
type GivenOf<S, K extends keyof S> = { [P in K]: Given<S[P]> };
type MaybeGivenOf<S, K extends keyof S> = { [P in K]?: Given<S[P]> | undefined };
type ValuesOf<S, K extends keyof S> = { [P in K]: Value<S[P]> };

/** What users give; undefined is as good as nothing, also where TypeScript tells the two apart. */
export type Input<S> = GivenOf<S, Keys<S, undefined>> & MaybeGivenOf<S, Keys<S, "none" | "default">>;
/** The same, checked and complete. */
export type Checked<S> = ValuesOf<S, Keys<S, undefined | "default">> & Partial<ValuesOf<S, Keys<S, "none">>>;

/** The options of something, by name, in the order in which errors list them. */
export const options = <S extends Schema>(schema: S): S => schema;

/** An option of any kind, from the function that checks and completes it. */
export function option<Value>(check: Option<Value>["check"]): Option<Value>;
export function option<Value, Given>(check: Option<Value>["check"]): Option<Value, Given>;
export function option<Value>(check: Option<Value>["check"]): Option<Value> {
  return { check };
}

/** An option that is checked later, where more is known. */
export const unchecked = <Value>(): Option<Value> => ({ check: value => value as Value });

/** An option that may be left out; then it is not there, or it is the default, which may be a function of other options. */
export function optional<Value, Given>(of: Option<Value, Given>): Optional<Value, Given>;
export function optional<Value, Given, Default extends Given>(
  of: Option<Value, Given>,
  fallback: Default | Fallback<Default>,
): Defaulted<Value, Given>;
export function optional<Value, Given>(of: Option<Value, Given>, ...fallback: [(Given | Fallback<Given>)?]) {
  return fallback.length === 0 ? { ...of, need: "none" } : { ...of, need: "default", fallback: fallback[0] };
}

/** An option that may be null. */
export const orNull = <Value, Given>({ check }: Option<Value, Given>): Option<Value | null, Given | null> => ({
  check: (value, ...names) => (value === null ? null : check(value, ...names)),
  checksNull: true,
});

export const boolean = option(expectBoolean);
export const fraction = option(expectFraction);
export const positive = option(expectPositive);
export const seed = option(expectSeed);
export const integer = (min?: number, max?: number): Option<number> =>
  option((value, what) => expectInteger(value, what, min, max));
export const number = (min?: number, max?: number): Option<number> =>
  option((value, what) => expectNumber(value, what, min, max));
export const oneOf = <const Name extends string>(names: readonly Name[]): Option<Name> =>
  option((value, what) => expectOneOf(value, names, what));

/**
 * Checks and completes options.
 *
 * @param title what errors call their owner
 * @param schema see `options`
 * @param joint what stands between the title and an option's name
 * @returns the settings, in the schema's order
 * @throws TypeError or RangeError for an unknown option, or one of the wrong type or value
 */
export function checked<S extends Schema>(given: unknown, title: string, schema: S, joint = " "): Checked<S> {
  expectOptions(given, Object.keys(schema), title);
  const values = given as Record<string, unknown>;
  const settings: Record<string, unknown> = {};
  const derived: (() => void)[] = [];
  for (const [key, known] of Object.entries(schema) as [string, Option<unknown> | Defaulted<unknown>][]) {
    const set = (value: unknown): void => {
      settings[key] = known.check(value, `${title}${joint}${key}`, title);
    };
    const value = values[key];
    const isDefaulted = "need" in known && known.need === "default";
    if (isDefaulted && (value === undefined || (value === null && !known.checksNull))) {
      const { fallback } = known;
      if (typeof fallback === "function") {
        settings[key] = undefined; // its place
        derived.push(() => set((fallback as (settings: unknown) => unknown)(settings)));
      } else set(fallback);
    } else if (value !== undefined || !("need" in known)) set(value);
  }
  for (const derive of derived) derive();
  return settings as Checked<S>;
}
