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
  read: Reading;
}

const bytesOf = (value: unknown, what: string): Uint8Array =>
  value instanceof Uint8Array
    ? value
    : value instanceof ArrayBuffer
      ? new Uint8Array(value)
      : refuse(`shards: expected the bytes of ${what}, got ${shown(value)}`);

/** Bytes of each numbers' type, and how they are read. */
const READERS: Record<string, readonly [width: number, read: (view: DataView, at: number) => number]> = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float16: [2, (view, at) => halfToFloat(view.getUint16(at, true))],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  uint8: [1, (view, at) => view.getUint8(at)],
};

/** All tensors of the manifest, which lie one after the other in the shards of their group, whatever the borders of these. */
function tensorsOf(groups: readonly unknown[], shards: Shards): Stored[] {
  const manifest = groups.map(group => record(group, "weightsManifest"));
  const paths = manifest.flatMap(({ paths }) =>
    list(paths ?? [], "paths").map(path => text(path, "a path of weightsManifest")),
  );
  const parts = partsOf(shards, paths);
  const stored: Stored[] = [];
  // In one piece all groups follow one another; else each has its own shards.
  let bytes = parts.length === 1 && paths.length !== 1 ? parts[0] : new Uint8Array();
  const whole = bytes.length > 0;
  let at = 0;
  for (const group of manifest) {
    if (!whole) {
      bytes = joined(parts.splice(0, (group.paths as unknown[] | undefined)?.length ?? 1));
      at = 0;
    }
    for (const each of list(group.weights, "weights of weightsManifest")) {
      const { tensor, size } = tensorOf(record(each, "a weight"), bytes, at);
      stored.push(tensor);
      at += size;
    }
    if (!whole && at !== bytes.length)
      refuse(`shards: expected ${at} bytes, got ${bytes.length}; are they of this model.json, and all of them?`);
  }
  if (whole && at !== bytes.length)
    refuse(`shards: expected ${at} bytes, got ${bytes.length}; are they of this model.json, and all of them?`);
  return stored;
}

function partsOf(shards: Shards, paths: readonly string[]): Uint8Array[] {
  if (shards instanceof Uint8Array || shards instanceof ArrayBuffer) return [bytesOf(shards, "weights")];
  if (Array.isArray(shards)) {
    if (shards.length !== paths.length && shards.length !== 1)
      refuse(`shards: expected ${paths.length} (${paths.slice(0, 3).join(", ")}), got ${shards.length}`);
    return shards.map((each, i) => bytesOf(each, paths[i] ?? "weights"));
  }
  if (!isRecord(shards))
    return refuse(`shards: expected bytes, a list of them, or an object of them by path, got ${shown(shards)}`);
  return paths.map(path => bytesOf(Object.hasOwn(shards, path) ? shards[path] : undefined, path));
}

function tensorOf(entry: Json, bytes: Uint8Array, at: number): { tensor: Stored; size: number } {
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
  if (!(at + size <= bytes.length))
    refuse(`shards: they end before ${what}; are they of this model.json, and all of them?`);
  const numbers = (): Numbers => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
    const data = Float32Array.from({ length: count }, (_, i) => {
      const value = read(view, i * width);
      return scaled ? value * scale + least : value;
    });
    return { shape, data };
  };
  return { tensor: { name, read: numbers }, size };
}

/** Weights by the layers whose names theirs begin with. */
function matched(root: Part, wanted: Wanted, stored: readonly Stored[]): Map<string, Numbers> {
  const byLayer = new Map<string, Reading[]>();
  for (const { name, read } of stored) {
    const layer = name.slice(0, name.lastIndexOf("/"));
    const key = leavesOf(root).find(part => layer === part.name || layer.startsWith(`${part.name}/`))?.name ?? layer;
    byLayer.set(key, [...(byLayer.get(key) ?? []), read]);
  }
  const weights = new Map<string, Numbers>();
  for (const part of leavesOf(root)) {
    for (const layer of layersOf(part)) pair(part, wanted.get(layer) ?? [], byLayer.get(part.name) ?? [], weights);
    byLayer.delete(part.name);
  }
  const [lost] = byLayer.keys();
  if (lost !== undefined) refuse(`weight of ${shown(lost)}: no layer of the model has that name`);
  return weights;
}
