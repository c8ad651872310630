/** ONNX models. */
export { loadOnnx, type OnnxLoadOptions } from "./load.ts";
export { type OnnxSaveOptions, saveOnnx } from "./save.ts";
