/** The layers around recurrent ones on two threads: the same bits as on one. */
import { expect, it } from "vitest";
import { layers, sequential } from "../../src/index.ts";
import { hashOfWeights, numbers, scramble } from "../helpers/models.ts";

it("attention, convolution and batch normalization learn the same bits on two threads", async () => {
  const train = async (threads: number) => {
    const net = sequential(
      [
        layers.conv1D({ filters: 64, kernelSize: 5, padding: "causal", dilationRate: 2, inputShape: [60, 32] }),
        layers.batchNormalization(),
        layers.multiHeadAttention({ numHeads: 4, keyDim: 16 }),
        layers.conv1D({ filters: 32, kernelSize: 3 }),
        layers.attention(),
        layers.globalAveragePooling1D(),
        layers.dense({ units: 2 }),
      ],
      { seed: 1, threads },
    );
    scramble(net);
    const positive = net.getWeights().map(({ data, shape }) => ({ shape, data: data.map(value => value / 4 + 0.3) }));
    net.setWeights(positive);
    net.compile({ optimizer: "adam", loss: "mse" });
    await net.network.engine.parallel.ready();
    for (let step = 0; step < 3; step++) net.trainOnBatch(numbers([32, 60, 32], step), numbers([32, 2], step + 9));
    return hashOfWeights(net);
  };
  expect(await train(2)).toBe(await train(1));
});
