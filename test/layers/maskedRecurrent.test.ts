/** Recurrent layers behind a mask: gradients of Keras' models (training/masked.test.ts trains them), and padding. */
import { describe, it } from "vitest";
import { layers, optimizers, sequential } from "../../src/index.ts";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { peerModel } from "../helpers/peerTraining.ts";
import { untyped } from "../helpers/untyped.ts";

const names = fixtureNames("keras", "masked");

describe("masked recurrent layers", () => {
  it.each(names)("%s has the gradients that its losses have differences", name => {
    const f = loadFixture(name);
    const net = peerModel(f);
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: untyped(f.loss) });
    const [{ x, y }] = f.batches;
    const gradients = net.gradients(x, y);
    const before = net.getWeights();
    before.forEach(({ shape, data }, i) => {
      const loss = (moved: ArrayLike<number>) => {
        net.setWeights(before.map((weight, j) => (i === j ? { shape, data: Float32Array.from(moved) } : weight)));
        net.resetStates();
        return net.trainOnBatch(x, y).loss;
      };
      const [near, far] = [1 / 32, 1 / 16].map(h => numericGradient(loss, data, h));
      const differences = near.map((d, k) => (4 * d - far[k]) / 3);
      expectClose(gradients[i].data, differences, { relative: 1e-3, absolute: 1e-4 }, net.network.plan.specs[i].path);
    });
  });

  it("sees no difference between padding and a shorter batch", () => {
    const build = (maskZero: boolean) =>
      sequential(
        [
          layers.embedding({ inputDim: 7, outputDim: 4, maskZero, inputShape: [null] }),
          layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }) }),
          layers.lstm({ units: 5 }),
        ],
        { seed: 2 },
      );
    const padded = build(true).predict(new Array(3).fill([0, 0, 3, 0, 5, 1, 6, 0]));
    const short = build(false).predict(new Array(3).fill([3, 5, 1, 6]));
    expectClose(padded.data, short.data, { absolute: 1e-7 });
  });
});
