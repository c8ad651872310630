/** The cells of examples/custom-cells in float64, each from its formulas. */

import { elmanReference } from "./elman.ts";
import type { Reference } from "./reference.ts";
import type { Scalars } from "./scalars.ts";
import { type Indices, type SequenceOptions, type SequenceSizes, type Step, sequenceReference } from "./sequence.ts";

export interface CustomSizes extends SequenceSizes {
  H: number;
  /** The output's, where it is no state */
  F: number;
}

type Vector = readonly number[];

/** x·matrix + bias */
function linear(s: Scalars, x: Vector, matrix: Vector, bias: Vector): number[] {
  const width = bias.length;
  return bias.map((b, k) => x.reduce((sum, value, j) => s.add(sum, s.mul(value, matrix[j * width + k])), b));
}

/** h~ = relu(Wx·x + bx); f, i = σ(W·[h~, y] + b); c = f·c + i·relu(Wi·x + bi); y = σ(Wo·[h~, c] + bo) */
function gatedRelu(s: Scalars, v: Indices): Step {
  const relu = (z: Vector) => z.map(a => s.activate("relu", a));
  const sigmoid = (z: Vector) => z.map(a => s.activate("sigmoid", a));
  return (x, [y, c]) => {
    const h = relu(linear(s, x, v.Wx, v.bx));
    const f = sigmoid(linear(s, [...h, ...y], v.Wf, v.bf));
    const i = sigmoid(linear(s, [...h, ...y], v.Wg, v.bg));
    const candidate = relu(linear(s, x, v.Wi, v.bi));
    const next = c.map((cell, j) => s.add(s.mul(f[j], cell), s.mul(i[j], candidate[j])));
    return [sigmoid(linear(s, [...h, ...next], v.Wo, v.bo)), next];
  };
}

/** a = i2h([x, h]); b = fc(h); h = tanh(a·σ(a) + b·σ(b)); the output h2o(h) */
function threeMaps(s: Scalars, v: Indices): Step {
  const gated = (z: number) => s.mul(z, s.activate("sigmoid", z));
  return (x, [, h]) => {
    const a = linear(s, [...x, ...h], v.i2h, v.i2hBias);
    const b = linear(s, h, v.fc, v.fcBias);
    const next = a.map((value, j) => s.activate("tanh", s.add(gated(value), gated(b[j]))));
    return [linear(s, next, v.h2o, v.h2oBias), next];
  };
}

/** x, the weights by name, and the states by theirs where they are given; the outputs are the layer's, then the states. */
export function customReference(
  cell: "gatedRelu" | "threeMaps" | "elman",
  sizes: CustomSizes,
  options: Pick<SequenceOptions, "goBackwards" | "returnSequences">,
): Reference {
  const { F, H } = sizes;
  if (cell === "elman") return elmanReference(sizes, options);
  if (cell === "gatedRelu") return sequenceReference(sizes, options, { y: H, c: H }, gatedRelu);
  // The output goes along as a state that no step reads.
  const whole = sequenceReference(sizes, options, { output: F, h: H }, threeMaps);
  return values => {
    const run = whole(values);
    const [output, , h] = run.outputs;
    return { outputs: [output, h], gradients: ([own, last]) => run.gradients([own, undefined, last]) };
  };
}
