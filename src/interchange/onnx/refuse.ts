/** @throws RangeError; who reads a node adds its name */
export function refuse(problem: string): never {
  throw new RangeError(problem);
}
