/** The Elman network in float64: h = tanh([x | h]·i2h + bias), output = [x | h before]·i2o + bias, at every step. */
import type { Reference } from "./reference.ts";
import { type SequenceOptions, sequenceReference } from "./sequence.ts";

export interface ElmanSizes {
  N: number;
  T: number;
  C: number;
  H: number;
  /** The output's */
  F: number;
}

/** x, i2h, i2hBias, i2o, i2oBias and h where there is an initial state; the outputs are [output, h]. */
export function elmanReference({ H, F, ...sizes }: ElmanSizes, options: SequenceOptions): Reference {
  // What comes out goes from step to step as a state does, since hidden steps repeat it; nothing reads it.
  const whole = sequenceReference(sizes, options, { output: F, h: H }, (s, v) => (x, [, h]) => {
    const both = [...x, ...h];
    const linear = (name: string, size: number) =>
      Array.from({ length: size }, (_, j) =>
        both.reduce((sum, value, k) => s.add(sum, s.mul(value, v[name][k * size + j])), v[`${name}Bias`][j]),
      );
    return [linear("i2o", F), linear("i2h", H).map(z => s.activate("tanh", z))];
  });
  return values => {
    const { outputs, gradients } = whole(values);
    return {
      outputs: [outputs[0], outputs[2]],
      gradients: ([output, h]) => gradients([output, undefined, h]),
    };
  };
}
