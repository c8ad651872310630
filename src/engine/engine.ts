import { instantiateKernels, type Kernels } from "./kernels.ts";
import { Memory } from "./memory.ts";

// Below this the compiled kernels keep their constants.
const KERNEL_DATA = 4096;

/** A wasm instance and its memory. A model owns one; dropping the model frees everything. */
export class Engine {
  readonly memory = new Memory(KERNEL_DATA);
  readonly kernels: Kernels = instantiateKernels(this.memory.wasm);
}
