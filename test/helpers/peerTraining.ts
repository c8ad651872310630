/** Models of fixtures, trained as Keras or PyTorch trained them. */
import { expect } from "vitest";
import { input, type Layer, type Model, model, type Optimizer, optimizers, sequential } from "../../src/index.ts";
import type { BranchedFixture, MaskedFixture, PartsFixture, TrainingFixture } from "../fixtures/load.ts";
import { expectClose } from "./compare.ts";
import { layerOf } from "./fixtureLayers.ts";
import { untyped } from "./untyped.ts";

type Trained = TrainingFixture | MaskedFixture | BranchedFixture | PartsFixture;
type Batch = Trained["batches"][number];

/** PyTorch's Adam: epsilon is added before, not after, the square root's bias correction. */
function torchAdam(config: Readonly<Record<string, number>>): Optimizer {
  const { beta2, epsilon } = config;
  return {
    ...optimizers.adam(config),
    apply(kernels, block, iteration) {
      const now = optimizers.adam({ ...config, epsilon: epsilon * Math.sqrt(1 - beta2 ** iteration) });
      now.apply(kernels, block, iteration);
    },
  };
}

function optimizerOf({ name, config, semantics }: Trained["optimizer"]): Optimizer {
  return semantics === "torch" ? torchAdam(config) : optimizers[name](config);
}

/** Fixtures name the layer that another is tied to. */
const tiedTo = ({ tiedTo: name }: { tiedTo?: unknown }, made: Record<string, Layer>) =>
  name === undefined ? {} : { tiedTo: made[name as string] };

/** The layers one after the other, or connected as the graph says. */
export function connected({ layers, graph }: Pick<Trained, "layers" | "graph">): Model {
  if (!graph) return sequential(layers.map(layerOf), { seed: 3 });
  const symbols = Object.fromEntries(Object.entries(graph.inputs).map(([name, shape]) => [name, input({ shape })]));
  const inputs = Object.values(symbols);
  const made: Record<string, Layer> = {};
  const counts: Record<string, number> = {};
  for (const { layer, config, from = [], again } of layers) {
    const kind = again ? `${again}:` : layer;
    const count = counts[kind] ?? (again ? 2 : 0);
    counts[kind] = count + 1;
    const name = again ? `${kind}${count}` : count ? `${kind}_${count}` : kind;
    made[name] = made[again ?? ""] ?? layerOf({ layer, config: { ...config, ...tiedTo(config, made), name } });
    const outputs = made[name].applyAll(from.map(key => symbols[key]));
    symbols[name] = outputs[0];
    outputs.forEach((symbol, i) => {
      symbols[`${name}.${i}`] = symbol;
    });
  }
  return model({ inputs, outputs: graph.outputs.map(key => symbols[key]), seed: 3 });
}

/** The model of a fixture with its first weights, compiled. */
export function peerModel(f: Trained, optimizer = optimizerOf(f.optimizer)): Model {
  const net = connected(f);
  const index = weightOrder(net, f);
  const given = Object.values(f.weights);
  net.setWeights(index.map(i => given[i]));
  net.compile(
    untyped({
      optimizer,
      loss: untyped(f.loss),
      ...(f.kind === "masked" ? { metrics: Object.keys(f.metrics) } : {}),
    }),
  );
  return net;
}

/** Where each weight of the model stands in the fixture, which lists layers as it makes them, unless it is of that order. */
function weightOrder(net: Model, f: Trained): number[] {
  const names = net.network.plan.specs.map(spec => spec.path.replaceAll("/", "."));
  const given = Object.keys(f.weights);
  if (f.graph && f.kind !== "branched" && f.kind !== "parts") expect([...names].sort()).toEqual([...given].sort());
  else expect(names).toEqual(given);
  return names.map(name => given.indexOf(name));
}

/** What a model's methods take as x. */
export const xOf = ({ x, lengths }: Batch): unknown => (lengths ? { x, lengths } : x);

/** The logs of all steps. */
export function trainAsPeer(net: Model, f: Trained): Record<string, number>[] {
  return f.losses.map((_, step) => {
    if (f.resets?.includes(step)) net.resetStates();
    const batch = f.batches[step % f.batches.length];
    return net.trainOnBatch(untyped(xOf(batch)), batch.y);
  });
}

/**
 * Losses and metrics of every step, then predictions and weights. The goal is 1e-4; two float32 programs that compute
 * the same agree far better. A weight whose gradients are near epsilon may move by a part of the learning rate less or more.
 */
export function expectPeerTraining(f: Trained): Model {
  const net = peerModel(f);
  expect(f.losses.length).toBeGreaterThanOrEqual(10);
  const logs = trainAsPeer(net, f);
  const column = (name: string) => logs.map(log => log[name]);
  // Keras' Adam rounds beta2 to float32, which changes each step by 6e-6 of itself.
  const steps = f.losses.length * f.optimizer.config.learningRate;
  const close = { relative: 2e-6 + 1e-4 * steps };
  expectClose(column("loss"), f.losses, close, "losses");
  if (f.kind === "masked") {
    for (const [name, values] of Object.entries(f.metrics)) expectClose(column(name), values, close, name);
  }
  const within = (key: string) => ({ absolute: 2e-6 + 5e-5 * steps + 3 * f.roundoff[key] });
  net.resetStates();
  const predictions = f.batches.flatMap(batch => net.predictAll(untyped(xOf(batch))));
  expect(predictions.length).toBe(f.finalPredictions.length);
  predictions.forEach(({ data }, i) => {
    expectClose(data, f.finalPredictions[i].data, within("finalPredictions"), `prediction ${i}`);
  });
  const weights = Object.entries(f.finalWeights ?? {});
  const own = net.getWeights();
  if (weights.length) {
    weightOrder(net, f).forEach((at, i) => {
      const [name, { data }] = weights[at];
      expectClose(own[i].data, data, within("finalWeights"), name);
    });
  }
  return net;
}
