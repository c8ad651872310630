/** Model files on disk, and callbacks that write files, for runtimes with a file system: the subpath `wasm-lstm/node`. */
import { readFile } from "node:fs/promises";
import { type LoadOptions, loadModel, type Model, type SaveOptions } from "./index.ts";
import { replaceFile } from "./replaceFile.ts";

export { modelCheckpoint } from "./nodeFiles/checkpointPath.ts";
export { type CsvLoggerOptions, csvLogger } from "./nodeFiles/csvLogger.ts";
export { type TensorBoardOptions, tensorBoard } from "./nodeFiles/tensorBoard.ts";

/**
 * Saves a model to a file. An existing file is replaced in one go: whatever happens meanwhile, the path holds the old
 * model or the new one, never a part of it. It keeps its mode and owner, and symbolic links go on pointing to it. What a
 * killed save of the same file left behind is removed.
 *
 * @param model the model
 * @param path of the file; its folder must exist
 * @param options as for `Model.save`
 * @throws the file system's error when the folder is missing or cannot be written to, RangeError when the path is a
 *   device or a pipe; nothing is left behind then
 * @example await saveModelFile(net, "model.safetensors");
 */
export async function saveModelFile(model: Model, path: string, options: SaveOptions = {}): Promise<void> {
  await replaceFile(path, model.save(options));
}

/**
 * Loads a model from a file that `saveModelFile` wrote, or that holds the bytes of `Model.save`.
 *
 * @param path of the file
 * @param options as for `loadModel`
 * @returns the model, compiled if the saved one was
 * @throws the file system's error; TypeError or RangeError, with the path in its message, for a bad file
 * @example const net = await loadModelFile("model.safetensors");
 */
export async function loadModelFile(path: string, options: LoadOptions = {}): Promise<Model> {
  const bytes = await readFile(path);
  try {
    return loadModel(bytes, options);
  } catch (error) {
    const Kind = error instanceof TypeError ? TypeError : RangeError;
    throw new Kind(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
