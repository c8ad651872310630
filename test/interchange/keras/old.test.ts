/** Files of Keras 2, made of those of Keras 3 by what its source says of their layout: groups of `.keras` of 2.13, and `.h5`. */
import { describe, expect, it } from "vitest";
import { loadKeras } from "wasm-lstm/formats";
import { type Hdf5Node, readHdf5 } from "../../../src/interchange/hdf5/read.ts";
import { type Hdf5Tree, writeHdf5 } from "../../../src/interchange/hdf5/write.ts";
import { readZip, writeZip } from "../../../src/interchange/zip.ts";
import { fileOf } from "./files.ts";

const x = { shape: [2, 6, 3], data: Float32Array.from({ length: 36 }, (_, i) => Math.sin(i)) };
const text = (value: object) => new TextEncoder().encode(JSON.stringify(value));

/** A file's tree, to be written again with other names. */
function treeOf(node: Hdf5Node, rename: (name: string) => string = name => name): Hdf5Tree {
  const { shape } = node;
  if (shape) return { shape, data: node.read() as Float32Array };
  return { children: new Map(node.names.map(name => [rename(name), treeOf(node.get(name) as Hdf5Node)])) };
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that is changed anywhere
const partsOf = (name: string): { config: any; root: Hdf5Node } => {
  const entries = readZip(fileOf(name));
  const json = new TextDecoder().decode(entries.get("config.json")?.());
  return { config: JSON.parse(json), root: readHdf5(entries.get("model.weights.h5")?.() as Uint8Array) };
};

describe("Keras 2", () => {
  const { config, root } = partsOf("lstm.keras");
  const wanted = loadKeras(fileOf("lstm.keras")).predict(x);
  const layers = config.config.layers.slice(1);

  it(".keras of 2.13 counts layers with weights twice", () => {
    const doubled = (name: string) => {
      const [, base, number] = /^(.*?)(?:_(\d+))?$/.exec(name) as RegExpExecArray;
      return Number(number) > 0 ? `${base}_${2 * Number(number)}` : name;
    };
    const weights = writeHdf5({
      children: new Map([["_layer_checkpoint_dependencies", treeOf(root.get("layers") as Hdf5Node, doubled)]]),
    });
    const zip = writeZip([
      ["metadata.json", text({ keras_version: "2.13.1" })],
      ["config.json", text(config)],
      ["model.weights.h5", weights],
    ]);
    expect(loadKeras(zip).predict(x)).toEqual(wanted);
  });

  /** A legacy file of layers whose first says the shape of its input. */
  function legacy(change: (layer: { config: Record<string, unknown> }) => void) {
    const own = layers.map((layer: { class_name: string; config: Record<string, unknown> }, i: number) => {
      const { class_name, config: options } = JSON.parse(JSON.stringify(layer));
      const more = i === 0 ? { batch_input_shape: [null, null, 3] } : {};
      const made = {
        class_name,
        config: { ...options, dtype: "float32", implementation: 2, time_major: false, ...more },
      };
      change(made);
      return made;
    });
    const groups = own.map(({ config: { name } }: { config: { name: string } }, i: number): [string, Hdf5Tree] => {
      const { children } = treeOf(
        root.get(["layers/lstm/cell/vars", "layers/lstm_1/cell/vars", "layers/dense/vars"][i]) as Hdf5Node,
      );
      const names = [...(children?.keys() ?? [])].map(key => `weight_${key}:0`);
      const inner = new Map([...(children ?? [])].map(([key, tree]) => [`weight_${key}:0`, tree]));
      return [
        name,
        {
          attributes: { weight_names: names.map(each => `${name}/${each}`) },
          children: new Map([[name, { children: inner }]]),
        },
      ];
    });
    return writeHdf5({
      attributes: {
        keras_version: "2.13.1",
        backend: "tensorflow",
        model_config: JSON.stringify({ class_name: "Sequential", config: { name: "old", layers: own } }),
      },
      children: new Map([
        [
          "model_weights",
          { children: new Map(groups), attributes: { layer_names: groups.map(([name]: [string, Hdf5Tree]) => name) } },
        ],
      ]),
    });
  }

  it(".h5 has names of weights, and shapes with the first layer", () => {
    expect(loadKeras(legacy(() => {})).predict(x)).toEqual(wanted);
  });

  it("has a hard sigmoid of slope 1/5", () => {
    const net = loadKeras(
      legacy(({ config: options }) => {
        if (options.recurrent_activation) options.recurrent_activation = "hard_sigmoid";
      }),
    );
    const { recurrentActivation } = net.layers[0].options as { recurrentActivation?: object };
    expect(recurrentActivation).toEqual({ name: "hardSigmoid", slope: 0.2 });
    expect(net.predict(x).data).not.toEqual(wanted.data);
  });
});
