/** Recurrent dropout, zoneout and layer normalization at the level of ops, with the masks that the seed gives. */

import { gruCell } from "../../src/ops/gru.ts";
import { gruPackedSize } from "../../src/ops/gruProducts.ts";
import { layerNormGruCell } from "../../src/ops/layerNormGru.ts";
import { layerNormLstmCell } from "../../src/ops/layerNormLstm.ts";
import { lstmCell } from "../../src/ops/lstm.ts";
import { recurrent } from "../../src/ops/recurrent/recurrent.ts";
import { STREAMS } from "../../src/ops/recurrent/regularizers.ts";
import { uniformPackedSize } from "../../src/ops/recurrent/weights.ts";
import { simpleRnnCell } from "../../src/ops/simpleRnn.ts";
import { Packed } from "../../src/packed.ts";
import type { Forward } from "../helpers/gradients.ts";
import { type RegularizedOptions, type RegularizedSizes, regularizedReference } from "../reference/regularized.ts";
import type { Op } from "./cases.ts";
import { drawn, STREAM } from "./drawn.ts";
import { lookedUp } from "./lookedUp.ts";

interface Options {
  /** Default "lstm" */
  cell?: RegularizedOptions["cell"];
  recurrentDropout?: number;
  zoneout?: { hidden: number; cell: number };
  mask?: readonly number[];
  returnSequences?: boolean;
  goBackwards?: boolean;
  zeroOutputForMask?: boolean;
  bias?: boolean;
}

const GATES = { lstm: 4, layerNormLstm: 4, gru: 3, layerNormGru: 3, gruResetBefore: 3, simpleRnn: 1 };

/** 1 where a unit takes its new value, [N, T, H]. */
function zoneoutMask(rate: number, stream: number, { N, T, H }: RegularizedSizes): Float32Array {
  const P = (H + 3) & ~3;
  const mask = drawn(rate, stream, N * T * P);
  return Float32Array.from({ length: N * T * H }, (_, i) => Number(mask[Math.floor(i / H) * P + (i % H)] !== 0));
}

function referenceOptions(sizes: RegularizedSizes, options: Options): RegularizedOptions {
  const { cell = "lstm", recurrentDropout, zoneout, bias: _, ...rest } = options;
  const { N, H } = sizes;
  return {
    ...rest,
    cell,
    ...(recurrentDropout && { recurrentMask: drawn(recurrentDropout, STREAMS.recurrentDropout, N * GATES[cell] * H) }),
    ...(zoneout?.hidden && { hidden: zoneoutMask(zoneout.hidden, STREAMS.hiddenZoneout, sizes) }),
    ...(zoneout?.cell && { cellState: zoneoutMask(zoneout.cell, STREAMS.cellZoneout, sizes) }),
  };
}

const forwardOf =
  ({ cell: kind = "lstm", mask, ...options }: Options): Forward =>
  (context, { x, h, c, kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta }) => {
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), x.shape.slice(0, 2));
    const [C, H] = [x.shape[2], recurrentKernel.shape[0]];
    const size = Math.max(uniformPackedSize(C, H, GATES[kind]), gruPackedSize(C, H));
    const weights = { kernel, recurrentKernel, bias, packed: new Packed(context.memory.allocate(size)) };
    const kinds = { activation: "tanh", recurrentActivation: "sigmoid" } as const;
    const cell = {
      lstm: () => lstmCell(weights, kinds),
      layerNormLstm: () => layerNormLstmCell({ ...weights, gamma, cellGamma, cellBeta }, kinds),
      gru: () => gruCell(weights, { ...kinds, resetAfter: true }),
      layerNormGru: () => layerNormGruCell({ ...weights, gamma }, kinds),
      gruResetBefore: () => gruCell(weights, { ...kinds, resetAfter: false }),
      simpleRnn: () => simpleRnnCell(weights, kinds),
    }[kind]();
    const { goBackwards = false, returnSequences = false } = options;
    const how = { ...options, goBackwards, returnSequences, stream: STREAM };
    const { output, states } = recurrent(context, x, cell, how, c ? [h, c] : [h]);
    return [output, ...states];
  };

const shapesOf = ({ N, T, C, H }: RegularizedSizes, { cell = "lstm", bias = true }: Options) => ({
  x: [N, T, C],
  kernel: [C, GATES[cell] * H],
  recurrentKernel: [H, GATES[cell] * H],
  ...(bias && { bias: /gru$/i.test(cell) ? [2, 3 * H] : [GATES[cell] * H] }),
  ...(/layerNorm/.test(cell) && { gamma: [2, GATES[cell] * H] }),
  ...(cell === "layerNormLstm" && { cellGamma: [H], cellBeta: [H] }),
  h: [N, H],
  ...(/lstm/i.test(cell) && { c: [N, H] }),
});

function caseOf(sizes: RegularizedSizes, options: Options): Op {
  const reference = regularizedReference(sizes, referenceOptions(sizes, options));
  // These bend more than LSTMs do.
  const h = options.cell ? { h: 1 / 128 } : {};
  return { shapes: shapesOf(sizes, options), forward: forwardOf(options), reference, ...h };
}

/** An embedding below, and the usual step of the differences. */
function lookedUpCase(sizes: RegularizedSizes, options: Options): Op {
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
