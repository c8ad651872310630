/** The layers around recurrent ones together: ten steps of Keras under masks, weights and schedules; what stands in which fixture. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { layers, losses, metrics, optimizers, schedules } from "../../src/index.ts";
import { lossRegistry } from "../../src/losses/registry.ts";
import { metricRegistry } from "../../src/metrics/registry.ts";
import { optimizerFrom } from "../../src/optimizers/registry.ts";
import { fixtureNames, type LayerSpec, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { connected } from "../helpers/peerTraining.ts";

it.each(fixtureNames("keras", "combined"))("%s", name => {
  const f = loadFixture(name);
  const net = connected(f);
  const names = net.network.plan.specs.map(spec => spec.path.replaceAll("/", "."));
  expect(names).toEqual(Object.keys(f.weights));
  net.setWeights(Object.values(f.weights));
  net.compile({
    loss: lossRegistry.make(f.loss, f.lossConfig),
    optimizer: optimizerFrom({ name: f.optimizer.name, options: f.optimizer.config }),
    weightedMetrics: Object.keys(f.metrics).map(name => metricRegistry.make(name, { name })),
  });
  const logs = f.losses.map((_, step) => {
    const { x, y, sampleWeight } = f.batches[step % f.batches.length];
    return net.trainOnBatch(x.length === 1 ? x[0] : x, y, { sampleWeight });
  });
  for (const [key, values] of Object.entries({ loss: f.losses, ...f.metrics })) {
    const own = logs.map(log => log[key]);
    const within = { relative: 1e-4, absolute: 1e-7 + 3 * (f.roundoff[key === "loss" ? "losses" : key] ?? 0) };
    expectClose(own, values, within, key);
  }
  f.batches.forEach(({ x }, i) => {
    const { data } = net.predict(x.length === 1 ? x[0] : x);
    expectClose(data, f.finalPredictions[i].data, { absolute: 1e-5 }, `prediction ${i}`);
  });
});

/** Of random numbers, which no other library draws; of code of the user's; of this package alone. Tested elsewhere. */
const NOWHERE = {
  layers: ["dropout", "spatialDropout1D", "gaussianNoise", "lambda", "operation", "rnn", "missing"],
};

it("every layer, loss, optimizer, schedule and metric stands in a fixture of ten steps", () => {
  const files = (["training", "masked", "branched", "parts", "weighted", "combined"] as const).flatMap(kind =>
    (["keras", "torch"] as const).flatMap(library => fixtureNames(library, kind)),
  );
  const found = {
    layers: new Set<string>(),
    losses: new Set(),
    optimizers: new Set(),
    schedules: new Set(),
    metrics: new Set(),
  };
  const note = ({ layer, config }: LayerSpec): void => {
    found.layers.add(layer);
    if (config.layer) note(config.layer as LayerSpec);
  };
  for (const name of files) {
    const f = JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
    f.layers.forEach(note);
    for (const loss of [f.loss].flat()) found.losses.add(loss);
    found.optimizers.add(f.optimizer.name);
    found.schedules.add(f.optimizer.config.learningRate?.name);
    for (const metric of Object.keys(f.metrics ?? {})) found.metrics.add(metric);
  }
  const missing = (kind: keyof typeof found, all: object) => Object.keys(all).filter(name => !found[kind].has(name));
  expect(missing("layers", layers).sort()).toEqual([...NOWHERE.layers].sort());
  expect(missing("losses", losses)).toEqual([]);
  expect(missing("optimizers", optimizers)).toEqual([]);
  expect(missing("schedules", schedules)).toEqual([]);
  expect(missing("metrics", metrics)).toEqual([]);
});
