/** Models for Keras 3: `.keras` files, and legacy `.h5` files. */
import type { Blueprint } from "../../formats/blueprint.ts";
import type { NamedSpec, Plan } from "../../graph/plan.ts";
import type { Layer, LayerConfig } from "../../layer/layer.ts";
import { blueprintOf, type Savable } from "../../models/blueprint.ts";
import type { Model } from "../../models/model.ts";
import { boolean, checked, type Input, oneOf, optional, options } from "../../options.ts";
import { outputNames } from "../../training/outputs.ts";
import type { Bytes } from "../../typedArray.ts";
import { warnOnce } from "../../warn.ts";
import { type Hdf5Tree, writeHdf5 } from "../hdf5/write.ts";
import { within } from "../imported.ts";
import { writeZip } from "../zip.ts";
import { type Json, refuse } from "./json.ts";
import { groupName, there } from "./names.ts";
import { tellTurned } from "./turned.ts";
import { PARTS, trainedFirst } from "./weights.ts";
import { compileTo, jsonFor, type Variable, variablesOf } from "./writeCompile.ts";
import { graphTo, inputNames } from "./writeGraph.ts";

const OPTIONS = options({
  /** "keras": a `.keras` file; "h5": a legacy `.h5` file, which Keras 3 reads too. Default "keras" */
  format: optional(oneOf(["keras", "h5"]), "keras"),
  /** Also loss, metrics, and the optimizer with what it has learned, if the model is compiled; an `.h5` file begins anew. Default true */
  compile: optional(boolean, true),
});

export interface SaveKerasOptions extends Input<typeof OPTIONS> {}

/** The version whose files these are like. */
const VERSION = "3.15.1";

/**
 * A model as the bytes of a file that Keras 3 loads: with the same weights, bit by bit, and the same predictions; where it is compiled,
 * training goes on there. What Keras has not is an error that names it.
 *
 * @param net the model
 * @param options see {@link SaveKerasOptions}
 * @throws RangeError for layers, options, losses or metrics that Keras has not
 * @example await writeFile("model.keras", saveKeras(net));
 */
export function saveKeras(net: Model, options: SaveKerasOptions = {}): Bytes {
  const { format, compile: whole } = checked(options, "saveKeras", OPTIONS);
  return within("saveKeras", () => {
    const blueprint = forOthers(net, whole, "saveKeras");
    const { plan } = net.network;
    tellTurned("saveKeras", plan.layers);
    const config = graphTo(plan);
    const compile = blueprint.compile && compileTo(blueprint.compile, outputNames(plan.outputs));
    const variables = variablesOf(blueprint, plan.specs, net.trainer?.optimizer.slots ?? []);
    const file = { plan, config, compile, variables, blueprint };
    return format === "h5" ? legacy(file) : zipped(file);
  });
}

/** A model as plain data, for programs that have weights and layers alone. */
export function forOthers(net: Model, withCompile: boolean, caller: string): Blueprint {
  const { scaling, metadata } = net;
  if (scaling.input || scaling.target)
    refuse(
      "scalers: they would be lost; take them off with setScaling({}), and scale data before it goes into the other program",
    );
  if (Object.keys(metadata).length > 0)
    warnOnce(`${caller}: the model's metadata stay behind, since such a file has no place for them`);
  const { compile, ...blueprint } = blueprintOf(net as unknown as Savable, {
    optimizer: withCompile && net.trainer !== undefined,
  });
  return withCompile ? { ...blueprint, compile } : blueprint;
}

interface File {
  plan: Plan;
  config: Json;
  compile: Json | undefined;
  variables: readonly Variable[];
  blueprint: Blueprint;
}

/** Where something lies in a file. */
type Lying = readonly [path: string, tree: Hdf5Tree];

const numbered = (path: string, arrays: readonly Hdf5Tree[]): Lying[] =>
  arrays.map((tree, i) => [`${path}/vars/${i}`, tree]);

/** Where the weights of a layer lie: under the parts that have them. */
function lying(path: string, [kind, ...inner]: readonly string[], arrays: readonly Hdf5Tree[]): Lying[] {
  const parts = PARTS[kind];
  if (!parts) return numbered(path, arrays);
  const each = arrays.length / parts.length;
  return parts.flatMap((part, i) => lying(`${path}/${part}`, inner, arrays.slice(i * each, (i + 1) * each)));
}

/** The kinds of a layer and of those inside of it. */
function kindsOf({ kind, options }: LayerConfig): string[] {
  const { layer } = options as { layer?: LayerConfig };
  return [kind, ...(layer ? kindsOf(layer) : [])];
}

/** The weights of a layer. */
const specsOf = ({ plan }: File, layer: Layer): NamedSpec[] => plan.specs.filter(spec => spec.layer === layer);

const treeFor = ({ blueprint }: File, { path }: NamedSpec): Hdf5Tree => ({ ...blueprint.weights.get(path) });

function zipped(file: File): Bytes {
  const { plan, config, compile, variables } = file;
  const counts = new Map<string, number>();
  const layers = plan.layers.flatMap(layer => {
    const name = groupName(there(layer.kind));
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const arrays = specsOf(file, layer).map(spec => treeFor(file, spec));
    return lying(`layers/${count > 0 ? `${name}_${count}` : name}`, kindsOf(layer.toJSON()), arrays);
  });
  const weights = writeHdf5(treeOf([["vars", {}], ...layers, ...numbered("optimizer", variables)]));
  const json = (value: object): Uint8Array => new TextEncoder().encode(jsonFor(value));
  return writeZip([
    ["metadata.json", json({ keras_version: VERSION })],
    ["config.json", json({ ...config, ...(compile ? { compile_config: compile } : {}) })],
    ["model.weights.h5", weights],
  ]);
}

/** A tree of groups, of paths such as "a/b/c". */
function treeOf(all: readonly Lying[], attributes: Hdf5Tree["attributes"] = {}): Hdf5Tree {
  const inside = new Map<string, Lying[]>();
  const children = new Map<string, Hdf5Tree>();
  for (const [path, tree] of all) {
    const [name, ...rest] = path.split("/");
    if (rest.length === 0) children.set(name, tree);
    else inside.set(name, [...(inside.get(name) ?? []), [rest.join("/"), tree]]);
  }
  for (const [name, own] of inside) children.set(name, treeOf(own));
  return { children, attributes };
}

function legacy(file: File): Bytes {
  const { plan, config, compile, variables } = file;
  const names = inputNames(plan);
  const groups = plan.sources.map((source): [string, Hdf5Tree] => {
    const name = "outputs" in source ? (names.get(source) as string) : source.name;
    const specs = "outputs" in source ? [] : trainedFirst(specsOf(file, source));
    const paths = specs.map((spec): Lying => [spec.path, treeFor(file, spec)]);
    return [name, treeOf(paths, { weight_names: paths.map(([path]) => path) })];
  });
  const { optimizer, ...training } = compile ?? {};
  // Keras 3 builds the optimizer of such a file for no weights at all when it finds a state of it, and cannot train then.
  if (variables.length > 1)
    warnOnce(
      "saveKeras format h5: what the optimizer has learned stays behind, since Keras 3 cannot go on with it from such a file; " +
        'write format "keras" for that',
    );
  const about = { keras_version: VERSION, backend: "tensorflow" };
  const model = treeOf(groups, { ...about, layer_names: groups.map(([name]) => name) });
  return writeHdf5(
    treeOf([["model_weights", model]], {
      ...about,
      model_config: JSON.stringify(config),
      ...(compile ? { training_config: jsonFor({ ...training, optimizer_config: optimizer }) } : {}),
    }),
  );
}
