/** The backward halves of all ops, for those who train. */
import { activationBackward, softmaxBackward } from "./activation.ts";
import { arithmeticBackward } from "./arithmetic.ts";
import { chooseRowsBackward } from "./chooseRows.ts";
import { concatBackward } from "./concat.ts";
import { dropoutBackward } from "./dropout.ts";
import { embeddingBackward } from "./embedding.ts";
import { expBackward } from "./exp.ts";
import { linearBackward } from "./linear.ts";
import { maskingBackward } from "./masking.ts";
import { missingBackward } from "./missing.ts";
import { reshapeBackward } from "./reshape.ts";
import { reverseTimeBackward } from "./reverseTime.ts";
import { selectRowsBackward } from "./selectRows.ts";
import { sliceBackward } from "./slice.ts";
import { stackStepsBackward, timeStepBackward } from "./timeSteps.ts";

export const OPS_BACKWARD = [
  activationBackward,
  arithmeticBackward,
  chooseRowsBackward,
  concatBackward,
  dropoutBackward,
  embeddingBackward,
  expBackward,
  linearBackward,
  maskingBackward,
  missingBackward,
  reshapeBackward,
  reverseTimeBackward,
  selectRowsBackward,
  sliceBackward,
  softmaxBackward,
  stackStepsBackward,
  timeStepBackward,
];
