/**
 * Where the main entry meets layers by name. A file may name any of them, so that all come along with `loadModel`, and with it
 * alone: a program that loads no file has those that it makes.
 */
import { addCells } from "./cells/registry.ts";
import { bringEverything } from "./everything.ts";
import { registerRecognizer } from "./formats/own.ts";
import { recognize } from "./formats/recognize.ts";
import * as layers from "./layers/index.ts";
import { LAYER_NAMES } from "./layers/names.generated.ts";
import { layerRegistry } from "./layers/registry.ts";
import { type LoadOptions, loadModel as load } from "./models/load.ts";
import type { Model } from "./models/model.ts";
import type { OwnMakers } from "./ownMakers.ts";
import { register as add } from "./registries.ts";

/** All there is: a file may name any of it. */
export function bringEveryLayer(): void {
  bringEverything();
  add({ layers });
  registerRecognizer(recognize);
}

/**
 * A model from the bytes of a file that `save` made. It is compiled if the saved model was, and goes on training to
 * the same bits if it was saved with `{ optimizer: true }`.
 *
 * @param bytes of the file
 * @param options see {@link LoadOptions}: threads, simd, and by name what of the model is your own
 * @throws TypeError or RangeError with one clear sentence for a bad file
 * @example const net = loadModel(await readFile("model.safetensors"));
 * @example const net = loadModel(bytes, { cells: { myCell }, losses: { pinball }, metrics: { largestError } });
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Model {
  bringEveryLayer();
  return load(bytes, options);
}

/**
 * Gives makers their names, for models in files and for `compile`. What `import "wasm-lstm"` does with all of the package's.
 *
 * @param makers by kind and name, and cells
 * @throws TypeError for what is no maker, RangeError for a name that is taken
 * @example register({ losses: { pinball }, metrics: { largestError } })
 */
export function register(makers: OwnMakers): void {
  const given: unknown = (makers as OwnMakers | undefined)?.layers;
  const taken = Object.keys(Object(given)).find(name => LAYER_NAMES.includes(name) && !layerRegistry.has(name));
  if (taken) throw new RangeError(`layers.${taken}: expected a name of its own, got that of another layer`);
  add(makers);
  addCells(makers.cells ?? {});
}
