/** The graph of a model of Keras', Sequential or functional, and of models inside of it. */
import type { Numbers } from "../../formats/blueprint.ts";
import { isRecord } from "../../isObject.ts";
import { connect, inputNode, type Layer, SymbolicTensor } from "../../layer/layer.ts";
import { expectInnerShape } from "../../layer/options.ts";
import { type Place, placesIn, type Use, useOf } from "./calls.ts";
import { entryOf, inLayer, nameOf, titleOf } from "./entry.ts";
import { type Json, list, record, refuse, shown, text } from "./json.ts";
import { makeLayer, NONE, nameFrom, type Origin } from "./layer.ts";

/** Where the numbers of a weight are; errors call it by what they are given. */
export type Reading = (what: string) => Numbers;

/** A layer or a model of a file, and what was made of it: in the order in which Keras lists weights. */
export interface Part {
  className: string;
  name: string;
  /** None: an input, or a model */
  layer?: Layer;
  /** Of a model, or of cells in one loop */
  parts?: Part[];
  /** Its options in the file */
  own?: Json;
}

export interface Graph {
  root: Part;
  inputs: SymbolicTensor[];
  outputs: SymbolicTensor[];
  /** Names of the layers that the outputs come from */
  outputNames: string[];
  /** All outputs of functional models, also of those inside: nothing may read some of these */
  ends: SymbolicTensor[];
}

/** How many times layers may be used in all: models inside of models can be used 2^depth times. */
const MOST = 10_000;

/** Something that can be called: a layer, or a model as one. */
interface Callable {
  part: Part;
  call(inputs: readonly SymbolicTensor[]): SymbolicTensor[];
}

const MODELS = ["Sequential", "Functional", "Model"];

/** An input, which has its name unless Keras made that. */
function inputFrom(shape: unknown, name: string): SymbolicTensor {
  const own = !/^(input_layer|input)(_\d+)?$|^lengths$/.test(name);
  return inputNode(shapeFrom(shape, name), own ? nameFrom({ name }) : undefined);
}

class Reader {
  readonly origin: Origin;
  #left = MOST;
  readonly #names = new Set<string>();
  /** What functional models gave whenever they were called */
  readonly ends: SymbolicTensor[] = [];

  constructor(origin: Origin) {
    this.origin = origin;
  }

  /** A name that no other layer has: those of a model inside of another may be taken. */
  #unique(config: unknown, outer: string): unknown {
    const { own } = entryOf(config);
    let unique = nameOf(own);
    if (this.#names.has(unique)) unique = `${outer}_${unique}`;
    if (this.#names.has(unique)) refuse(`layer ${shown(unique)}: two layers have that name`);
    this.#names.add(unique);
    return { ...(config as Json), config: { ...own, name: unique } };
  }

  callable(config: unknown, outer: string, more: Json): Callable {
    const { className, own, title } = entryOf(config);
    if (MODELS.includes(className)) return this.model(config);
    const { cell } = own;
    if (isRecord(cell) && cell.class_name === "StackedRNNCells") return this.#stacked(own, title);
    const part: Part = { className, name: nameOf(own), own };
    const named = this.#unique(config, outer);
    return {
      part,
      call: inputs =>
        inLayer(config, () => {
          if (inputs.length === 0) refuse("it is called with no tensor");
          if (this.#left-- <= 0) refuse(`the model: it uses layers more than ${MOST} times`);
          const made = part.layer ?? makeLayer(named, this.origin, more, inputs);
          if (made instanceof SymbolicTensor) return [made];
          part.layer = made;
          return connect(made, inputs);
        }),
    };
  }

  /** Cells in one loop, which are layers one after the other. */
  #stacked(own: Json, title: string): Callable {
    // Layers one after the other would turn a mask between them, and have no states together.
    if (own.return_state || own.go_backwards)
      refuse(`${title}: several cells in one loop are read without return_state and go_backwards`);
    const cells = list(entryOf(own.cell).own.cells, "cells");
    const layers = cells.map((cell, i) => {
      const name = `${nameOf(own)}_${i}`;
      const sequences = i < cells.length - 1 || own.return_sequences;
      return { class_name: "RNN", config: { ...own, cell, name, return_sequences: sequences } };
    });
    const made = this.#sequential({ ...own, layers });
    // Files name weights by these.
    made.part.className = "RNN";
    for (const [i, part] of made.part.parts.entries()) part.className = entryOf(cells[i]).className;
    return made;
  }

  model(config: unknown): Callable & { inputs(): SymbolicTensor[]; outputNames: string[] } {
    const { class_name: className, config: given } = record(config, "the model");
    // Very old Sequential models are their list of layers.
    const own: Json = Array.isArray(given) ? { layers: given } : record(given, "the model's config");
    return className === "Sequential" ? this.#sequential(own) : this.#functional(className as string, own);
  }

  #sequential(own: Json) {
    const layers = list(own.layers, "the model's layers");
    const name = text(own.name ?? "sequential", "the model's name");
    if (layers.length === 0) refuse(`model ${shown(name)}: it has no layers`);
    const rest = layers.filter(layer => record(layer, "a layer").class_name !== "InputLayer");
    const chain = rest.map(layer => this.callable(layer, name, {}));
    const parts = chain.map(({ part }) => part);
    return {
      part: { className: "Sequential", name, parts },
      inputs: () => [inputNode(shapeFrom(firstShape(own), name))],
      outputNames: parts.slice(-1).map(part => part.name),
      call: (inputs: readonly SymbolicTensor[]) => chain.reduce((tensors, { call }) => call(tensors), [...inputs]),
    };
  }

  #functional(className: string, own: Json) {
    const name = text(own.name ?? "model", "the model's name");
    const { masks } = this.origin;
    const isOp = masks?.isOp;
    const configs = list(own.layers, "the model's layers").map(layer => record(layer, "a layer"));
    const called = new Map<string, { config: Json; uses: Use[]; made?: Callable }>();
    const parts: Part[] = [];
    for (const config of configs) {
      const { own, className } = entryOf(config);
      const layerName = text(config.name ?? own.name, "a layer's name");
      if (called.has(layerName)) refuse(`layer ${shown(layerName)}: two layers have that name`);
      const nodes = isOp?.(config) ? [] : list(config.inbound_nodes ?? [], `${titleOf(config)} inbound_nodes`);
      const uses = nodes.map(node => useOf(node, config, masks?.names ?? []));
      const entry: { config: Json; uses: Use[]; made?: Callable } = { config, uses };
      called.set(layerName, entry);
      if (className === "InputLayer") parts.push({ className, name: layerName });
      else if (!isOp?.(config)) {
        const [first] = uses;
        for (const use of uses)
          if (shown(use.more) !== shown(first.more)) refuse(`${titleOf(config)}: its calls differ in their arguments`);
        entry.made = this.callable(config, name, first?.more ?? {});
        parts.push(entry.made.part);
      }
    }
    masks?.expectOwn(called);
    const [from, to] = ["input_layers", "output_layers"].map(key => {
      const what = `model ${shown(name)} ${key}`;
      return placesIn(own[key] ?? refuse(`${what}: expected tensors, got none`), what);
    });
    // Models have a call of their own before those that are listed. Keras 3 counts it in what ends say of functional ones, Keras 2
    // everywhere, but not of all.
    const used = [...called.values()].flatMap(({ uses }) => uses.flatMap(({ tensors }) => tensors));
    const isNew = configs.some(({ inbound_nodes: nodes }) => isRecord((nodes as unknown[] | undefined)?.[0]));
    const ownCalls = (layer: string, isEnd: boolean): number => {
      const entry = called.get(layer);
      if (!entry || !MODELS.includes(entry.config.class_name as string)) return 0;
      if (isNew) return isEnd && entry.config.class_name !== "Sequential" ? 1 : 0;
      return [...used, ...to].some(([name, node]) => name === layer && node >= entry.uses.length) ? 1 : 0;
    };
    const outputsOf = (inputs: readonly SymbolicTensor[]): SymbolicTensor[] => {
      if (inputs.length !== from.length)
        refuse(`model ${shown(name)}: expected ${from.length} inputs, got ${inputs.length}`);
      const made = new Map<string, SymbolicTensor[] | undefined>(from.map(([layer], i) => [`${layer} 0`, [inputs[i]]]));
      const tensor = ([layer, place, index]: Place, isEnd = false): SymbolicTensor => {
        const node = place - ownCalls(layer, isEnd);
        const key = `${layer} ${node}`;
        if (!made.has(key)) {
          made.set(key, undefined);
          const entry = called.get(layer);
          if (entry && isOp?.(entry.config)) refuse(`${titleOf(entry.config)}: ${NONE}`);
          const use =
            entry?.uses[node] ?? refuse(`layer ${shown(layer)}: its output is used, but not call ${node} of it`);
          made.set(key, entry?.made?.call(use.tensors.map(each => tensor(each))));
        }
        const outputs =
          made.get(key) ?? refuse(`layer ${shown(layer)}: it reads what it makes, or is an input that is not listed`);
        return (
          outputs[index] ?? refuse(`layer ${shown(layer)}: its output ${index} is used, but it has ${outputs.length}`)
        );
      };
      const outputs = to.map(end => tensor(end, true));
      this.ends.push(...outputs);
      return outputs;
    };
    return {
      part: { className, name, parts },
      inputs: () => from.map(([layer]) => inputFrom(shapeOf(called.get(layer)?.config.config), layer)),
      outputNames: to.map(([layer]) => layer),
      call: outputsOf,
    };
  }
}

/** The shape that an input or a first layer says, with its batch axis. */
function shapeOf(config: unknown): unknown {
  if (!isRecord(config)) return undefined;
  for (const key of ["sparse", "ragged"])
    if (config[key] === true) refuse(`input ${shown(config.name)} ${key}: expected false, got true`);
  if (/string|complex/.test(String(config.dtype)))
    refuse(`input ${shown(config.name)} dtype: expected numbers, got ${config.dtype}`);
  return config.batch_shape ?? config.batch_input_shape ?? config.batchInputShape;
}

/** The shape that a chain's first layer says, which may be a model itself, or that it was built for. */
function firstShape(own: Json): unknown {
  const [first] = list(own.layers, "the model's layers");
  const { class_name: className, config } = record(first, "a layer");
  const inner = isRecord(config) && MODELS.includes(className as string);
  return (inner ? firstShape(config) : shapeOf(config)) ?? own.build_input_shape;
}

function shapeFrom(value: unknown, name: string): (number | null)[] {
  if (value === undefined || value === null)
    refuse(
      `input of ${shown(name)}: the file says no shape; in Keras, begin with keras.Input(shape) or call the model once before saving`,
    );
  const shape = list(value, `input of ${shown(name)}`).slice(1);
  return [...expectInnerShape(shape, `input of ${shown(name)}`)];
}

/** The graph of a model, from its architecture as Keras writes it. */
export function graphFrom(config: unknown, origin: Origin): Graph {
  const { class_name: className } = record(config, "the model");
  if (!MODELS.includes(className as string))
    refuse(
      `model: expected a Sequential or functional one, got the class ${shown(className)}; of a class of one's own the file has no graph: ` +
        "build a functional model of the same layers in Keras, and save that",
    );
  const reader = new Reader(origin);
  const { part: root, inputs: make, outputNames, call } = reader.model(config);
  const inputs = make();
  return { root, inputs, outputs: call(inputs), outputNames, ends: reader.ends };
}
