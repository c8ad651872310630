/** Where to find what an entry leaves out, if it is not `wasm-lstm`: abilities and layers, by their names. */
let places: Readonly<Record<string, string>> = {};

export function registerElsewhere(given: Readonly<Record<string, string>>): void {
  places = given;
}

/** The entry that brings it. */
export function elsewhere(name: string): string | undefined {
  return Object.hasOwn(places, name) ? places[name] : undefined;
}
