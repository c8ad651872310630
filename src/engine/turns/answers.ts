/** Kernels that answer, so that they cannot wait: type-checked to be all of them. */
import type { Kernels } from "../kernels.ts";

type Answering = { [K in keyof Kernels]: ReturnType<Kernels[K]> extends void ? never : K }[keyof Kernels];

/** By name whether the answer depends on numbers in memory; other answers are sizes. */
export const answers: Record<Answering, boolean> = {
  memoryBase: false,
  firstInfinite: true,
  firstNonFinite: true,
  sumOfSquares: true,
  packedSize: false,
  scratchSize: false,
  weightGradientScratch: false,
  inputSumsLimit: false,
  inputSumsRows: false,
  recurrentSteps: true,
  mLstmScratch: false,
  mLstmStepsTogether: false,
  distinctIds: true,
  firstIdOutside: true,
  countRows: true,
  batchNormMoments: true,
  multiplyAddPeak: false,
  meanSquaredErrorForward: true,
  meanAbsoluteErrorForward: true,
  huberForward: true,
  logCoshForward: true,
  binaryCrossentropyForward: true,
  binaryCrossentropyLogitsForward: true,
  categoricalCrossentropyForward: true,
  categoricalCrossentropyLogitsForward: true,
  sparseCategoricalCrossentropyForward: true,
  sparseCategoricalCrossentropyLogitsForward: true,
  categoricalFocalForward: true,
  cosineSimilarityForward: true,
  gaussianNllForward: true,
  pointwiseForward: true,
  ctcForward: true,
  ctcWidth: false,
  ctcWork: false,
  quantileForward: true,
};
