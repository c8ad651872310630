/** Sizes of axes, of which some are not known yet: arithmetic of shapes that a graph does with them. */

import { refuse } from "./refuse.ts";

/** A product of sizes that are not known, and a number. */
export class Unknown {
  /** @param names of the sizes, sorted */
  constructor(
    readonly factor: number,
    readonly names: readonly string[],
  ) {}
}

export type Size = number | Unknown;

const made = (factor: number, names: readonly string[]): Size =>
  factor === 0 || names.length === 0 ? factor : new Unknown(factor, [...names].sort());
const factorOf = (size: Size): number => (typeof size === "number" ? size : size.factor);
const namesOf = (size: Size): readonly string[] => (typeof size === "number" ? [] : size.names);

export const times = (a: Size, b: Size): Size => made(factorOf(a) * factorOf(b), [...namesOf(a), ...namesOf(b)]);

export const product = (sizes: readonly Size[]): Size => sizes.reduce(times, 1);

export const same = (a: Size, b: Size): boolean =>
  factorOf(a) === factorOf(b) && namesOf(a).join() === namesOf(b).join();

/** a / b, if that is whole. */
export function quotient(a: Size, b: Size): Size | undefined {
  const left = [...namesOf(a)];
  for (const name of namesOf(b)) {
    const at = left.indexOf(name);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  const factor = factorOf(a) / factorOf(b);
  return Number.isInteger(factor) && factor > 0 ? made(factor, left) : undefined;
}

export const show = (size: Size): string =>
  typeof size === "number" ? String(size) : [...(size.factor === 1 ? [] : [size.factor]), ...size.names].join("·");

export const showAll = (sizes: readonly Size[]): string =>
  `[${sizes.slice(0, 16).map(show).join(", ")}${sizes.length > 16 ? ", …" : ""}]`;

export function whole(size: Size, what: string): number {
  if (typeof size === "number") return size;
  refuse(`${what}: a size that is not known`);
}
