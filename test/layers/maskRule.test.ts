/** Which masks come out of layers whose input has one: the rule of each. */

import { describe, expect, it, vi } from "vitest";
import { input, layers, model, ndarray, sequential } from "../../src/index.ts";
import { Layer, type SymbolicTensor } from "../../src/layer/layer.ts";
import { finish } from "../../src/parts.ts";
import { Tensor } from "../../src/tensor.ts";
import type { InnerShape } from "../../src/weight.ts";
import { numbers } from "../helpers/models.ts";

const { activation, bidirectional, dense, dropout, lstm, missing, timeDistributed } = layers;

const [N, T, C] = [2, 3, 4];
const MASK = [1, 1, 0, 1, 0, 0];
const REVERSED = [0, 1, 1, 0, 0, 1];
const NONE = undefined;

/** A layer that says nothing about masks. */
class Plain extends Layer {
  readonly kind = "plain";

  constructor(readonly inner: InnerShape) {
    super({});
  }

  override outputShapes(): InnerShape[] {
    return [this.inner];
  }

  override forward(_: unknown, [x]: readonly Tensor[]): Tensor[] {
    const shape = this.inner.map(n => n ?? T);
    return [new Tensor(x.pointer, [N, ...shape])];
  }
}

/** The masks of the outputs made of x [N, T, C], whose steps MASK hides. */
function masksOf(make: (x: SymbolicTensor) => SymbolicTensor | SymbolicTensor[]): (number[] | undefined)[] {
  const x = input({ shape: [null, C] });
  const { network } = model({ inputs: x, outputs: make(layers.masking({ maskValue: 9 }).apply(x)) });
  const context = network.context({ training: true });
  const numbers = Float32Array.from({ length: N * T * C }, (_, i) => (MASK[Math.floor(i / C)] ? i % 5 : 9));
  const values = finish(network.forward(context, [context.tensorFrom(numbers, [N, T, C])]));
  return network.outputs(values).map(({ mask }) => {
    if (!mask) return undefined;
    const at = mask.pointer >>> 2;
    return [...context.memory.ints.subarray(at, at + mask.size)];
  });
}

const sequences = { units: 2, returnSequences: true };

it.each<[string, Layer, (number[] | undefined)[]]>([
  ["dense", dense({ units: 2 }), [MASK]],
  ["an activation", activation({ activation: "softmax" }), [MASK]],
  ["none at all", activation({ activation: "linear" }), [MASK]],
  ["dropout", dropout({ rate: 0.5 }), [MASK]],
  ["missing", missing({ strategy: "zero" }), [MASK]],
  ["timeDistributed", timeDistributed({ layer: dense({ units: 2 }) }), [MASK]],
  ["a recurrent layer of sequences", lstm(sequences), [MASK]],
  ["with its states", lstm({ ...sequences, returnState: true }), [MASK, NONE, NONE]],
  ["backwards", lstm({ ...sequences, goBackwards: true }), [REVERSED]],
  ["of last outputs", lstm({ units: T }), [NONE]],
  ["both ways", bidirectional({ layer: lstm(sequences) }), [MASK]],
  ["both ways apart", bidirectional({ layer: lstm(sequences), mergeMode: null }), [MASK, MASK]],
  ["both ways, last outputs", bidirectional({ layer: lstm({ units: T }) }), [NONE]],
  ["a layer that says nothing", new Plain([null, 2]), [MASK]],
  ["one that changes the steps", new Plain([2, 2]), [NONE]],
  ["one that takes the axis of features away", new Plain([null]), [NONE]],
])("%s", (_, layer, masks) => {
  expect(masksOf(x => layer.applyAll(x))).toEqual(masks);
});

it("padding is in no loss, though a layer of one's own knows no masks", async () => {
  const evaluate = (between: (x: SymbolicTensor) => SymbolicTensor) => {
    const x = input({ shape: [null, C] });
    const net = model({ inputs: x, outputs: between(layers.masking({ maskValue: 9 }).apply(x)) });
    net.compile({ loss: "meanSquaredError", optimizer: "sgd" });
    const numbers = Float32Array.from({ length: N * T * C }, (_, i) => (MASK[Math.floor(i / C)] ? i % 5 : 9));
    return net.evaluate(ndarray(numbers, [N, T, C]), ndarray(new Float32Array(N * T * C).fill(1), [N, T, C]));
  };
  expect(await evaluate(x => new Plain([null, C]).apply(x))).toEqual(await evaluate(x => x));
});

describe("where masks end", () => {
  const ends: Record<string, () => Layer> = {
    flatten: () => layers.flatten({ name: "flat" }),
    reshape: () => layers.reshape({ targetShape: [-1, 3], name: "shaped" }),
    permute: () => layers.permute({ dims: [2, 1], name: "turned" }),
    zeroPadding1D: () => layers.zeroPadding1D({ name: "padded" }),
    cropping1D: () => layers.cropping1D({ name: "cropped" }),
    upSampling1D: () => layers.upSampling1D({ name: "longer" }),
  };

  it.each(Object.entries(ends))("%s says so, once, and only where there is a mask", (_, make) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const x = numbers([2, 4, 3]);
      sequential([layers.dense({ units: 3, inputShape: [4, 3] }), make()]).predict(x);
      expect(warn).not.toHaveBeenCalled();
      const net = sequential([layers.masking({ inputShape: [4, 3] }), make()]);
      for (let i = 0; i < 2; i++) net.predict(x);
      expect(warn).toHaveBeenCalledTimes(1);
      const text = `wasm-lstm: ${net.layers[1].name}: this layer sees padding as other steps, and masks end here, as in Keras`;
      expect(warn.mock.calls[0][0].startsWith(text)).toBe(true);
    } finally {
      warn.mockRestore();
    }
  });
});
