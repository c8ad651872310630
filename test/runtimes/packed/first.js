// What a fresh process pays for the package: from before its import to the first prediction, milliseconds of the processor.
import process from "node:process";

export default async function run() {
  const before = process.cpuUsage();
  const { layers, sequential } = await import("wasm-lstm");
  const net = sequential([layers.lstm({ units: 50, inputShape: [20, 10] }), layers.dense({ units: 1 })], { seed: 1 });
  net.predict({ shape: [1, 20, 10], data: new Float32Array(200) });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
