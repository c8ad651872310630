import { isLater } from "./rest.ts";

/** Where to find what an entry leaves out, if it is not `wasm-lstm`: abilities and layers, by their names. */
let places: Readonly<Record<string, string | null | undefined>> = {};

export function registerElsewhere(given: Readonly<Record<string, string>>): void {
  places = { __proto__: null, ...given };
}

/** The error for what an entry of the package leaves out. */
export function leftOut(name: string, what: string): Error {
  const entry = elsewhere(name);
  const remedy = entry ? `import "${entry}" too` : 'import "wasm-lstm", which has everything';
  return new Error(`${what}: this entry of the package leaves ${name} out; ${remedy}`);
}

/** The entry that brings it, where it does not come by itself. */
export const elsewhere = (name: string): string | null | undefined => (isLater() ? undefined : places[name]);
