/** The first byte of linear memory that the kernels' constants leave free. */
export function memoryBase(): usize {
  return __heap_base;
}

export { expForward } from "./math/exp";
export { activationBackward, activationForward } from "./math/activation";
export { softmaxBackward, softmaxForward } from "./math/softmax";
export {
  add, addRows, clipValue, copyRows, firstNonFinite, scaleInPlace, sumOfSquares, sumRows,
} from "./math/elementwise";
export { gatherAddRows, gatherRows, groupRows, scatterAddRows, scatterRows, sumGroups } from "./math/rows";

export { pack, packedSize, packTransposed } from "./matmul/pack";
export { columnForward, columnInputGradient, columnWeightGradient } from "./matmul/column";
export { product } from "./matmul/product";
export { weightGradient, weightGradientScratch } from "./matmul/weightGradient";

export { recurrentSteps } from "./recurrent/steps";
export {
  recurrentAddUnpadded, recurrentOutputs, recurrentPack, recurrentPackTransposed, recurrentPadGates, recurrentRepeat,
  recurrentRepeatBackward,
} from "./recurrent/workspace";
export { lstmBackward, lstmForward, lstmStep } from "./recurrent/lstm";

export { distinctIds, firstIdOutside } from "./layers/embedding";
export { dropoutBackward, dropoutForward } from "./layers/dropout";
export { maskingBackward, maskingForward, maskZeros } from "./layers/masking";
export { countRows, selectRowsBackward, selectRowsForward } from "./layers/selectRows";

export {
  huberBackward, huberForward, meanAbsoluteErrorBackward, meanAbsoluteErrorForward, meanSquaredErrorBackward,
  meanSquaredErrorForward,
} from "./losses/regression";
export {
  binaryCrossentropyBackward, binaryCrossentropyForward, binaryCrossentropyLogitsBackward,
  binaryCrossentropyLogitsForward,
} from "./losses/binaryCrossentropy";
export {
  categoricalCrossentropyBackward, categoricalCrossentropyForward, categoricalCrossentropyLogitsBackward,
  categoricalCrossentropyLogitsForward, sparseCategoricalCrossentropyBackward, sparseCategoricalCrossentropyForward,
  sparseCategoricalCrossentropyLogitsBackward, sparseCategoricalCrossentropyLogitsForward,
} from "./losses/categoricalCrossentropy";

export { sgd } from "./optimizers/sgd";
export { rmsprop } from "./optimizers/rmsprop";
export { adam } from "./optimizers/adam";

export { randomBits } from "./random/philox";
export { randomDropout, randomNormal, randomOrder, randomUniform } from "./random/distributions";
export { orthogonalizeRows } from "./random/orthogonal";
export { multiplyAddPeak } from "./math/peak";
