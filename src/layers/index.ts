/** All layers, by the name under which they are made and saved, and the types of their options: one line a file. */
export { type BidirectionalOptions, bidirectional } from "../recurrent/bidirectional.ts";
export { type GruLayerOptions, gru } from "../recurrent/gru.ts";
export { type IndRnnLayerOptions, indRNN } from "../recurrent/indRnn.ts";
export { type LstmLayerOptions, lstm } from "../recurrent/lstm.ts";
export { type MinGruLayerOptions, type MinLstmLayerOptions, minGRU, minLSTM } from "../recurrent/minimal.ts";
export { type MLstmLayerOptions, mLSTM } from "../recurrent/mLstm.ts";
export { type RnnOptions, rnn } from "../recurrent/rnn.ts";
export { type SimpleRnnLayerOptions, simpleRNN } from "../recurrent/simpleRnn.ts";
export { type SLstmLayerOptions, sLSTM } from "../recurrent/sLstm.ts";
export { type ActivationOptions, activation } from "./activation.ts";
export { type AdditiveAttentionOptions, type AttentionOptions, additiveAttention, attention } from "./attention.ts";
export { type BatchNormalizationOptions, batchNormalization } from "./batchNormalization.ts";
export { type ConcatenateOptions, concatenate } from "./concatenate.ts";
export { type Conv1DOptions, conv1D } from "./conv1D.ts";
export { type DenseOptions, dense } from "./dense.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { type EmbeddingOptions, embedding } from "./embedding.ts";
export { type FlattenOptions, flatten } from "./flatten.ts";
export { type GaussianNoiseOptions, gaussianNoise } from "./gaussianNoise.ts";
export { type GlobalPooling1DOptions, globalAveragePooling1D, globalMaxPooling1D } from "./globalPooling1D.ts";
export { type LambdaOptions, lambda } from "./lambda.ts";
export { type LayerNormalizationOptions, layerNormalization } from "./layerNormalization.ts";
export { type MaskingOptions, masking } from "./masking.ts";
export { add, average, type MergingOptions, maximum, minimum, multiply, subtract } from "./merging.ts";
export { type MissingOptions, type MissingStrategy, missing } from "./missing.ts";
export { type MultiHeadAttentionOptions, multiHeadAttention } from "./multiHeadAttention.ts";
export { type OperationOptions, operation } from "./operation.ts";
export { type PermuteOptions, permute } from "./permute.ts";
export { averagePooling1D, maxPooling1D, type Pooling1DOptions } from "./pooling1D.ts";
export { type PReLUOptions, prelu } from "./prelu.ts";
export { type RepeatVectorOptions, repeatVector } from "./repeatVector.ts";
export { type ReshapeOptions, reshape } from "./reshape.ts";
export { type SpatialDropout1DOptions, spatialDropout1D } from "./spatialDropout1D.ts";
export {
  type Cropping1DOptions,
  cropping1D,
  type UpSampling1DOptions,
  upSampling1D,
  type ZeroPadding1DOptions,
  zeroPadding1D,
} from "./steps1D.ts";
export { type TiedDenseOptions, tiedDense } from "./tiedDense.ts";
export { type TimeDistributedOptions, timeDistributed } from "./timeDistributed.ts";
