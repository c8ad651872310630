/** onnxruntime, on its wasm build or its native one. */
import { onnxruntimePeer } from "../../../dist/cli/bench/engine.js";

/** @param {"web" | "node"} variant */
export async function open(variant) {
  return onnxruntimePeer((await import(`onnxruntime-${variant}`)).default, variant);
}
