/** The LSTM's options at the level of ops. Those that cut numbers off have kinks: see layers/lstmVariant.test.ts. */

import { Packed } from "../../src/packed.ts";
import { lstmCell } from "../../src/recurrent/lstm.ts";
import { lstmGates } from "../../src/recurrent/run/lstmGates.ts";
import { recurrent } from "../../src/recurrent/run/overSequences.ts";
import { STREAMS } from "../../src/recurrent/run/regularizers.ts";
import { uniformPackedSize } from "../../src/recurrent/run/weights.ts";
import type { Forward } from "../helpers/gradients.ts";
import type { LstmSizes } from "../reference/lstm.ts";
import { type LstmVariantOptions, lstmVariantReference } from "../reference/lstmVariant.ts";
import type { SequenceOptions } from "../reference/sequence.ts";
import type { Op } from "./cases.ts";
import { drawn, STREAM } from "./drawn.ts";
import { lookedUp } from "./lookedUp.ts";

interface CaseOptions extends LstmVariantOptions, Pick<SequenceOptions, "recurrentMask"> {
  recurrentDropout?: number;
}

const forwardOf =
  ({ mask, goBackwards = false, returnSequences = false, recurrentDropout = 0, ...options }: CaseOptions): Forward =>
  (context, { x, h, c, ...given }) => {
    if (mask) x.mask = context.tensorFrom(Int32Array.from(mask), x.shape.slice(0, 2));
    const { kernel, recurrentKernel, bias, peephole, projectionKernel } = given;
    const gates = lstmGates(options);
    const size = uniformPackedSize(x.shape[2], kernel.shape[1] / gates, gates, recurrentKernel.shape[0]);
    const packed = new Packed(context.memory.allocate(size));
    const weights = { kernel, recurrentKernel, bias, peephole, projectionKernel, packed };
    const { zeroOutputForMask = false, ...cellOptions } = options;
    const cell = lstmCell(weights, { ...cellOptions, activation: "tanh", recurrentActivation: "sigmoid" });
    const { output, states } = recurrent(
      context,
      x,
      cell,
      { goBackwards, returnSequences, zeroOutputForMask, recurrentDropout, stream: STREAM },
      h && [h, c],
    );
    return [output, ...states];
  };

function caseOf(sizes: LstmSizes, options: CaseOptions): Op {
  const { N, T, C, H } = sizes;
  const { peephole, projection, coupledGates, recurrentDropout = 0 } = options;
  const F = projection ?? H;
  const gates = coupledGates ? 3 : 4;
  const shapes = {
    x: [N, T, C],
    kernel: [C, gates * H],
    recurrentKernel: [F, gates * H],
    bias: [gates * H],
    ...(peephole && { peephole: [gates - 1, H] }),
    ...(projection && { projectionKernel: [H, projection] }),
    h: [N, F],
    c: [N, H],
  };
  const given: CaseOptions = { ...options };
  if (recurrentDropout) given.recurrentMask = drawn(recurrentDropout, STREAMS.recurrentDropout, N * gates * F);
  return { shapes, forward: forwardOf(options), reference: lstmVariantReference(sizes, given) };
}

const sizes = { N: 3, T: 3, C: 2, H: 5 };
const mask = [1, 0, 1, 0, 0, 0, 1, 1, 0];

export const lstmVariantCases: [string, Op][] = [
  ["lstm, peephole gers", caseOf(sizes, { peephole: "gers", returnSequences: true })],
  ["lstm, peephole gers, masked", caseOf(sizes, { peephole: "gers", mask })],
  ["lstm, peephole previous", caseOf({ ...sizes, H: 4 }, { peephole: "previous", goBackwards: true })],
  ["lstm, peephole previous, masked", caseOf(sizes, { peephole: "previous", returnSequences: true, mask })],
  ["lstm, squared input gate", caseOf({ ...sizes, T: 4, H: 3 }, { inputGate: "squared", returnSequences: true })],
  ["lstm, coupled gates", caseOf({ ...sizes, C: 5 }, { coupledGates: true, returnSequences: true })],
  ["lstm, projection", caseOf({ ...sizes, H: 6 }, { projection: 5, returnSequences: true })],
  [
    "lstm, projection, masked, backwards",
    caseOf(sizes, { projection: 3, returnSequences: true, goBackwards: true, zeroOutputForMask: true, mask }),
  ],
  [
    "lstm, peephole gers, squared, coupled, projected",
    caseOf(sizes, { peephole: "gers", inputGate: "squared", coupledGates: true, projection: 2, returnSequences: true }),
  ],
  [
    "lstm, peephole previous, squared, coupled, projected, masked",
    caseOf(
      { ...sizes, H: 3 },
      { peephole: "previous", inputGate: "squared", coupledGates: true, projection: 1, mask, returnSequences: true },
    ),
  ],
  [
    "lstm, peephole gers, projected",
    caseOf({ ...sizes, N: 5 }, { peephole: "gers", projection: 4, goBackwards: true }),
  ],
  [
    "lstm, peephole gers, coupled, projected, looked up",
    lookedUp(caseOf(sizes, { peephole: "gers", coupledGates: true, projection: 3, returnSequences: true, mask }), 6),
  ],
  [
    "lstm, peephole previous, recurrent dropout",
    caseOf({ ...sizes, H: 4 }, { peephole: "previous", inputGate: "squared", recurrentDropout: 0.3, mask }),
  ],
  [
    "lstm, coupled gates, recurrent dropout, backwards",
    caseOf(sizes, { coupledGates: true, recurrentDropout: 0.4, goBackwards: true, returnSequences: true }),
  ],
  [
    "lstm, projection, recurrent dropout, masked",
    caseOf({ ...sizes, H: 6 }, { projection: 5, recurrentDropout: 0.3, returnSequences: true, mask }),
  ],
  [
    "lstm, peephole gers, coupled, projected, recurrent dropout, looked up",
    lookedUp(caseOf(sizes, { peephole: "gers", coupledGates: true, projection: 3, recurrentDropout: 0.3, mask }), 6),
  ],
];
