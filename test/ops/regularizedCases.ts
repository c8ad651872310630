/** Recurrent dropout, zoneout and layer normalization at the level of ops, with the masks that the seed gives. */

import { Packed } from "../../src/packed.ts";
import { gruCell } from "../../src/recurrent/gru.ts";
import { lstmCell } from "../../src/recurrent/lstm.ts";
import { layerNormGruCell, layerNormLstmCell } from "../../src/recurrent/normalized.ts";
import type { Cell } from "../../src/recurrent/run/cell.ts";
import { gruPackedSize } from "../../src/recurrent/run/gruPacking.ts";
import { recurrent } from "../../src/recurrent/run/overSequences.ts";
import { STREAMS } from "../../src/recurrent/run/regularizers.ts";
import { uniformPackedSize } from "../../src/recurrent/run/weights.ts";
import { simpleRnnCell } from "../../src/recurrent/simpleRnn.ts";
import type { Forward } from "../helpers/gradients.ts";
import { hiddenReference } from "../reference/hiddenCells.ts";
import { layerNormReference } from "../reference/layerNorm.ts";
import { lstmVariantReference } from "../reference/lstmVariant.ts";
import type { Reference } from "../reference/reference.ts";
import type { SequenceOptions, SequenceSizes } from "../reference/sequence.ts";
import type { Op } from "./cases.ts";
import { drawn, STREAM } from "./drawn.ts";
import { lookedUp } from "./lookedUp.ts";

type Sizes = SequenceSizes & { H: number };

interface Kind {
  gates: number;
  cell(weights: Weights): Cell;
  reference(sizes: Sizes, options: SequenceOptions): Reference;
}

type Weights = Parameters<typeof lstmCell>[0] & Parameters<typeof layerNormLstmCell>[0];

const activations = { activation: "tanh", recurrentActivation: "sigmoid" } as const;

const kinds = {
  lstm: { gates: 4, cell: weights => lstmCell(weights, activations), reference: lstmVariantReference },
  layerNormLstm: {
    gates: 4,
    cell: weights => layerNormLstmCell(weights, { ...activations, layerNormEpsilon: 1e-3 }),
    reference: (sizes, options) => layerNormReference("lstm", sizes, options),
  },
  gru: {
    gates: 3,
    cell: weights => gruCell(weights, { ...activations, resetAfter: true }),
    reference: (sizes, options) => hiddenReference("gru", sizes, options),
  },
  layerNormGru: {
    gates: 3,
    cell: weights => layerNormGruCell(weights, { ...activations, layerNormEpsilon: 1e-3 }),
    reference: (sizes, options) => layerNormReference("gru", sizes, options),
  },
  gruResetBefore: {
    gates: 3,
    cell: weights => gruCell(weights, { ...activations, resetAfter: false }),
    reference: (sizes, options) => hiddenReference("gru", sizes, { ...options, resetAfter: false }),
  },
  simpleRnn: {
    gates: 1,
    cell: weights => simpleRnnCell(weights, activations),
    reference: (sizes, options) => hiddenReference("simpleRNN", sizes, options),
  },
} satisfies Record<string, Kind>;

interface Options {
  /** Default "lstm" */
  cell?: keyof typeof kinds;
  recurrentDropout?: number;
  zoneout?: { hidden: number; cell: number };
  mask?: readonly number[];
  returnSequences?: boolean;
  goBackwards?: boolean;
  zeroOutputForMask?: boolean;
  bias?: boolean;
}

/** 1 where a unit takes its new value, [N, T, H]. */
function zoneoutMask(rate: number, stream: number, { N, T, H }: Sizes): Float32Array {
  const P = (H + 3) & ~3;
  const mask = drawn(rate, stream, N * T * P);
  return Float32Array.from({ length: N * T * H }, (_, i) => Number(mask[Math.floor(i / H) * P + (i % H)] !== 0));
}

function referenceOf(sizes: Sizes, options: Options): Reference {
  const { cell = "lstm", recurrentDropout, zoneout, bias: _, ...rest } = options;
  const { gates, reference } = kinds[cell];
  const size = sizes.N * gates * sizes.H;
  return reference(sizes, {
    ...rest,
    ...(recurrentDropout && { recurrentMask: drawn(recurrentDropout, STREAMS.recurrentDropout, size) }),
    ...(zoneout?.hidden && { hidden: zoneoutMask(zoneout.hidden, STREAMS.hiddenZoneout, sizes) }),
    ...(zoneout?.cell && { cellState: zoneoutMask(zoneout.cell, STREAMS.cellZoneout, sizes) }),
  });
}

const forwardOf =
  ({ cell: kind = "lstm", mask, ...options }: Options): Forward =>
  (context, { x, h, c, kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta }) => {
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), x.shape.slice(0, 2));
    const [C, H] = [x.shape[2], recurrentKernel.shape[0]];
    const size = Math.max(uniformPackedSize(C, H, kinds[kind].gates), gruPackedSize(C, H));
    const packed = new Packed(context.memory.allocate(size));
    const cell = kinds[kind].cell({ kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta, packed });
    const { goBackwards = false, returnSequences = false } = options;
    const how = { ...options, goBackwards, returnSequences, stream: STREAM };
    const { output, states } = recurrent(context, x, cell, how, c ? [h, c] : [h]);
    return [output, ...states];
  };

const shapesOf = ({ N, T, C, H }: Sizes, { cell = "lstm", bias = true }: Options) => ({
  x: [N, T, C],
  kernel: [C, kinds[cell].gates * H],
  recurrentKernel: [H, kinds[cell].gates * H],
  ...(bias && { bias: /gru$/i.test(cell) ? [2, 3 * H] : [kinds[cell].gates * H] }),
  ...(/layerNorm/.test(cell) && { gamma: [2, kinds[cell].gates * H] }),
  ...(cell === "layerNormLstm" && { cellGamma: [H], cellBeta: [H] }),
  h: [N, H],
  ...(/lstm/i.test(cell) && { c: [N, H] }),
});

function caseOf(sizes: Sizes, options: Options): Op {
  const reference = referenceOf(sizes, options);
  // These bend more than LSTMs do.
  const h = options.cell ? { h: 1 / 128 } : {};
  return { shapes: shapesOf(sizes, options), forward: forwardOf(options), reference, ...h };
}

/** An embedding below, and the usual step of the differences. */
function lookedUpCase(sizes: Sizes, options: Options): Op {
  const { h: _, ...op } = caseOf(sizes, options);
  return lookedUp(op, 6);
}

const sizes = { N: 3, T: 4, C: 3, H: 5 };
const mask = [1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0];
const zoneout = { hidden: 0.3, cell: 0.4 };
const returnSequences = true;

export const regularizedCases: [string, Op][] = [
  ["recurrent dropout", caseOf(sizes, { recurrentDropout: 0.4, returnSequences })],
  ["recurrent dropout, whole vectors", caseOf({ N: 5, T: 3, C: 4, H: 4 }, { recurrentDropout: 0.3 })],
  [
    "recurrent dropout, masked, backwards",
    caseOf({ ...sizes, H: 9, C: 2 }, { recurrentDropout: 0.3, returnSequences, goBackwards: true, mask, bias: false }),
  ],
  ["recurrent dropout, looked up, masked", lookedUpCase(sizes, { recurrentDropout: 0.3, mask })],
  ["zoneout", caseOf(sizes, { zoneout, returnSequences })],
  ["zoneout of h, masked", caseOf({ ...sizes, H: 3 }, { zoneout: { hidden: 0.5, cell: 0 }, mask })],
  ["zoneout of c, masked, backwards", caseOf(sizes, { zoneout: { hidden: 0, cell: 0.5 }, mask, goBackwards: true })],
  [
    "zoneout, recurrent dropout, masked, zeros",
    caseOf({ ...sizes, H: 4 }, { zoneout, recurrentDropout: 0.3, mask, returnSequences, zeroOutputForMask: true }),
  ],
  ...(["layerNormLstm", "layerNormGru"] as const).flatMap((cell): [string, Op][] => [
    [cell, caseOf(sizes, { cell, returnSequences })],
    [`${cell}, whole vectors, without bias`, caseOf({ N: 3, T: 2, C: 5, H: 8 }, { cell, bias: false })],
    [`${cell}, masked, backwards`, caseOf({ ...sizes, H: 6 }, { cell, returnSequences, goBackwards: true, mask })],
    [`${cell}, looked up`, lookedUpCase(sizes, { cell, returnSequences, mask })],
    [
      `${cell}, recurrent dropout, zoneout`,
      caseOf(sizes, { cell, zoneout: { ...zoneout, cell: 0 }, recurrentDropout: 0.3, mask }),
    ],
  ]),
  ...(["gru", "gruResetBefore", "simpleRnn"] as const).flatMap((cell): [string, Op][] => {
    // Without gates errors grow from step to step: fewer of them.
    const own = cell === "simpleRnn" ? { ...sizes, N: 4, T: 3 } : sizes;
    return [
      [`${cell}, recurrent dropout`, caseOf(own, { cell, recurrentDropout: 0.4, returnSequences })],
      [
        `${cell}, recurrent dropout, masked, backwards`,
        caseOf(
          { ...own, H: 9, C: 2 },
          { cell, recurrentDropout: 0.3, returnSequences, goBackwards: true, mask, bias: false },
        ),
      ],
      [`${cell}, recurrent dropout, looked up`, lookedUpCase({ ...own, H: 4 }, { cell, recurrentDropout: 0.3, mask })],
      [
        `${cell}, zoneout, recurrent dropout`,
        caseOf(own, { cell, zoneout: { hidden: 0.3, cell: 0 }, recurrentDropout: 0.3, returnSequences, mask }),
      ],
    ];
  }),
];
