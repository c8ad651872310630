/** Numbers of files, which are float32, as options here. */
import type { ElementwiseActivation } from "../../activations.ts";

export const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

/** A float32 as people write it: 0.00001 and not 0.0000099999997. */
export function exact(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

export const hardSigmoidOf = (slope: number, offset: number): ElementwiseActivation =>
  isNear(slope, 1 / 6) && offset === 0.5
    ? "hardSigmoid"
    : { name: "hardSigmoid", slope: exact(slope), offset: exact(offset) };
