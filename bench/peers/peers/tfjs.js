/** TensorFlow.js: layers API on the wasm backend with one thread, or on the plain JavaScript backend. */
import tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { tfjsPeer } from "../../../dist/cli/bench/engine.js";

/** @param {string} backend */
export function open(backend) {
  setThreadsCount(1);
  return tfjsPeer(tf, backend);
}
