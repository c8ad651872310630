/** Loads a model with the small entry, predicts and streams. */
import "wasm-lstm/cells";
import { loadModel } from "wasm-lstm/inference";

export default async function run({ bytes, x }: { bytes: number[]; x: number[] }): Promise<number[][]> {
  const net = loadModel(Uint8Array.from(bytes));
  const T = x.length / 2;
  const stream = net.stream();
  const steps = Array.from({ length: T }, (_, t) => [...stream.step(x.slice(2 * t, 2 * t + 2))]);
  return [[...net.predict({ shape: [1, T, 2], data: Float32Array.from(x) }).data], ...steps];
}
