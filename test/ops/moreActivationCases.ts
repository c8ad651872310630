/** Activations whose slopes are functions of the input, also with other numbers than their own; and prelu. */
import { moreActivationOps } from "../../src/ops/moreActivations.ts";
import { run, type Op as UserOp } from "../../src/ops/op.ts";
import { prelu } from "../../src/ops/prelu.ts";
import { moreActivations, preluBackward, preluForward } from "../reference/moreActivations.ts";
import type { Op } from "./cases.ts";

interface Case {
  options?: object;
  /** In the reference */
  kind?: string;
  number?: number;
  /** What is added to numbers by turns, so that they are far from where it bends */
  apart?: readonly number[];
}

function activationCase(
  name: keyof typeof moreActivationOps,
  { options = {}, kind = name, number = 0, apart = [0] }: Case = {},
): [string, Op] {
  const [value, slope] = moreActivations[kind];
  return [
    Object.keys(options).length > 0 ? `${name}, ${JSON.stringify(options)}` : name,
    {
      shapes: { x: [2, 7] },
      forward: (context, { x }) => [run(moreActivationOps[name] as UserOp, context, [x], options)],
      reference: ({ x }) => ({
        outputs: [Float64Array.from(x, each => value(each, number))],
        gradients: ([outer = []]) => ({ x: Float64Array.from(x, (each, i) => outer[i] * slope(each, number)) }),
      }),
      shift: { x: i => apart[i % apart.length] },
    },
  ];
}

const preluCase = (shape: readonly number[], alpha: readonly number[]): [string, Op] => [
  `prelu of ${shape.join("x")} by ${alpha.join("x")}`,
  {
    shapes: { x: shape, alpha },
    forward: (context, { x, alpha }) => [prelu(context, x, alpha)],
    reference: ({ x, alpha }) => ({
      outputs: [preluForward(x, alpha)],
      gradients: ([outer = []]) => {
        const { dx, dAlpha } = preluBackward(outer, x, alpha);
        return { x: dx, alpha: dAlpha };
      },
    }),
    shift: { x: i => (i % 2 ? 6 : -6) },
  },
];

const SIDES = [-8, 8];

export const moreActivationCases: [string, Op][] = [
  activationCase("silu"),
  activationCase("gelu"),
  activationCase("gelu", { options: { approximate: true }, kind: "tanhGelu" }),
  activationCase("mish"),
  activationCase("logSigmoid"),
  activationCase("squareplus", { number: 4 }),
  activationCase("squareplus", { options: { b: 1.5 }, number: 1.5 }),
  activationCase("tanhShrink"),
  activationCase("erf"),
  activationCase("celu", { number: 1, apart: SIDES }),
  activationCase("celu", { options: { alpha: 2.5 }, number: 2.5, apart: [-4, 6] }),
  activationCase("hardSilu", { apart: [-9, 9, 0] }),
  activationCase("relu6", { apart: [-6, 14] }),
  activationCase("hardTanh", { apart: [-7, 7] }),
  activationCase("softShrink", { number: 0.5, apart: SIDES }),
  activationCase("softShrink", { options: { threshold: 1.5 }, number: 1.5, apart: SIDES }),
  activationCase("hardShrink", { number: 0.5, apart: SIDES }),
  activationCase("hardShrink", { options: { threshold: 20 }, number: 20, apart: SIDES }),
  activationCase("sparsePlus", { apart: SIDES }),
  activationCase("sparseSigmoid", { apart: SIDES }),
  preluCase([2, 3, 4], [1, 1, 4]),
  preluCase([3, 2, 5], [1, 2, 5]),
  preluCase([4, 3], [1]),
];
