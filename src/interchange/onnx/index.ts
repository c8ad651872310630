/** ONNX models. */
export { loadOnnx, type OnnxLoadOptions } from "./load.ts";
