/** What a bundle of `wasm-lstm/formats` may have; a program has the formats that it uses. */
import "../common.ts";

export { loadKeras } from "./keras/load.ts";
export { type SaveKerasOptions, saveKeras } from "./keras/save.ts";
export * from "./onnx/index.ts";
export { loadTfjs, type Shards } from "./tfjs/load.ts";
export { saveTfjs, type TfjsModel } from "./tfjs/save.ts";
export * from "./torch/index.ts";
