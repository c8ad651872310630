/** @throws RangeError; who reads a node adds its name */
export function refuse(problem: string): never {
  throw new RangeError(problem);
}

/** Refuses what a bundle may read with more operators. */
export const further = (problem: string): never =>
  refuse(`${problem}: import "wasm-lstm/operators" too, which reads more`);
