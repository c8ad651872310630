/**
 * `wasm-lstm` in Node: the names of index.ts, of which what loads a model and predicts is read at once, and all else when it is first asked
 * for. To read everything takes longer than all that a small model does until its first prediction.
 */
import { BASE } from "./engine/families/base.generated.ts";
import type { BaseFamily } from "./engine/kernels.ts";
import type * as Index from "./index.ts";
import { activation } from "./layers/activation.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { embedding } from "./layers/embedding.ts";
import { loadModel as load } from "./models/load.ts";
import { expectMetadata } from "./models/metadata.ts";
import { expectScaling, scalingFrom } from "./models/scaling.ts";
import type * as MoreLayers from "./moreLayers.ts";
import { bringPredicting } from "./predicting.ts";
import { lstm } from "./recurrent/lstm.ts";
import { register as add } from "./registries.ts";
import { bringRest, hasArrived, registerRest } from "./rest.ts";
import { expectInputs } from "./training/lengths.ts";

/** Of CommonJS, in which this is built: only so can it be read at once. */
declare const require: (file: string) => unknown;

/** All of the package. */
const readRest = () => require("./index.cjs") as typeof Index;

let index: typeof Index | undefined;

function rest(): typeof Index {
  bringRest();
  index ??= readRest();
  return index;
}

let compiled: WebAssembly.Module | undefined;

/** The kernels of what is here, of their file: quicker than what their text gives, by which it goes where the file cannot be read. */
const kernels: BaseFamily = {
  name: BASE.name,
  alphabet: BASE.alphabet,
  get text() {
    return BASE.text;
  },
  get module() {
    try {
      const { readFileSync } = process.getBuiltinModule("node:fs");
      compiled ??= new WebAssembly.Module(readFileSync(new URL("../kernels/start.wasm", import.meta.url)));
    } catch {}
    return compiled;
  },
};

let hasMoreLayers = hasArrived();
if (!hasArrived()) {
  bringPredicting(
    { activation, dense, dropout, embedding, lstm },
    { lengths: { expectInputs }, metadata: { expectMetadata }, scaling: { expectScaling, scalingFrom } },
    kernels,
  );
  registerRest(readRest);
}

/** @returns false if they were here */
function bringMoreLayers(): boolean {
  if (hasMoreLayers) return false;
  const { bidirectional, gru, masking, simpleRNN, timeDistributed } = require("./moreLayers.cjs") as typeof MoreLayers;
  add({ layers: { bidirectional, gru, masking, simpleRNN, timeDistributed } });
  hasMoreLayers = true;
  return true;
}

/** See everyLayer.ts. What stands in the way of a file may be that something is not here yet. */
export const loadModel: typeof Index.loadModel = (bytes, options) => {
  for (;;) {
    try {
      return load(bytes, options);
    } catch (error) {
      if (!bringMoreLayers() && !bringRest()) throw error;
    }
  }
};

type Functions = {
  [Name in keyof typeof Index]: (typeof Index)[Name] extends (...args: never[]) => unknown ? Name : never;
};

/** A function of the rest. */
function later<Name extends Functions[keyof Functions]>(name: Name): (typeof Index)[Name] {
  return ((...args: never[]) => (rest()[name] as (...args: never[]) => unknown)(...args)) as (typeof Index)[Name];
}

/** A namespace of the rest, which shows itself as that in the console. */
function namespace<Name extends Exclude<keyof typeof Index, Functions[keyof Functions]>>(
  name: Name,
): (typeof Index)[Name] {
  const its = () => rest()[name] as object;
  const shown = { configurable: true, value: its };
  return new Proxy(Object.create(null, { [Symbol.for("nodejs.util.inspect.custom")]: shown }), {
    get: (_, key) => Reflect.get(its(), key),
    has: (_, key) => Reflect.has(its(), key),
    ownKeys: () => Reflect.ownKeys(its()),
    getOwnPropertyDescriptor(_, key) {
      const found = Reflect.getOwnPropertyDescriptor(its(), key);
      return found && { ...found, configurable: true }; // a proxy may not be stricter than what it stands before
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
    preventExtensions: () => false,
  });
}

export { ndarray } from "./ndarray.ts";

export const batches = later("batches");
export const bucketByLength = later("bucketByLength");
export const callbacks = namespace("callbacks");
export const chronologicalSplit = later("chronologicalSplit");
export const concat = later("concat");
export const constraints = namespace("constraints");
export const ctcDecode = later("ctcDecode");
export const defineCell = later("defineCell");
export const defineLayer = later("defineLayer");
export const defineLoss = later("defineLoss");
export const defineMetric = later("defineMetric");
export const input = later("input");
export const latestWindow = later("latestWindow");
export const layers = namespace("layers");
export const losses = namespace("losses");
export const metrics = namespace("metrics");
export const minMaxScaler = later("minMaxScaler");
export const model = later("model");
export const modelMemory = later("modelMemory");
export const ops = namespace("ops");
export const optimizers = namespace("optimizers");
export const register = later("register");
export const regularizers = namespace("regularizers");
export const scalerFromJSON = later("scalerFromJSON");
export const schedules = namespace("schedules");
export const sequential = later("sequential");
export const standardScaler = later("standardScaler");
export const timeseriesDataset = later("timeseriesDataset");
export const windows = later("windows");
