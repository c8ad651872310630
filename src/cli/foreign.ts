/** Model files of any program, known by their content: whatever their names are. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { recognize } from "../formats/recognize.ts";
import { type LoadOptions, loadModel, type Model } from "../index.ts";
import { CliError } from "./error.ts";

export interface Foreign {
  model: Model;
  /** What the file is: "Keras", "ONNX" */
  format: string;
}

/** Whether bytes are of another program, of whose files there is a reader. */
export function readerOf(bytes: Uint8Array): "keras" | "onnx" | "tfjs" | undefined {
  const what = recognize(bytes)?.what ?? "";
  if (/HDF5|Keras model/.test(what)) return "keras";
  if (/ONNX/.test(what)) return "onnx";
  return /TensorFlow\.js/.test(what) ? "tfjs" : undefined;
}

/**
 * A model of whatever program.
 *
 * @throws the file system's error; CliError for a file that holds no model, or none that can be here
 */
export async function openForeign(path: string, options: LoadOptions = {}): Promise<Foreign> {
  const bytes = new Uint8Array(await readFile(path));
  try {
    const reader = readerOf(bytes);
    if (reader === undefined) return { model: loadModel(bytes, options), format: "wasm-lstm" };
    const { loadKeras, loadOnnx, loadTfjs } = await import("../interchange/index.ts");
    if (reader === "keras") return { model: loadKeras(bytes, options), format: "Keras" };
    if (reader === "onnx") return { model: loadOnnx(bytes), format: "ONNX" };
    return { model: loadTfjs(bytes, await shardsOf(path, bytes), options), format: "TensorFlow.js" };
  } catch (error) {
    throw new CliError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The files beside a model.json that it names. */
async function shardsOf(path: string, bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const json = JSON.parse(new TextDecoder().decode(bytes));
  const groups: { paths?: unknown }[] = Array.isArray(json?.weightsManifest) ? json.weightsManifest : [];
  const paths = groups.flatMap(({ paths }) => (Array.isArray(paths) ? paths : [])).map(String);
  const shards: [string, Uint8Array][] = [];
  for (const name of paths) {
    if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|:/.test(name))
      throw new RangeError(`shard ${JSON.stringify(name)}: expected a file beside model.json`);
    try {
      shards.push([name, new Uint8Array(await readFile(join(dirname(path), name)))]);
    } catch {
      throw new RangeError(`shard ${JSON.stringify(name)}: there is no such file beside model.json`);
    }
  }
  return Object.fromEntries(shards);
}
