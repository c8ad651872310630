/** Losses of bare predictions, without logits behind them, against Keras' own values and gradients. */
import { expect, it } from "vitest";
import { lossRegistry } from "../../src/losses/registry.ts";
import "../../src/standard.ts";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { runLoss } from "../helpers/runLoss.ts";

it.each(fixtureNames("keras", "loss"))("%s", name => {
  const f = loadFixture(name);
  const loss = lossRegistry.make(f.loss, f.config);
  expect(loss.target([4]).ids).toBe(f.target.data instanceof Int32Array);
  const { value, gradient } = runLoss(
    loss,
    f.prediction,
    f.target,
    f.sampleWeight && { weights: f.sampleWeight.data as Float32Array },
  );
  // Keras' numbers are off by `roundoff`; ours are sums in float64, rounded once.
  expectClose([value], [f.value], { absolute: 1.1 * f.roundoff.value, relative: 1e-7 }, "value");
  expectClose(gradient, f.gradient.data, { absolute: 1.1 * f.roundoff.gradient, relative: 2e-7 }, "gradient");
});
