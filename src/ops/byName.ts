/** The ops that users call, as files name them. */
import { activationOps } from "./activation.ts";
import { arithmeticOps } from "./arithmetic.ts";
import { concatOp } from "./concat.ts";
import { expOp } from "./exp.ts";
import { matmulOp } from "./matmul.ts";
import type { Op } from "./op.ts";
import { sliceOp } from "./slice.ts";

export const OPS: readonly Op[] = [
  ...Object.values(activationOps),
  ...Object.values(arithmeticOps),
  concatOp,
  expOp,
  matmulOp,
  sliceOp,
];
