/** The options of `wasm-lstm bench`. */
import type { Command } from "./options.ts";

/** What a figure takes, if --time does not say. */
export const MILLISECONDS = 600;
export const QUICK_MILLISECONDS = 60;

export const benchCommand: Command = {
  name: "bench",
  positionals: [],
  summary: "Measures the speed of training and inference on this machine.",
  options: [
    { name: "quick", help: "in seconds: a tenth of the time a figure, without the large workloads" },
    { name: "only", value: "names", help: "some of the workloads, such as sequence50,mid128" },
    { name: "time", value: "ms", help: `milliseconds a figure (${MILLISECONDS}, quick ${QUICK_MILLISECONDS})` },
    { name: "threads", value: "n", help: "compare one thread with n, instead" },
    { name: "peers", help: "beside other libraries that this folder has, tfjs and onnxruntime-web, instead" },
    { name: "compare", value: "before.json", help: "beside a report of --json: how many times as fast it is now" },
  ],
};
