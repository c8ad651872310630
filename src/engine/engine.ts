import { instantiateKernels, type Kernels } from "./kernels.ts";
import { Memory } from "./memory.ts";

/** A wasm instance and its memory. A model owns one; dropping the model frees everything. */
export class Engine {
  readonly memory = new Memory();
  readonly kernels: Kernels = instantiateKernels(this.memory.wasm);

  constructor() {
    this.memory.begin(this.kernels.memoryBase());
  }
}
