/** What a program does with the package by its names: trains, predicts, saves, loads, goes on, streams. The same bits everywhere. */
import { loadModel, type Model, optimizers, sequential } from "wasm-lstm";
import { dense, lstm } from "wasm-lstm/layers";

const hex = (data: Float32Array): string =>
  [...new Uint32Array(data.buffer, data.byteOffset, data.length)].map(word => word.toString(16)).join(" ");
const numbers = (shape: number[], seed: number) => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b) },
    (_, i) => ((seed * (i + 1) * 7919) % 1009) / 1009 - 0.5,
  ),
});

export default async function run({
  threads = 1,
}: {
  threads?: number;
} = {}): Promise<Record<string, string | number>> {
  const [x, y] = [numbers([32, 20, 10], 3), numbers([32, 20, 1], 5)];
  const net = sequential([lstm({ units: 50, returnSequences: true, inputShape: [20, 10] }), dense({ units: 1 })], {
    seed: 1,
    threads,
  });
  net.compile({ optimizer: optimizers.adam(), loss: "meanSquaredError", metrics: ["mae"] });
  for (let i = 0; i < 20; i++) net.trainOnBatch(x, y);
  const more = async (model: Model) => {
    await model.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0, validationSplit: 0.25 });
    return hex(model.predict(x).data as Float32Array);
  };
  const trained = hex(net.predict(x).data as Float32Array);
  const loaded = loadModel(net.save({ optimizer: true }));
  const stream = loaded.stream();
  const streamed = Array.from({ length: 20 }, (_, t) =>
    hex(stream.step(x.data.subarray(10 * t, 10 * t + 10)) as Float32Array),
  );
  return {
    trained,
    streamed: streamed.join(" "),
    first: trained.split(" ").slice(0, 20).join(" "),
    resumed: await more(net),
    loaded: await more(loaded),
  };
}
