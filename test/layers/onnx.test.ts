/** The LSTM and the options that it has in ONNX: layers against the operator's definition, and both against ONNX Runtime. */
import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { type LstmLayerOptions, sequential } from "../../src/index.ts";
import { fixtureNames, type LayerSpec, loadFixture, type Tensors } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { layerOf } from "../helpers/fixtureLayers.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { lstmVariantReference } from "../reference/lstmVariant.ts";
import { type OnnxWeights, onnxLstm } from "../reference/onnxLstm.ts";

/** Gates of [K, G·H], chosen by `order`, as rows [gates·H, K]; zeros where there is no such gate. */
function rows(data: ArrayLike<number>, K: number, H: number, order: readonly number[]): number[] {
  const width = data.length / K;
  return order.flatMap(gate =>
    Array.from({ length: H * K }, (_, i) => (gate < 0 ? 0 : data[(i % K) * width + gate * H + Math.floor(i / K)])),
  );
}

/** Keras' gates i f g o, or i g o, as ONNX' i o f c; its peephole i f o, or i o, as P's i o f. */
function onnxWeights({ kernel, recurrentKernel, bias, peephole }: Tensors, H: number, coupled = false): OnnxWeights {
  const order = coupled ? [0, 2, -1, 1] : [0, 3, 1, 2];
  return {
    W: rows(kernel.data, kernel.shape[0], H, order),
    R: rows(recurrentKernel.data, H, H, order),
    B: [...rows(bias.data, 1, H, order), ...new Float64Array(4 * H)],
    P: peephole && rows(peephole.data, 1, H, coupled ? [0, 1, -1] : [0, 2, 1]),
  };
}

const pick = (tensors: Tensors, prefix: string, name: (key: string) => string = key => key): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[name(key.slice(prefix.length)), value]] : [],
    ),
  );

describe.each(fixtureNames("onnx", "forward"))("%s", name => {
  const f = loadFixture(name);
  const expected = [f.output, ...Object.values(f.finalState)];
  const within = { absolute: 5e-7 };
  const { config } = (f.layer === "bidirectional" ? f.config.layer : f) as LayerSpec & { config: LstmLayerOptions };
  const [N, T, C] = f.input.shape;
  const sizes = { N, T, C, H: config.units };

  it("is what the layer gives", () => {
    const arrays = { x: f.input, ...f.initialState, ...f.weights };
    const inputs = Object.entries({ x: f.input, ...f.initialState }).map(([key, { shape }]) => [key, shape.slice(1)]);
    const layer = new OneLayer(layerOf(f), Object.fromEntries(inputs));
    layer.forward(arrays).forEach((output, i) => {
      expectClose(output, expected[i].data, within, `output ${i}`);
    });
  });

  it("is what the operator's definition says", () => {
    const ways = f.layer === "bidirectional" ? ["forward", "backward"] : [""];
    const { H } = sizes;
    ways.forEach((way, d) => {
      const weights = onnxWeights(pick(f.weights, way && `${way}.`), H, config.coupledGates);
      const { h, c } = pick(f.initialState, way, key => key.toLowerCase());
      const reverse = way === "backward" || config.goBackwards;
      const options = { inputForget: config.coupledGates, clip: config.clip, reverse };
      const { Y, Yh, Yc } = onnxLstm(f.input.data, { h: h.data, c: c.data }, weights, sizes, options);
      // A layer that goes backwards gives its steps in the order in which it comes to them.
      const time = (t: number) => (config.goBackwards ? T - 1 - t : t);
      const at = (i: number) => {
        const [n, t, j] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
        return ((n * T + time(t)) * ways.length + d) * H + j;
      };
      const { data } = f.output;
      expectClose(
        Y,
        Float64Array.from(Y, (_, i) => data[at(i)]),
        within,
        `${way} output`,
      );
      expectClose(Yh, expected[1 + 2 * d].data, within, `${way} h`);
      expectClose(Yc, expected[2 + 2 * d].data, within, `${way} c`);
    });
  });

  if (f.layer === "bidirectional") return; // the reference has one direction
  it("is what the reference of the gradients gives", () => {
    const arrays = { x: f.input, ...f.initialState, ...f.weights };
    const values = Object.fromEntries(Object.entries(arrays).map(([key, { data }]) => [key, data]));
    const { outputs } = lstmVariantReference(sizes, config)(values);
    outputs.forEach((output, i) => {
      expectClose(output, expected[i].data, within, `output ${i}`);
    });
  });
});

const { sizes, cases } = JSON.parse(readFileSync(new URL("../fixtures/onnx-cells.json", import.meta.url), "utf8"));

it.each(cases as (LayerSpec & Record<"W" | "R" | "B" | "x" | "y", number[]>)[])(
  "$layer $config.clip $config.activation $config.recurrentActivation is ONNX Runtime's",
  ({ layer, config, W, R, B, x, y }) => {
    const { N, T, C, H } = sizes;
    const net = sequential([layerOf({ layer, config: { ...config, inputShape: [T, C] } })]);
    // The operator's gates, z r h and i o f c, as the layer has them.
    const gates = { gru: [0, 1, 2], simpleRNN: [0], lstm: [0, 2, 3, 1] }[layer as "gru" | "simpleRNN" | "lstm"];
    const G = gates.length * H;
    const turned = (rows: number[], K: number) => ({
      shape: [K, G],
      data: Array.from({ length: K * G }, (_, i) => {
        const [k, g] = [Math.floor(i / G), i % G];
        return rows[(gates[Math.floor(g / H)] * H + (g % H)) * K + k];
      }),
    });
    const [own, ofH] = [turned(B.slice(0, G), 1).data, turned(B.slice(G), 1).data];
    const apart = layer === "gru" && config.resetAfter !== false;
    const bias = apart
      ? { shape: [2, G], data: [...own, ...ofH] }
      : { shape: [G], data: own.map((value, i) => value + ofH[i]) };
    net.setWeights([turned(W, C), turned(R, H), bias]);
    expectClose(net.predict({ shape: [N, T, C], data: x }).data, y, { absolute: 5e-7 });
  },
);
