/**
 * The subpath `wasm-lstm/kernels`: the kernels by themselves, for programs that keep their own numbers in a WebAssembly memory. UNSTABLE:
 * names, arguments and layouts are those of the version, and change with any. assembly/README.md in the repository is their contract. The
 * binary is `wasm-lstm/kernels.wasm`, of which the only import is `env.memory`.
 */
import { ATTENTION } from "./engine/families/attention.generated.ts";
import { BASE } from "./engine/families/base.generated.ts";
import { BATCH_NORM } from "./engine/families/batchNorm.generated.ts";
import { GRU } from "./engine/families/gru.generated.ts";
import { IND_RNN } from "./engine/families/indRnn.generated.ts";
import { LAYER_NORM_GRU } from "./engine/families/layerNormGru.generated.ts";
import { LAYER_NORM_LSTM } from "./engine/families/layerNormLstm.generated.ts";
import { LSTM } from "./engine/families/lstm.generated.ts";
import { LSTM_VARIANTS } from "./engine/families/lstmVariants.generated.ts";
import { MINIMAL } from "./engine/families/minimal.generated.ts";
import { MISSING } from "./engine/families/missing.generated.ts";
import { M_LSTM } from "./engine/families/mLstm.generated.ts";
import { MORE_ACTIVATIONS } from "./engine/families/moreActivations.generated.ts";
import { PEAK } from "./engine/families/peak.generated.ts";
import { POOLING } from "./engine/families/pooling.generated.ts";
import { SIMPLE_RNN } from "./engine/families/simpleRnn.generated.ts";
import { S_LSTM } from "./engine/families/sLstm.generated.ts";
import { TENSORS } from "./engine/families/tensors.generated.ts";
import { attempt, instantiateKernels, type Kernels, kernelsModule, registerKernels } from "./engine/kernels.ts";

export type { Kernels };

const FAMILIES = [
  ATTENTION,
  BATCH_NORM,
  GRU,
  IND_RNN,
  LAYER_NORM_GRU,
  LAYER_NORM_LSTM,
  LSTM,
  LSTM_VARIANTS,
  M_LSTM,
  MINIMAL,
  MISSING,
  MORE_ACTIVATIONS,
  PEAK,
  POOLING,
  S_LSTM,
  SIMPLE_RNN,
  TENSORS,
];

/**
 * All kernels over a memory.
 *
 * @param memory of one page at least; `memoryBase()` is the first byte that is free, where `useScratch` needs `scratchSize()` numbers before
 *   any other kernel runs
 * @returns functions of pointers and sizes
 * @throws Error where the runtime does not compile WebAssembly
 * @example
 * const memory = new WebAssembly.Memory({ initial: 16 });
 * const kernels = rawKernels(memory);
 */
export function rawKernels(memory: WebAssembly.Memory): Kernels {
  registerKernels(BASE);
  return attempt(() => instantiateKernels(memory, kernelsModule({ families: FAMILIES })));
}
