/** The ops that users call, as files name them. */
import { activationOps } from "./activation.ts";
import { arithmeticOps } from "./arithmetic.ts";
import { concatOp } from "./concat.ts";
import { expOp } from "./exp.ts";
import { logSoftmaxOp } from "./logSoftmax.ts";
import { matmulOp } from "./matmul.ts";
import { moreActivationOps } from "./moreActivations.ts";
import type { Op } from "./op.ts";
import { gatherOp, reshapeOp, sliceAxisOp, stackOp, transposeOp } from "./places.ts";
import { reduceOps } from "./reduce.ts";
import { reverseOp } from "./reverse.ts";
import { sliceOp } from "./slice.ts";
import { stopGradientOp } from "./stopGradient.ts";
import { unaryOps } from "./unary.ts";
import { whereOp } from "./where.ts";

/** A function, since bundlers take a list of this kind for one that does something. */
export const allOps = (): readonly Op[] => [
  ...Object.values(activationOps),
  ...Object.values(arithmeticOps),
  concatOp,
  expOp,
  matmulOp,
  sliceOp,
  logSoftmaxOp,
  gatherOp as Op,
  reshapeOp as Op,
  sliceAxisOp as Op,
  stackOp as Op,
  transposeOp as Op,
  ...(Object.values(moreActivationOps) as Op[]),
  ...Object.values(reduceOps),
  reverseOp,
  stopGradientOp,
  ...Object.values(unaryOps),
  whereOp,
];
