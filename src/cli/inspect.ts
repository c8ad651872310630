/** `wasm-lstm inspect`: what is in a model file. */
import { statSync } from "node:fs";
import type { Model, ScalerJSON } from "../index.ts";
import { isObject } from "../isObject.ts";
import { showBytes, summaryOf } from "../models/summary.ts";
import { openForeign } from "./foreign.ts";
import { plain, showNumber } from "./format.ts";
import { type Io, print, printJson, say } from "./io.ts";
import { opened } from "./modelFile.ts";
import type { Args, Command } from "./options.ts";
import { drawTable } from "./tables.ts";

export const inspectCommand: Command = {
  name: "inspect",
  positionals: ["model.safetensors"],
  summary:
    "Shows what is in a model file: layers, shapes, weights, scalers, and how it was trained; also of Keras, ONNX and TensorFlow.js.",
  options: [],
};

export async function inspect(args: Args, io: Io): Promise<number> {
  const [path] = args.positionals;
  const { model, format } = await opened(path, () => openForeign(path, { compile: false }));
  const bytes = statSync(path).size;
  const { input, target } = model.scaling;
  const scaling = { input: input?.toJSON() ?? null, target: target?.toJSON() ?? null };
  if (args.has("json")) {
    const weights = model.getWeights().reduce((sum, { data }) => sum + data.length, 0);
    const { metadata } = model;
    printJson(io, {
      command: "inspect",
      model: path,
      format,
      bytes,
      weights,
      layers: layersOf(model),
      scaling,
      metadata,
    });
    return 0;
  }
  const other = format === "wasm-lstm" ? "" : `, of ${format}`;
  say(io, `${plain(path)}: ${showBytes(bytes)}${other}\n`);
  const { headings, rows, foot } = summaryOf(model.network);
  print(io, drawTable(io, headings, rows, [headings.length - 1]));
  say(io, `\n${foot}`);
  if (scaling.input) print(io, `\nof the inputs\n${showScaler(io, scaling.input)}`);
  if (scaling.target) print(io, `\nof the targets\n${showScaler(io, scaling.target)}`);
  if (Object.keys(model.metadata).length > 0) say(io, `\n${showTree(model.metadata, "")}`);
  return 0;
}

function layersOf(model: Model): object[] {
  return model.layers.map(({ name, kind, options, weights }) => ({
    name,
    kind,
    options,
    weights: Object.entries(weights).map(([name, { shape }]) => ({ name, shape })),
  }));
}

const MOST_FEATURES = 50;

/** A line for every feature of a scaler. */
function showScaler(io: Io, scaler: ScalerJSON): string {
  const [headings, first, second] =
    scaler.kind === "standard"
      ? [["mean", "deviation"], scaler.mean, scaler.deviation]
      : [["min", "max"], scaler.min, scaler.max];
  const rows = first.map((value, i) => [`${i + 1}`, showNumber(value), showNumber(second[i])]);
  const more = rows.length > MOST_FEATURES ? `\n... and ${rows.length - MOST_FEATURES} more` : "";
  return drawTable(io, [`${scaler.kind} scaler`, ...headings], rows.slice(0, MOST_FEATURES), [1, 2]) + more;
}

/** JSON as indented lines of "key: value". */
function showTree(value: unknown, indent: string): string {
  return Object.entries(value as object)
    .map(([key, entry]) => {
      const nested = isObject(entry);
      const list = Array.isArray(entry) && entry.every(item => typeof item !== "object");
      if (nested && !list) return `${indent}${plain(key)}:\n${showTree(entry, `${indent}  `)}`;
      const text = list ? entry.join(", ") : typeof entry === "number" ? String(+entry.toPrecision(6)) : String(entry);
      return `${indent}${plain(key)}: ${plain(text)}`;
    })
    .join("\n");
}
