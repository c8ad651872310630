/** The order of layers and weights in graphs with branches: that of Keras' `model.layers` and `get_weights()`. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { input, layers, loadModel, type Model, model } from "../../src/index.ts";
import type { GraphOrder, GraphTensor } from "../fixtures/load.ts";
import { fixtureNames, loadFixture } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { modelOfGraph } from "../helpers/graphs.ts";
import { bits, numbers, weightBits } from "../helpers/models.ts";
import { connected, expectPeerTraining, xOf } from "../helpers/peerTraining.ts";
import { untyped } from "../helpers/untyped.ts";
import { kerasOrder } from "../reference/kerasOrder.ts";

describe.each([...fixtureNames("keras", "branched"), ...fixtureNames("keras", "parts")])("%s", name => {
  const f = loadFixture(name);
  const weights = Object.values(f.weights);
  const build = () => {
    const net = connected(f);
    net.setWeights(weights);
    return net;
  };
  const tolerance = (key: "predictions" | "gradients") => ({ absolute: 5e-7 + 3 * f.roundoff[key] });

  it("takes weights as Keras gives them, and predicts what it predicts", () => {
    const net = build();
    expect(weightBits(net)).toEqual(weights.map(({ data }) => bits(data)));
    const predictions = net.predictAll(untyped(xOf(f.batches[0])));
    expect(predictions.map(({ shape }) => shape)).toEqual(f.predictions.map(({ shape }) => shape));
    predictions.forEach(({ data }, i) => {
      expectClose(data, f.predictions[i].data, tolerance("predictions"), `output ${i}`);
    });
  });

  it("lists layers and gradients in the same order", () => {
    const net = build();
    const names = net.layers.flatMap(layer => Object.keys(layer.weights).map(name => `${layer.name}.${name}`));
    expect(names.map(path => path.replace("/", "."))).toEqual(Object.keys(f.weights));
    net.compile({ loss: untyped(f.loss) });
    const gradients = net.gradients(untyped(xOf(f.batches[0])), f.batches[0].y);
    Object.entries(f.gradients).forEach(([path, { data }], i) => {
      expectClose(gradients[i].data, data, tolerance("gradients"), path);
    });
  });

  it("trains as Keras does", () => {
    expectPeerTraining(f);
  });
});

const { graphs } = loadFixture("keras/order-graphs");

describe("random graphs", () => {
  const layersOf = (...[inputs, calls, outputs]: [number, GraphOrder[1], GraphOrder[2]]) =>
    modelOfGraph(inputs, calls, outputs).layers.map(({ name }) => Number(name));

  it("have Keras' order", () => {
    expect(Object.keys(graphs).length).toBe(100);
    for (const [inputs, calls, outputs, layers] of Object.values(graphs)) {
      expect(kerasOrder(inputs, calls, outputs), "reference").toEqual(layers);
      expect(layersOf(inputs, calls, outputs)).toEqual(layers);
    }
  });

  it("have the reference's order", () => {
    const tensor = fc.tuple(fc.nat(), fc.nat(1));
    const tensors = (maxLength: number) => fc.array(tensor, { minLength: 1, maxLength });
    const call = fc.tuple(fc.option(fc.nat(), { freq: 2 }), tensors(3));
    const calls = fc.array(call, { minLength: 1, maxLength: 30, size: "max" });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), calls, tensors(6), (inputs, drawn, ends) => {
        let made = 0;
        const graph = drawn.map(([again, from], i): GraphOrder[1][number] => {
          const layer = again === null || made === 0 ? made++ : again % made;
          return [layer, ...from.map(([node, output]) => tensorAt(node % (inputs + i), output, inputs))];
        });
        const outputs = ends.map(([node, output]): GraphTensor => [inputs + (node % drawn.length), output]);
        expect(layersOf(inputs, graph, outputs)).toEqual(kerasOrder(inputs, graph, outputs));
      }),
      { numRuns: 300 },
    );
  });
});

/** Inputs have one tensor. */
const tensorAt = (node: number, output: number, inputs: number): GraphTensor => [node, node < inputs ? 0 : output];

it("a part of a model has the order of its own graph, and a copy that of the new one", () => {
  const [a, b, c] = ["a", "b", "c"].map(name => layers.dense({ units: 2, name }));
  const x = input({ shape: [2] });
  const deep = b.apply(a.apply(x));
  const shallow = c.apply(x);
  const net = model({ inputs: x, outputs: [shallow, deep] });
  const names = (each: Model) => each.layers.map(({ name }) => name);
  expect(names(net)).toEqual(["a", "c", "b"]);
  const part = net.part({ outputs: [deep, shallow] });
  expect(names(part)).toEqual(["a", "b", "c"]);
  const values = part.getWeights().map(({ shape }, i) => numbers(shape, i));
  part.setWeights(values);
  expect(net.getWeights().map(({ data }) => bits(data))).toEqual([0, 1, 4, 5, 2, 3].map(i => bits(values[i].data)));
  const y = input({ shape: [2] });
  const [first, second] = net.applyAll(y);
  const both = layers.concatenate().apply([layers.dense({ units: 2, name: "top" }).apply(first), second]);
  const copy = model({ inputs: y, outputs: both });
  expect(names(copy)).toEqual(["c", "a", "top", "b", "concatenate"]);
  expect(weightBits(copy).slice(0, 2)).toEqual(weightBits(net).slice(2, 4));
});

it("a file of a graph with branches from before this order loads, keeps its names, and trains on with the same dropout", () => {
  const net = loadModel(readFileSync(new URL("../fixtures/files/branched.safetensors", import.meta.url)));
  const { x, y, layers, predictions, losses } = net.metadata as {
    x: number[][][];
    y: number[][][];
    layers: string[];
    predictions: number[][][];
    losses: number[];
  };
  expect(layers).toEqual([
    ...["embedding", "lstm", "dense", "dense_1", "dropout", "dense_2", "embedding_1", "dropout_1", "lstm_1", "dense_3"],
  ]);
  expect(net.layers.map(({ name }) => name)).toEqual([
    ...["embedding", "lstm", "embedding_1", "dense_1", "dropout_1", "dropout", "lstm_1", "dense", "dense_2", "dense_3"],
  ]);
  net.predictAll(x).forEach(({ data }, i) => {
    expectClose(data, predictions[i].flat(3), { absolute: 1e-6 }, `output ${i}`);
  });
  expectClose(
    losses.map(() => net.trainOnBatch(x, y).loss),
    losses,
    { absolute: 1e-6 },
    "losses",
  );
  expect(weightBits(loadModel(net.save()))).toEqual(weightBits(net));
});
