/** A thousand models in one memory: how many there are, and whether each has the bits that it has alone. */
import { layers, modelMemory, sequential } from "wasm-lstm";

export default async function run({
  count,
}: {
  count: number;
}): Promise<{ count: number; alike: number; trained: boolean }> {
  const memory = modelMemory();
  const make = (seed: number, own: object) =>
    sequential([layers.lstm({ units: 16, inputShape: [5, 2] }), layers.dense({ units: 1 })], { seed, ...own });
  const x = { shape: [3, 5, 2], data: Float32Array.from({ length: 30 }, (_, i) => (i % 7) / 7) };
  const y = { shape: [3, 1], data: Float32Array.of(0.1, 0.5, 0.9) };
  const models = Array.from({ length: count }, (_, seed) => make(seed, { memory }));
  // A page holds some hundred memories: what a model has alone is asked for of one after the other, and of few.
  const alone = new Map([0, 1, count - 1].map(seed => [seed, String(make(seed, {}).predict(x).data)]));
  const bits = models.map(net => String(net.predict(x).data));
  const alike = [...alone].filter(([seed, expected]) => bits[seed] === expected).length;
  const [last, reference] = [models[count - 1], make(count - 1, {})];
  for (const net of [last, reference]) {
    net.compile({ loss: "meanSquaredError", optimizer: "adam" });
    for (let step = 0; step < 3; step++) net.trainOnBatch(x, y);
  }
  const trained = String(last.predict(x).data) === String(reference.predict(x).data);
  return {
    count: new Set(bits).size,
    alike,
    trained: trained && models.every((net, i) => net === last || String(net.predict(x).data) === bits[i]),
  };
}
