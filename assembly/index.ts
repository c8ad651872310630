/** The first byte of linear memory that the kernels' constants leave free. */
export function memoryBase(): usize {
  return __heap_base;
}

export { expBackward, expForward } from "./math/exp";
export { activationBackward, activationForward } from "./math/activation";
export { arithmeticBackward, arithmeticForward } from "./math/arithmetic";
export { softmaxBackward, softmaxForward } from "./math/softmax";
export {
  add, addRows, clipValue, copyRows, firstInfinite, firstNonFinite, scaleInPlace, sumOfSquares, sumRows,
} from "./math/elementwise";
export { addGroups, gatherAddRows, gatherRows, groupRows, pointToRow, scatterAddRows, scatterRows } from "./math/rows";
export { sumOfRowProducts } from "./math/sumOfRowProducts";

export { pack, packedSize, packTransposed } from "./matmul/pack";
export { columnForward, columnInputGradient, columnWeightGradient } from "./matmul/column";
export { product } from "./matmul/product";
export { scratchSize, useScratch } from "./matmul/scratch";
export { maskedWeightGradient, weightGradient, weightGradientScratch } from "./matmul/weightGradient";

export { inputSumsLimit, inputSumsRows } from "./recurrent/inputSums";
export { recurrentSteps } from "./recurrent/steps";
export {
  recurrentAddUnpadded, recurrentOutputs, recurrentPack, recurrentPackPart, recurrentPackTransposed,
  recurrentPackTransposedPart, recurrentPadGates, recurrentRepeat, recurrentRepeatBackward,
} from "./recurrent/workspace";
export { normalizedGatesBackward, normalizedGatesForward } from "./recurrent/normalizedGates";

export { gruBackward, gruForward, gruStep } from "./cells/gru";
export { gruResetBeforeBackward, gruResetBeforeForward, gruResetBeforeStep } from "./cells/gruResetBefore";
export { indRnnBackward, indRnnForward, indRnnStep } from "./cells/indRnn";
export { layerNormGruBackward, layerNormGruForward, layerNormGruStep } from "./cells/layerNormGru";
export { layerNormLstmBackward, layerNormLstmForward, layerNormLstmStep } from "./cells/layerNormLstm";
export { lstmBackward, lstmForward, lstmStep } from "./cells/lstm";
export { minGruBackward, minGruForward, minGruStep } from "./cells/minGru";
export { minLstmBackward, minLstmForward, minLstmStep } from "./cells/minLstm";
export { sLstmBackward, sLstmForward, sLstmStep } from "./cells/sLstm";
export { mLstmBackward, mLstmForward, mLstmStep } from "./cells/mLstm/cell";
export { mLstmScratch, mLstmStepsTogether } from "./cells/mLstm/scratch";
export {
  lstmCoupledBackward, lstmCoupledForward, lstmCoupledProjectedBackward, lstmCoupledProjectedForward,
  lstmCoupledProjectedStep, lstmCoupledStep, lstmProjectedBackward, lstmProjectedForward, lstmProjectedStep,
  lstmVariantBackward, lstmVariantForward, lstmVariantStep,
} from "./cells/lstmVariant";
export { simpleRnnBackward, simpleRnnForward, simpleRnnStep } from "./cells/simpleRnn";

export { chooseRowsBackward, chooseRowsForward } from "./layers/chooseRows";
export { distinctIds, firstIdOutside } from "./layers/embedding";
export { dropoutBackward, dropoutForward } from "./layers/dropout";
export { layerNormBackward, layerNormForward, layerNormGainGradient } from "./layers/layerNorm";
export { intersectMasks, maskingBackward, maskingForward, maskZeros, uniteMasks } from "./layers/masking";
export { missingDecayGradient, missingForward, missingInputGradient, missingMask } from "./layers/missing";
export { preluBackward, preluForward } from "./layers/prelu";
export { countRows, selectRowsBackward, selectRowsForward } from "./layers/selectRows";

export {
  attentionAdditiveBackward, attentionAdditiveForward, attentionSoftmax, attentionSoftmaxBackward,
} from "./layers/attention";
export { batchNormAverage, batchNormBackward, batchNormForward, batchNormMoments } from "./layers/batchNorm";

export { batchedGradient, batchedProduct } from "./tensors/batchedProduct";
export {
  highestBackward, highestForward, highestStep, stepMeanBackward, stepMeanForward, stepMeanStep,
} from "./tensors/highest";
export { logSoftmaxBackward, logSoftmaxForward } from "./tensors/logSoftmax";
export { moreActivationBackward, moreActivationForward } from "./tensors/moreActivations";
export { poolBackward, poolForward } from "./tensors/pooling";
export { addStrided, copyStrided } from "./tensors/strided";
export { unaryBackward, unaryForward } from "./tensors/unary";
export { whereBackward, whereForward } from "./tensors/where";

export * from "./losses/regression";
export * from "./losses/binaryCrossentropy";
export * from "./losses/categoricalCrossentropy";
export { ctcBackward, ctcForward, ctcWidth, ctcWork } from "./losses/ctc";
export * from "./losses/pointwise";
export * from "./losses/rowwise";

export { sgd } from "./optimizers/sgd";
export { rmsprop } from "./optimizers/rmsprop";
export { adadelta } from "./optimizers/adadelta";
export { averageWeights } from "./optimizers/averageWeights";
export { adagrad } from "./optimizers/adagrad";
export { adam } from "./optimizers/adam";
export { adamAmsgrad, adamax, lion, nadam } from "./optimizers/momentOptimizers";

export { randomDropout, randomNormal, randomOrder, randomUniform } from "./random/distributions";
export { orthogonalizeRows } from "./random/orthogonal";
export { multiplyAddPeak } from "./math/peak";
