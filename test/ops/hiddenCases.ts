/** Cells whose only state is h, at the level of ops. Smooth activations: finite differences go through all inputs at once. */

import { Packed } from "../../src/packed.ts";
import { gruCell } from "../../src/recurrent/gru.ts";
import { indRnnCell } from "../../src/recurrent/indRnn.ts";
import { gruPackedSize } from "../../src/recurrent/run/gruPacking.ts";
import { recurrent } from "../../src/recurrent/run/overSequences.ts";
import { uniformPackedSize } from "../../src/recurrent/run/weights.ts";
import { simpleRnnCell } from "../../src/recurrent/simpleRnn.ts";
import type { Forward } from "../helpers/gradients.ts";
import { type HiddenCell, type HiddenOptions, type HiddenSizes, hiddenReference } from "../reference/hiddenCells.ts";
import type { Op } from "./cases.ts";
import { lookedUp } from "./lookedUp.ts";

interface CaseOptions extends HiddenOptions {
  bias?: boolean;
}

const SMOOTH = { activation: "tanh", recurrentActivation: "sigmoid" } as const;

const STEP = 1 / 64;

const forwardOf =
  (cell: HiddenCell, { mask, goBackwards = false, returnSequences = false, ...options }: CaseOptions): Forward =>
  (context, { x, kernel, recurrentKernel, bias, h }) => {
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), x.shape.slice(0, 2));
    const [C, H] = [kernel.shape[0], recurrentKernel.shape[0]];
    const size = cell === "gru" ? gruPackedSize(C, H) : uniformPackedSize(C, H, 1);
    const weights = { kernel, recurrentKernel, bias, packed: new Packed(context.memory.allocate(size)) };
    const { zeroOutputForMask = false, resetAfter = true } = options;
    const made = {
      gru: () => gruCell(weights, { ...SMOOTH, resetAfter }),
      simpleRNN: () => simpleRnnCell(weights, SMOOTH),
      indRNN: () => indRnnCell(weights, SMOOTH),
    }[cell]();
    const run = recurrent(context, x, made, { goBackwards, returnSequences, zeroOutputForMask }, h && [h]);
    return [run.output, ...run.states];
  };

function shapesOf(cell: HiddenCell, { N, T, C, H }: HiddenSizes, { resetAfter = true, bias = true }: CaseOptions) {
  const G = cell === "gru" ? 3 * H : H;
  return {
    x: [N, T, C],
    kernel: [C, G],
    recurrentKernel: cell === "indRNN" ? [H] : [H, G],
    ...(bias && { bias: cell === "gru" && resetAfter ? [2, G] : [G] }),
    h: [N, H],
  };
}

function caseOf(cell: HiddenCell, sizes: HiddenSizes, options: CaseOptions): Op {
  const reference = hiddenReference(cell, sizes, { ...options, ...SMOOTH });
  return { shapes: shapesOf(cell, sizes, options), forward: forwardOf(cell, options), reference, h: STEP };
}

const sizes = { N: 3, T: 4, C: 3, H: 5 };
const mask = [1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0];

const forms: [string, HiddenCell, CaseOptions][] = [
  ["gru", "gru", {}],
  ["gru, reset before", "gru", { resetAfter: false }],
  ["simpleRNN", "simpleRNN", {}],
  ["indRNN", "indRNN", {}],
];

export const hiddenCases: [string, Op][] = forms.flatMap(([name, cell, options]): [string, Op][] => [
  [name, caseOf(cell, sizes, options)],
  [`${name}, whole vectors`, caseOf(cell, { N: 5, T: 2, C: 4, H: 4 }, { ...options, returnSequences: true })],
  [
    `${name}, sequences, backwards, no bias`,
    caseOf(cell, { N: 2, T: 3, C: 5, H: 7 }, { ...options, bias: false, returnSequences: true, goBackwards: true }),
  ],
  [`${name}, masked`, caseOf(cell, sizes, { ...options, mask, returnSequences: true })],
  [
    `${name}, masked, backwards, zeros`,
    caseOf(cell, sizes, { ...options, mask, goBackwards: true, returnSequences: true, zeroOutputForMask: true }),
  ],
  [`${name}, masked, last output`, caseOf(cell, sizes, { ...options, mask })],
  [`${name}, looked up`, lookedUp(caseOf(cell, sizes, { ...options, returnSequences: true }), 6)],
  [
    `${name}, looked up, masked, backwards`,
    lookedUp(caseOf(cell, { ...sizes, H: 2 }, { ...options, mask, goBackwards: true, returnSequences: true }), 6),
  ],
]);
