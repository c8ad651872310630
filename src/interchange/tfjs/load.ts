/** Layers models of TensorFlow.js: model.json, and its weights in shards. */
import { bringEveryLayer } from "../../everyLayer.ts";
import type { Numbers } from "../../formats/blueprint.ts";
import { isRecord } from "../../isObject.ts";
import type { LoadOptions } from "../../models/load.ts";
import type { Model } from "../../models/model.ts";
import { sizeOf } from "../../ndarray.ts";
import { joined } from "../../typedArray.ts";
import { warnOnce } from "../../warn.ts";
import { importedModel, within } from "../imported.ts";
import { EXPRESSED } from "../keras/expressed.ts";
import { graphFrom, type Part, type Reading } from "../keras/graph.ts";
import { type Json, list, parse, record, refuse, shown, text } from "../keras/json.ts";
import type { Origin } from "../keras/layer.ts";
import { blueprintFrom } from "../keras/load.ts";
import { layersOf, leavesOf, pair, type Wanted } from "../keras/weights.ts";
import { halfToFloat } from "../numbers.ts";

/** Bytes of the shards: in the order of the manifest's paths, by path, or all together. */
export type Shards =
  | Uint8Array
  | ArrayBuffer
  | readonly (Uint8Array | ArrayBuffer)[]
  | Readonly<Record<string, Uint8Array | ArrayBuffer>>;

/** What TensorFlow.js' layers are where a key is absent or null, if that is something else than in Keras 3. */
function defaults(className: string): Json {
  const kernel = { kernel_initializer: "glorot_normal" };
  const gates = { ...kernel, recurrent_activation: "hard_sigmoid" };
  if (className === "LSTM") return { ...gates, unit_forget_bias: false };
  if (className === "GRU") return { ...gates, reset_after: false };
  return ["SimpleRNN", "Dense", "Conv1D"].includes(className) ? kernel : {};
}

/**
 * A model of TensorFlow.js', as `model.save` or the converter of Keras' models writes it. It has the same weights and makes the same
 * predictions: where model.json leaves something out, TensorFlow.js' own defaults hold. Quantized and float16 weights are taken back to
 * float32. Loss and optimizer are left out: call `compile`.
 *
 * @param modelJson model.json: an object, its text, or its bytes
 * @param shards the bytes of its weights, see {@link Shards}
 * @param options as for `loadModel`
 * @throws TypeError or RangeError with one clear sentence for what cannot be read, or is not here
 * @example const net = loadTfjs(await readFile("model.json"), [await readFile("group1-shard1of1.bin")]);
 */
export function loadTfjs(modelJson: object | string | Uint8Array, shards: Shards, options: LoadOptions = {}): Model {
  return within("loadTfjs", () => {
    bringEveryLayer();
    const json = jsonOf(modelJson);
    if (json.format !== undefined && json.format !== "layers-model")
      refuse(
        `format: expected "layers-model", got ${shown(json.format)}; a graph model has no layers, save it as a layers model`,
      );
    const topology = record(json.modelTopology, "modelTopology");
    const config = topology.model_config ?? topology;
    const graph = graphFrom(config, { ...originOf(json, topology), trains: options?.compile !== false });
    const weights = tensorsOf(list(json.weightsManifest, "weightsManifest"), shards);
    const { blueprint } = blueprintFrom(graph, wanted => matched(graph.root, wanted, weights));
    if (json.trainingConfig || topology.training_config)
      warnOnce(
        "loadTfjs: loss and optimizer of the file are left out, since they are another program's; call compile()",
      );
    return importedModel(blueprint, options, "loadTfjs");
  });
}

function jsonOf(given: object | string | Uint8Array): Json {
  if (typeof given === "string") return parse(given, "model.json");
  if (given instanceof Uint8Array) return parse(new TextDecoder().decode(given), "model.json");
  return record(given, "model.json");
}

/** Whose arithmetic it is: a model that Keras made keeps Keras'. */
function originOf({ generatedBy, convertedBy }: Json, topology: Json): Origin {
  const version = String(topology.keras_version ?? "");
  const own = /tfjs/i.test(version) || (/tensorflow\.js/i.test(String(generatedBy)) && !convertedBy);
  const keras3 = !own && /^[3-9]/.test(version);
  return { steepSigmoid: !keras3, classes: EXPRESSED, trains: true, ...(own ? { defaults } : {}) };
}

interface Stored {
  name: string;
  /** Its bytes */
  size: number;
  read: Reading;
}

const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> | ArrayBuffer =>
  value instanceof Uint8Array || value instanceof ArrayBuffer;

/** Bytes of each numbers' type, and how they are read. */
const READERS: Record<string, readonly [width: number, read: (view: DataView, at: number) => number]> = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float16: [2, (view, at) => halfToFloat(view.getUint16(at, true))],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  uint8: [1, (view, at) => view.getUint8(at)],
};

/** All tensors of the manifest, which lie one after the other in its shards, whatever the borders of these. */
function tensorsOf(groups: readonly unknown[], shards: Shards): Stored[] {
  const manifest = groups.map(group => record(group, "weightsManifest"));
  const paths = manifest.flatMap(({ paths }) =>
    list(paths ?? [], "paths").map(path => text(path, "a path of weightsManifest")),
  );
  const bytes = joined(partsOf(shards, paths));
  let at = 0;
  const stored = manifest
    .flatMap(({ weights }) => list(weights, "weights of weightsManifest"))
    .map(entry => {
      const tensor = tensorOf(record(entry, "a weight"), bytes, at);
      at += tensor.size;
      return tensor;
    });
  if (at !== bytes.length)
    refuse(`shards: expected ${at} bytes, got ${bytes.length}; are they of this model.json, and all of them?`);
  return stored;
}

function partsOf(shards: Shards, paths: readonly string[]): Uint8Array[] {
  const parts: readonly unknown[] =
    isBytes(shards) || Array.isArray(shards)
      ? [shards].flat()
      : isRecord(shards)
        ? paths.map(path => (Object.hasOwn(shards, path) ? shards[path] : undefined))
        : refuse(`shards: expected bytes, a list of them, or an object of them by path, got ${shown(shards)}`);
  if (parts.length !== paths.length && parts.length !== 1)
    refuse(`shards: expected ${paths.length} (${paths.slice(0, 3).join(", ")}), got ${parts.length}`);
  return parts.map((each, i) => {
    if (!isBytes(each)) return refuse(`shards: expected the bytes of ${paths[i] ?? "weights"}, got ${shown(each)}`);
    return each instanceof Uint8Array ? each : new Uint8Array(each);
  });
}

function tensorOf(entry: Json, bytes: Uint8Array, at: number): Stored {
  const name = text(entry.name, "a weight's name");
  const what = `weight ${shown(name)}`;
  const shape = list(entry.shape, `${what} shape`) as number[];
  if (shape.length > 32 || !shape.every(n => Number.isSafeInteger(n) && n >= 0))
    refuse(`${what} shape: expected sizes, got ${shown(shape)}`);
  if (entry.dtype !== "float32") refuse(`${what} dtype: expected float32, got ${shown(entry.dtype)}`);
  const packed = entry.quantization === undefined ? undefined : record(entry.quantization, `${what} quantization`);
  const type = packed ? String(packed.dtype) : "float32";
  const [width, read] = Object.hasOwn(READERS, type)
    ? READERS[type]
    : refuse(`${what} quantization: expected uint8, uint16 or float16, got ${shown(type)}`);
  const scaled = type.startsWith("uint");
  const [scale, least] = [packed?.scale ?? 1, packed?.min ?? 0].map(Number);
  if (scaled && !(Number.isFinite(scale) && Number.isFinite(least)))
    refuse(`${what} quantization: expected scale and min, got ${shown(packed)}`);
  const count = sizeOf(shape);
  const size = count * width;
  const numbers = (): Numbers => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
    const data = Float32Array.from({ length: count }, (_, i) => {
      const value = read(view, i * width);
      return scaled ? value * scale + least : value;
    });
    return { shape, data };
  };
  return { name, size, read: numbers };
}

/** Weights by the layers whose names theirs begin with. */
function matched(root: Part, wanted: Wanted, stored: readonly Stored[]): Map<string, Numbers> {
  const left = new Set(stored);
  const weights = new Map<string, Numbers>();
  for (const part of leavesOf(root)) {
    const own = [...left].filter(({ name }) => name.startsWith(`${part.name}/`));
    for (const each of own) left.delete(each);
    const readings = own.map(({ read }) => read);
    for (const layer of layersOf(part)) pair(part, wanted.get(layer) ?? [], readings, weights);
  }
  for (const { name } of left) refuse(`weight ${shown(name)}: no layer of the model has such a name`);
  return weights;
}
