/** `wasm-lstm convert`: a model file of one program as one of another. */
import { basename, dirname, join } from "node:path";
import type { Model } from "../index.ts";
import { replaceFile } from "../replaceFile.ts";
import { TO } from "./convertOptions.ts";
import { CliError } from "./error.ts";
import { openForeign } from "./foreign.ts";
import { plain } from "./format.ts";
import { type Io, printJson, say } from "./io.ts";
import { opened } from "./modelFile.ts";
import type { Args } from "./options.ts";

type To = (typeof TO)[number];

/** What a file's name says of its format. */
function formatOf(path: string): To {
  const name = basename(path).toLowerCase();
  if (name.endsWith(".keras")) return "keras";
  if (/\.(h5|hdf5)$/.test(name)) return "h5";
  if (name.endsWith(".json")) return "tfjs";
  if (name.endsWith(".onnx")) return "onnx";
  if (name.endsWith(".safetensors")) return "wasm-lstm";
  throw new CliError(
    `${path}: expected a name that ends with .safetensors, .keras, .h5, .json or .onnx, or --to with one of ${TO.join(", ")}`,
  );
}

export async function convert(args: Args, io: Io): Promise<number> {
  const [from, path] = args.positionals;
  const to = args.oneOf("to", TO) ?? formatOf(path);
  const whole = !args.has("predict-only");
  const { model, format } = await opened(from, () => openForeign(from, whole ? {} : { compile: false }));
  const files = await written(model, to, path, whole);
  for (const [name, bytes] of files) await replaceFile(name, bytes);
  const sizes = files.map(([name, bytes]) => ({ path: name, bytes: bytes.length }));
  if (args.has("json")) printJson(io, { command: "convert", from, format, to, files: sizes });
  else
    for (const { path: name, bytes } of sizes)
      say(io, `${plain(name)}: ${bytes} bytes, ${to} of ${plain(from)} (${format})`);
  return 0;
}

/** The files that a format has, by path. */
async function written(model: Model, to: To, path: string, whole: boolean): Promise<[string, Uint8Array][]> {
  try {
    if (to === "wasm-lstm") return [[path, model.save({ optimizer: whole && model.trainer !== undefined })]];
    const { saveKeras, saveOnnx, saveTfjs, saveTorchWeights } = await import("../interchange/index.ts");
    if (to === "keras" || to === "h5") return [[path, saveKeras(model, { format: to, compile: whole })]];
    if (to === "onnx") return [[path, saveOnnx(model)]];
    if (to === "torch") return [[path, saveTorchWeights(model)]];
    const { modelJson, weights } = saveTfjs(model);
    return [
      [path, new TextEncoder().encode(JSON.stringify(modelJson))],
      [join(dirname(path), "weights.bin"), weights],
    ];
  } catch (error) {
    throw new CliError((error as Error).message, { cause: error });
  }
}
