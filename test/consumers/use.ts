/** A strict program that uses every entry by its name: compilers old and new must take it, the declarations included. */
import {
  type CompileOptions,
  callbacks,
  type History,
  input,
  layers,
  loadModel,
  losses,
  type Model,
  model,
  ndarray,
  ops,
  optimizers,
  schedules,
  sequential,
  standardScaler,
  windows,
} from "wasm-lstm";
import { earlyStopping } from "wasm-lstm/callbacks";
import { chart, toSVG } from "wasm-lstm/curves";
import { loadModel as load } from "wasm-lstm/inference";
import { dense, type LstmLayerOptions, lstm } from "wasm-lstm/layers";
import { huber } from "wasm-lstm/losses";
import { accuracy } from "wasm-lstm/metrics";
import { add } from "wasm-lstm/ops";
import { adam } from "wasm-lstm/optimizers";
import { exponentialDecay } from "wasm-lstm/schedules";
import { beamSearch, type FoundText, generate, padSequences, type Tokenizer, tokenizer } from "wasm-lstm/text";
import "wasm-lstm/cells";
import "wasm-lstm/scaling";
import "wasm-lstm/relaxed";
import { rawKernels } from "wasm-lstm/kernels";
import { saveModelFile } from "wasm-lstm/node";

const options: LstmLayerOptions = { units: 4, inputShape: [3, 1], returnSequences: true };
const net: Model = sequential([lstm(options), layers.gru({ units: 2 }), dense({ units: 1 })], { seed: 1 });
const how: CompileOptions = {
  optimizer: adam({ learningRate: exponentialDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 }) }),
  loss: huber(),
  metrics: [accuracy(), "mae"],
};
net.compile(how);
const x = ndarray(new Float32Array(3), [1, 3, 1]);
const history: Promise<History> = net.fit(x, [[1]], {
  epochs: 1,
  callbacks: [earlyStopping({ monitor: "loss" }), callbacks.earlyStopping({})],
});
history.then(made => console.log(chart(made), toSVG(made, { metrics: ["mae"] })));
const y: number = net.predict(x).data[0];
const bytes: Uint8Array = net.save();
load(bytes).stream().step([1]);
loadModel(bytes, { threads: 1 });
saveModelFile(net, "x");
const words: Tokenizer = tokenizer({ maxTokens: 100 }).fit(["a text"]);
const text: string = generate(net, { prompt: "a", tokenizer: words }).text;
const [found]: FoundText[] = beamSearch(load(bytes), { prompt: [1] });
const padded = padSequences(words.encode(["a", "text"]), { lengths: true });
net.fit(padded, [[1], [2]]);
/** What may be missing is given on as it is, also with exactOptionalPropertyTypes. */
export function fitWith(signal?: AbortSignal, seed?: number, rate?: number): Promise<History> {
  const own = sequential([lstm({ units: 2, dropout: rate, inputShape: [3, 1] })], { seed });
  own.compile({ optimizer: adam({ learningRate: rate }), metrics: undefined, loss: "mse" });
  own.setScaling({ input: undefined });
  return own.fit(x, [[1, 2]], { signal, callbacks: [earlyStopping({ monitor: "loss", patience: undefined })] });
}
const a = input({ shape: [3] });
const m = model({ inputs: a, outputs: add(ops.tanh(a), a) });
rawKernels(new WebAssembly.Memory({ initial: 1 })).memoryBase();
console.log(
  history,
  y,
  m,
  text,
  found,
  losses,
  optimizers,
  schedules,
  standardScaler(),
  windows([1, 2, 3], { window: 1 }),
);
// @ts-expect-error units are numbers
layers.lstm({ units: "4" });
