/** Options of what users define themselves: plain JSON, since files hold them, and of the kinds that their defaults have. */

import { cut, describe } from "./describe.ts";
import { expectOptions } from "./expect.ts";
import { expectPlain } from "./plainJson.ts";

function kindOf(value: unknown): string {
  if (value === null) return "plain JSON";
  if (Array.isArray(value)) return "an array of plain JSON";
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : "NaN";
  return { string: "a text", boolean: "true or false" }[typeof value as string] ?? "plain JSON";
}

/** Defaults, as a definition gives them. */
export function expectDefaults<Options extends object>(defaults: Options, what: string): Options {
  const known = Object.keys((defaults as object | null) ?? {});
  expectOptions(defaults, known, what);
  for (const key of known) {
    const value: unknown = defaults[key as keyof Options];
    expectPlain(value, `${what}.${key}`);
  }
  return defaults;
}

/**
 * The options given, over the defaults.
 *
 * @param given from a user or a file
 * @throws TypeError for an unknown option, or one of another kind than its default
 */
export function ownOptions<Options extends object>(defaults: Options, given: unknown, what: string): Options {
  const known = Object.keys(defaults);
  expectOptions(given, known, what);
  const options = { ...defaults } as Record<string, unknown>;
  for (const key of known) {
    const value = (given as Record<string, unknown>)[key];
    if (value === undefined) continue;
    const kind = kindOf(options[key]);
    if (kind !== "plain JSON" && kindOf(value) !== kind) {
      throw new TypeError(`${what} ${cut(key)}: expected ${kind}, got ${describe(value)}`);
    }
    expectPlain(value, `${what} ${key}`);
    options[key] = value;
  }
  return options as Options;
}
