/**
 * minGRU, minLSTM, sLSTM and mLSTM at the level of ops. Biases and states are moved so that finite differences meet no
 * kink: which of two scales is the larger, on which side of 0 a candidate is, whether a divisor is at its least.
 */

import { Packed } from "../../src/packed.ts";
import { minimalCell } from "../../src/recurrent/minimal.ts";
import { mLstmCell } from "../../src/recurrent/mLstm.ts";
import { inputPackedSize } from "../../src/recurrent/run/inputAlone.ts";
import { recurrent } from "../../src/recurrent/run/overSequences.ts";
import { STREAMS } from "../../src/recurrent/run/regularizers.ts";
import { uniformPackedSize } from "../../src/recurrent/run/weights.ts";
import { sLstmCell } from "../../src/recurrent/sLstm.ts";
import type { Forward } from "../helpers/gradients.ts";
import { inOtherOrder } from "../helpers/nets.ts";
import {
  type ModernCell,
  type ModernOptions,
  type ModernSizes,
  modernReference,
  statesOf,
  widthOf,
} from "../reference/modernCells.ts";
import type { Op } from "./cases.ts";
import { drawn, STREAM } from "./drawn.ts";
import { lookedUp as withEmbedding } from "./lookedUp.ts";

interface CaseOptions extends ModernOptions {
  bias?: boolean;
  /** Whether an mLSTM does */
  normalizes?: boolean;
  recurrentDropout?: number;
  shift?: Op["shift"];
}

const forwardOf =
  (cell: ModernCell, { mask, goBackwards = false, returnSequences = false, ...options }: CaseOptions): Forward =>
  (context, { x, kernel, recurrentKernel, bias, gamma, h, c, n, m }) => {
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), x.shape.slice(0, 2));
    const { positive = false, heads = 1, zeroOutputForMask = false, recurrentDropout = 0 } = options;
    const [C, width] = kernel.shape;
    const H = h.shape[1];
    const size = recurrentKernel
      ? uniformPackedSize(C, H, 4)
      : Math.max(...[1, 2, 3].map(gates => inputPackedSize(C, width / gates, gates)));
    const packed = new Packed(context.memory.allocate(size));
    const weights = { kernel, bias, packed };
    const made = {
      minGRU: () => minimalCell("minGru", weights, { positive }),
      minLSTM: () => minimalCell("minLstm", weights, { positive }),
      sLSTM: () => sLstmCell({ ...weights, recurrentKernel }),
      mLSTM: () => mLstmCell({ ...weights, gamma }, { units: H, heads }),
    }[cell]();
    const initial = [h, c, n, m].filter(state => state !== undefined);
    const how = { goBackwards, returnSequences, zeroOutputForMask, recurrentDropout, stream: STREAM };
    const run = recurrent(context, x, made, how, initial);
    return [run.output, ...run.states];
  };

function shapesOf(
  cell: ModernCell,
  { N, T, C, H }: ModernSizes,
  { heads, bias = true, normalizes = false }: CaseOptions,
) {
  const width = widthOf(cell, H, heads);
  const states = Object.entries(statesOf(cell, H, heads)).map(([name, size]) => [name, [N, size]] as const);
  return {
    x: [N, T, C],
    kernel: [C, width],
    ...(cell === "sLSTM" && { recurrentKernel: [H, width] }),
    ...(bias && { bias: [width] }),
    ...(normalizes && { gamma: [H] }),
    ...Object.fromEntries(states),
  };
}

/** With the masks that are drawn. */
function referenceOf(cell: ModernCell, sizes: ModernSizes, { recurrentDropout = 0, ...options }: CaseOptions) {
  const size = sizes.N * widthOf(cell, sizes.H, options.heads);
  const recurrentMask = recurrentDropout ? drawn(recurrentDropout, STREAMS.recurrentDropout, size) : undefined;
  return modernReference(cell, sizes, { ...options, recurrentMask });
}

export function modernCaseOf(cell: ModernCell, sizes: ModernSizes, { shift, ...options }: CaseOptions): Op {
  const reference = referenceOf(cell, sizes, options);
  const shapes = shapesOf(cell, sizes, options);
  return {
    shapes,
    forward: forwardOf(cell, options),
    reference,
    h: 1 / 64,
    ...(shift && { shift }),
    ...(cell === "mLSTM" && { untaped: inOtherOrder }),
  };
}

/** The same with an embedding below. */
function lookedUp(cell: ModernCell, sizes: ModernSizes, options: CaseOptions): Op {
  return withEmbedding(modernCaseOf(cell, sizes, options), 6);
}

const sizes = { N: 3, T: 4, C: 3, H: 5 };
const mask = [1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0];

/** What is added to part `part` of equal parts of a bias. */
const byPart =
  (H: number, ...parts: ((unit: number) => number)[]) =>
  (i: number) =>
    parts[Math.floor(i / H)]?.(i % H) ?? 0;

const constant = (value: number) => () => value;

/** Moves of an sLSTM: the new scale always wins, or the old one does. Sums n are away from 0. */
const sMoves = (H: number, wins: "new" | "old"): NonNullable<Op["shift"]> => ({
  n: constant(2.5),
  ...(wins === "new"
    ? { bias: byPart(H, constant(0), constant(-6)), m: constant(-4) }
    : { bias: byPart(H, constant(0), constant(3)), m: constant(5) }),
});

/** The same of an mLSTM, with a divisor at its least, e^-m, or above it. */
const mMoves = (H: number, heads: number, wins: "new" | "old", least: boolean): NonNullable<Op["shift"]> => {
  const [newScale, oldScale] = wins === "new" ? [0, -6] : [-6, 0];
  const up = least ? -3 : 1;
  return {
    n: constant(least ? 0 : 2.5),
    m: constant(up + oldScale),
    bias: i => {
      if (i < 2 * H) return least ? 0 : 2.5;
      if (i < 4 * H) return 0;
      return i < 4 * H + heads ? up + newScale : wins === "new" ? -5 : 4;
    },
  };
};

const minimal: [string, Op][] = (["minGRU", "minLSTM"] as const).flatMap((cell): [string, Op][] => {
  const parts = cell === "minGRU" ? 2 : 3;
  const apart = byPart(5, ...new Array(parts - 1).fill(constant(0)), (unit: number) => (unit % 2 ? 4 : -4));
  return [
    [cell, modernCaseOf(cell, sizes, {})],
    [`${cell}, positive`, modernCaseOf(cell, sizes, { positive: true, returnSequences: true, shift: { bias: apart } })],
    [`${cell}, whole vectors`, modernCaseOf(cell, { N: 5, T: 2, C: 4, H: 4 }, { returnSequences: true })],
    [
      `${cell}, sequences, backwards, no bias`,
      modernCaseOf(cell, { N: 2, T: 3, C: 5, H: 7 }, { bias: false, returnSequences: true, goBackwards: true }),
    ],
    [`${cell}, masked`, modernCaseOf(cell, sizes, { mask, returnSequences: true })],
    [
      `${cell}, masked, backwards, zeros`,
      modernCaseOf(cell, sizes, { mask, goBackwards: true, returnSequences: true, zeroOutputForMask: true }),
    ],
    [`${cell}, masked, last output`, modernCaseOf(cell, sizes, { mask })],
    [`${cell}, looked up`, lookedUp(cell, sizes, { returnSequences: true })],
    [
      `${cell}, looked up, masked, backwards`,
      lookedUp(cell, { ...sizes, H: 2 }, { mask, goBackwards: true, returnSequences: true }),
    ],
  ];
});

const s = { N: 3, T: 3, C: 2, H: 3 };
const sMask = [1, 0, 1, 0, 0, 0, 1, 1, 0];
const exponential: [string, Op][] = (["new", "old"] as const).flatMap((wins): [string, Op][] => [
  [`sLSTM, ${wins} scale`, modernCaseOf("sLSTM", s, { returnSequences: true, shift: sMoves(3, wins) })],
  [`sLSTM, ${wins} scale, masked`, modernCaseOf("sLSTM", s, { mask: sMask, shift: sMoves(3, wins) })],
  [
    `sLSTM, ${wins} scale, masked, backwards`,
    modernCaseOf("sLSTM", s, { mask: sMask, goBackwards: true, returnSequences: true, shift: sMoves(3, wins) }),
  ],
  [
    `sLSTM, ${wins} scale, recurrent dropout, masked`,
    modernCaseOf("sLSTM", s, { recurrentDropout: 0.4, mask: sMask, returnSequences: true, shift: sMoves(3, wins) }),
  ],
  [
    `sLSTM, ${wins} scale, recurrent dropout, looked up, backwards`,
    lookedUp(
      "sLSTM",
      { ...s, H: 5 },
      { recurrentDropout: 0.3, goBackwards: true, returnSequences: true, shift: sMoves(5, wins) },
    ),
  ],
  [
    `sLSTM, ${wins} scale, looked up`,
    lookedUp("sLSTM", { ...s, H: 4 }, { returnSequences: true, shift: sMoves(4, wins) }),
  ],
  ...[true, false].flatMap((least): [string, Op][] => {
    const name = `mLSTM, ${wins} scale${least ? ", least divisor" : ""}`;
    return [
      [name, modernCaseOf("mLSTM", s, { returnSequences: true, shift: mMoves(3, 1, wins, least) })],
      [
        `${name}, two heads, masked, backwards`,
        modernCaseOf(
          "mLSTM",
          { ...s, H: 6 },
          {
            heads: 2,
            mask: sMask,
            goBackwards: true,
            returnSequences: true,
            zeroOutputForMask: true,
            shift: mMoves(6, 2, wins, least),
          },
        ),
      ],
    ];
  }),
  // Not with divisors at their least: there reads are small, and to normalize them makes much of rounding.
  [
    `mLSTM, ${wins} scale, normalized`,
    modernCaseOf(
      "mLSTM",
      { ...s, H: 7 },
      { normalizes: true, returnSequences: true, shift: mMoves(7, 1, wins, false) },
    ),
  ],
]);

export const modernCases: [string, Op][] = [
  ...minimal,
  ...exponential,
  ["mLSTM, whole vectors", modernCaseOf("mLSTM", { ...s, H: 4 }, { shift: mMoves(4, 1, "new", false) })],
  [
    "mLSTM, two heads, whole vectors, normalized, masked",
    modernCaseOf(
      "mLSTM",
      { ...s, H: 8 },
      { heads: 2, normalizes: true, mask: sMask, shift: mMoves(8, 2, "new", false) },
    ),
  ],
  ["mLSTM, masked", modernCaseOf("mLSTM", s, { mask: sMask, shift: mMoves(3, 1, "new", true) })],
  [
    "mLSTM, looked up",
    lookedUp("mLSTM", { ...s, H: 4 }, { heads: 2, returnSequences: true, shift: mMoves(4, 2, "old", false) }),
  ],
];
