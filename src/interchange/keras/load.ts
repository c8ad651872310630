/** Models of Keras': `.keras` files of Keras 3 and of 2.13 and later, and legacy `.h5` files. */

import { bringEveryLayer } from "../../everyLayer.ts";
import type { Blueprint, Numbers } from "../../formats/blueprint.ts";
import { type NamedSpec, Plan } from "../../graph/plan.ts";
import { isRecord } from "../../isObject.ts";
import type { Layer } from "../../layer/layer.ts";
import { graphOf } from "../../models/architecture.ts";
import type { LoadOptions } from "../../models/load.ts";
import type { Model } from "../../models/model.ts";
import { outputNames } from "../../training/outputs.ts";
import { warnOnce } from "../../warn.ts";
import { type Hdf5Node, isHdf5, readHdf5 } from "../hdf5/read.ts";
import { importedModel, reading } from "../imported.ts";
import { inflate } from "../inflate.ts";
import { readZip } from "../zip.ts";
import { compileFrom, slotsFrom } from "./compile.ts";
import { EXPRESSED, KERAS_ONLY } from "./expressed.ts";
import { type Graph, graphFrom, type Part } from "./graph.ts";
import { type Json, parse, refuse, shown } from "./json.ts";
import type { Origin } from "./layer.ts";
import { MASKS } from "./masks.ts";
import { tellTurned } from "./turned.ts";
import { REMEDY } from "./values.ts";
import { layersOf, saidIn, textsOf, trainedOf, varsOf, type Wanted, weightsByName, weightsByPlace } from "./weights.ts";

/**
 * A model from a file of Keras': `.keras`, or `.h5` with the whole model. It has the same weights and makes the same predictions; where
 * it was compiled it is compiled, and goes on training where Keras stopped. What there is not here is an error that names it.
 *
 * @param bytes of the file
 * @param options as for `loadModel`; with { compile: false } loss, metrics and optimizer are left out, and regularizers and constraints that there are not here
 * @throws TypeError or RangeError with one clear sentence for what cannot be read, or is not here
 * @example const net = loadKeras(await readFile("model.keras"));
 */
export function loadKeras(bytes: Uint8Array, options: LoadOptions = {}): Model {
  return reading("loadKeras", bytes, own => {
    bringEveryLayer();
    const { config, version, compile, weights, optimizer } = isHdf5(own) ? legacy(own) : zipped(own);
    const trains = options?.compile !== false;
    const origin: Origin = {
      steepSigmoid: !/^[3-9]/.test(String(version)),
      classes: { ...EXPRESSED, ...KERAS_ONLY },
      masks: MASKS,
      trains,
    };
    const graph = graphFrom(config, origin);
    tellTurned("loadKeras", layersOf(graph.root));
    const found = blueprintFrom(graph, wanted => weights(graph.root, wanted, saidIn(graph.root, wanted)));
    const made = () => importedModel(found.blueprint, options, "loadKeras");
    if (!trains || !isRecord(compile) || Object.keys(compile).length === 0) return made();
    try {
      addCompile(found, graph, compile, optimizer);
      return made();
    } catch (error) {
      return refuse(`${(error as Error).message}; ${REMEDY}`);
    }
  });
}

/** What of a file makes a model. */
interface Parts {
  config: Json;
  version: unknown;
  compile: unknown;
  weights(root: Part, wanted: Wanted, said: Map<string, Numbers>): Map<string, Numbers>;
  optimizer(): Hdf5Node[];
}

function zipped(bytes: Uint8Array): Parts {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b)
    refuse("expected a .keras file, which is a zip, or an .h5 file; this is neither");
  const entries = readZip(bytes, inflate);
  const read = (name: string): Uint8Array => {
    const names = [...entries.keys()];
    const entry =
      entries.get(name) ?? refuse(`expected ${name} in the zip, got ${shown(names)}${elsewhere(names, name)}`);
    return entry();
  };
  const json = (name: string): Json => parse(new TextDecoder().decode(read(name)), name);
  const config = json("config.json");
  const root = readHdf5(read("model.weights.h5"));
  return {
    config,
    version: entries.has("metadata.json") ? json("metadata.json").keras_version : undefined,
    compile: config.compile_config,
    weights: (...wanted) => weightsByPlace(root, ...wanted),
    optimizer: () => varsOf(root.get("optimizer")),
  };
}

/** Where a file may be that is not at its place. */
function elsewhere(names: readonly string[], name: string): string {
  const found = names.filter(each => each.endsWith(`/${name}`));
  if (found.length > 1) return `; there are ${found.length} models in it, zip each by itself`;
  return found.length === 1
    ? ": zip what is in that folder, not the folder"
    : "; save the model again, whole and as one file";
}

function legacy(bytes: Uint8Array): Parts {
  const root = readHdf5(bytes);
  const json = root.attribute("model_config");
  if (typeof json !== "string")
    refuse(
      "this .h5 file has weights alone, and no model; in Keras, write it with model.save(), not with save_weights()",
    );
  const training = root.attribute("training_config");
  const weights = root.get("model_weights") ?? refuse("this .h5 file has a model without its weights");
  return {
    config: parse(json, "model_config"),
    version: root.attribute("keras_version"),
    compile: typeof training === "string" ? parse(training, "training_config") : undefined,
    weights: (...wanted) => weightsByName(weights, ...wanted),
    optimizer() {
      const group = root.get("optimizer_weights");
      if (!group) return [];
      return textsOf(group, "weight_names").map(
        name => group.get(name) ?? refuse(`optimizer_weights: there is no ${shown(name)}`),
      );
    },
  };
}

/** A model as plain data, and what is known of its weights. */
export interface Found {
  blueprint: Blueprint;
  wanted: Wanted;
}

/** A model of a graph and its weights. */
export function blueprintFrom(
  { inputs, outputs, ends }: Graph,
  weightsOf: (wanted: Wanted) => Blueprint["weights"],
): Found {
  const plan = new Plan(inputs, outputs);
  const { layers, ...graph } = graphOf(plan);
  // A file has weights of everything, and its optimizer too.
  const all = new Plan(inputs, [...outputs, ...ends]);
  const wanted = new Map<Layer, NamedSpec[]>(all.layers.map(layer => [layer, []]));
  for (const spec of all.specs) wanted.get(spec.layer)?.push(spec);
  const read = new Set(plan.layers);
  for (const layer of all.layers)
    if (!read.has(layer)) warnOnce(`layer "${layer.name}": no output depends on it, so it is left out`);
  return {
    wanted,
    blueprint: {
      graph: { ...graph, layers: layers.map(({ stream: _, ...layer }) => layer) },
      weights: weightsOf(wanted),
      seed: 0,
      slots: new Map(),
      progress: { step: 0, epoch: 0 },
      scaling: {},
      metadata: {},
    },
  };
}

function addCompile({ blueprint, wanted }: Found, graph: Graph, config: Json, optimizer: () => Hdf5Node[]): void {
  const compile = compileFrom(config, graph.outputNames, outputNames(graph.outputs));
  const { slots, iterations } = slotsFrom(optimizer(), trainedOf(graph.root, wanted), compile);
  Object.assign(blueprint, { compile, slots, progress: { step: iterations, epoch: 0, iterations } });
}
