/** What bench/ measures kernels with. Not exported by the package. */
import { ARITHMETIC } from "../../engine/families/arithmetic.generated.ts";
import { ATTENTION } from "../../engine/families/attention.generated.ts";
import { BASE } from "../../engine/families/base.generated.ts";
import { BATCH_NORM } from "../../engine/families/batchNorm.generated.ts";
import { CTC } from "../../engine/families/ctc.generated.ts";
import { GRU } from "../../engine/families/gru.generated.ts";
import { IND_RNN } from "../../engine/families/indRnn.generated.ts";
import { LAYER_NORM } from "../../engine/families/layerNorm.generated.ts";
import { LAYER_NORM_GRU } from "../../engine/families/layerNormGru.generated.ts";
import { LAYER_NORM_LSTM } from "../../engine/families/layerNormLstm.generated.ts";
import { LOSSES } from "../../engine/families/losses.generated.ts";
import { LSTM } from "../../engine/families/lstm.generated.ts";
import { LSTM_VARIANTS } from "../../engine/families/lstmVariants.generated.ts";
import { MINIMAL } from "../../engine/families/minimal.generated.ts";
import { MISSING } from "../../engine/families/missing.generated.ts";
import { M_LSTM } from "../../engine/families/mLstm.generated.ts";
import { MORE_ACTIVATIONS } from "../../engine/families/moreActivations.generated.ts";
import { OPTIMIZERS } from "../../engine/families/optimizers.generated.ts";
import { PEAK } from "../../engine/families/peak.generated.ts";
import { POOLING } from "../../engine/families/pooling.generated.ts";
import { SIMPLE_RNN } from "../../engine/families/simpleRnn.generated.ts";
import { S_LSTM } from "../../engine/families/sLstm.generated.ts";
import { TENSORS } from "../../engine/families/tensors.generated.ts";
import { registerKernels } from "../../engine/kernels.ts";

export { Engine } from "../../engine/engine.ts";
export type { Kernels } from "../../engine/kernels.ts";
export { activationKinds, moreActivationKinds, unaryKinds } from "../../engine/kinds.generated.ts";
export { wholeWidePanels } from "../../engine/layout.ts";
export type { Parallel } from "../../engine/threads/parallel.ts";
export { layers, ndarray, optimizers, sequential } from "../../index.ts";
export { FRAME_ELEMENTS, type Frame, writeFrame } from "../../recurrent/run/frame.ts";
export { median, type Timing, time, timeInTurns } from "./measure.ts";
export { measurePeak } from "./peak.ts";
export { onnxruntimePeer } from "./peers/onnxruntime.ts";
export { ours } from "./peers/ours.ts";
export {
  Cannot,
  type Checkable,
  type Loaded,
  largestDifference,
  type Peer,
  type Problem,
  type Task,
  type Tensor,
} from "./peers/peer.ts";
export { batchProblem, streamProblem } from "./peers/problems.ts";
export { tfjsPeer } from "./peers/tfjs.ts";
export { benchProducts, type ProductResult } from "./products.ts";
export { type Report, type Row, runBench } from "./run.ts";
export { runtimeName } from "./runtimeName.ts";
export { showMs, tableHead, tableRow } from "./table.ts";
export { sequence, streamUnits, type Workload, workloads } from "./workloads.ts";

// Kernels are measured without layers, which would bring them.
registerKernels(
  BASE,
  OPTIMIZERS,
  ATTENTION,
  BATCH_NORM,
  GRU,
  IND_RNN,
  LOSSES,
  LSTM,
  MINIMAL,
  MISSING,
  MORE_ACTIVATIONS,
  M_LSTM,
  PEAK,
  POOLING,
  SIMPLE_RNN,
  S_LSTM,
  TENSORS,
  ARITHMETIC,
  CTC,
  LAYER_NORM,
  LAYER_NORM_GRU,
  LAYER_NORM_LSTM,
  LSTM_VARIANTS,
);
