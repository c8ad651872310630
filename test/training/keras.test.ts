/** Whole training runs against Keras and PyTorch: the losses of every step, then predictions and weights. */
import { expect, it } from "vitest";
import { optimizers } from "../../src/index.ts";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { expectPeerTraining, peerModel, trainAsPeer } from "../helpers/peerTraining.ts";

it.each([...fixtureNames("keras", "training"), ...fixtureNames("torch", "training")])("%s", name => {
  expectPeerTraining(loadFixture(name));
});

it.each(["torch/training-adam", "torch/training-adam-9", "torch/training-sequence50"] as const)(
  "%s, with epsilon where Keras has it, has the same losses",
  name => {
    const f = loadFixture(name);
    const losses = trainAsPeer(peerModel(f, optimizers.adam(f.optimizer.config)), f).map(({ loss }) => loss);
    expect(losses.length).toBeGreaterThanOrEqual(10);
    expectClose(losses, f.losses, { relative: 1e-4 }, "losses");
  },
);
