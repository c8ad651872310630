// Translates English into French, a character at a time: an encoder, a decoder, and where asked for attention between them.
//
//   node examples/translate.js FOLDER [--attention] [--seed 1] [--epochs 20]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { input, layers, model } from "wasm-lstm";
import { beamSearch, greedySearch, padSequences, tokenizer } from "wasm-lstm/text";
import { folderOf, saveHistory, secondsSince } from "./common.js";

const { values } = parseArgs({
  allowPositionals: true,
  options: { attention: { type: "boolean" }, seed: { type: "string" }, epochs: { type: "string" } },
});
const [PAIRS, BATCH, UNITS] = [10_000, 64, 128];
const [epochs, seed] = [Number(values.epochs ?? 20), Number(values.seed ?? 1)];
const folder = folderOf("fra.txt", "https://www.manythings.org/anki, fra-eng.zip");
const lines = readFileSync(join(folder, "fra.txt"), "utf8").split(/\r?\n/);
const pairs = lines
  .slice(0, PAIRS)
  .filter(line => line !== "")
  .map(line => line.split("\t"));
const TRAIN = Math.floor(0.8 * pairs.length);

const english = tokenizer({ level: "characters", lower: false }).fit(pairs.map(([text]) => text));
const french = tokenizer({ level: "characters", lower: false, markers: true }).fit(pairs.map(([, text]) => text));
const questions = padSequences(
  pairs.map(([text]) => english.encode(text)),
  { padding: "post" },
);
const answers = pairs.map(([, text]) => french.encode(text, { start: true, end: true }));
const asked = padSequences(
  answers.map(ids => ids.slice(0, -1)),
  { padding: "post" },
); // with the character before
const wanted = padSequences(
  answers.map(ids => ids.slice(1)),
  { padding: "post" },
);

const [source, target] = [input({ shape: [null] }), input({ shape: [null] })];
const read = layers.embedding({ inputDim: english.size, outputDim: 32, maskZero: true, name: "english" }).apply(source);
const written = layers
  .embedding({ inputDim: french.size, outputDim: 32, maskZero: true, name: "french" })
  .apply(target);
const encoder = layers.lstm({ units: UNITS, returnSequences: true, returnState: true, name: "encoder" });
const decoder = layers.lstm({ units: UNITS, returnSequences: true, name: "decoder" });
const [heard, h, c] = encoder.applyAll(read);
let said = decoder.apply([written, h, c]);
// At each character, a mean over what the encoder has read, by how well it fits what is said (Luong, Pham and Manning, 2015).
if (values.attention) said = layers.concatenate().apply([said, layers.attention().apply([said, heard])]);
const next = layers.dense({ units: french.size, activation: "softmax", name: "next" }).apply(said);
const net = model({ inputs: [source, target], outputs: next, seed });
net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });

const rows = ({ data, shape: [, T] }, from, to) => ({ data: data.slice(from * T, to * T), shape: [to - from, T] });
const part = (from, to) => [[rows(questions, from, to), rows(asked, from, to)], rows(wanted, from, to)];
const begun = process.cpuUsage();
const { history } = await net.fit(...part(0, TRAIN), {
  epochs,
  batchSize: BATCH,
  validationData: part(TRAIN, pairs.length),
  verbose: 2,
});
console.log(`${(secondsSince(begun) / epochs).toFixed(1)} processor seconds an epoch`);
const title = `English to French${values.attention ? ", with attention" : ""}`;
saveHistory(`translate${values.attention ? "-attention" : ""}`, history, title);

/** What says of a sentence how its translation goes on: a stream of the decoder, or with attention the whole network again. */
const encode = net.part({ inputs: source, outputs: [h, c] });
const decode = values.attention ? undefined : net.part({ inputs: [target, h, c], outputs: next });
function translator(text) {
  const question = [english.encode(text)];
  if (decode) return [decode, { inputs: encode.predictAll(question), tokenizer: french }];
  return [ids => net.predict([question, [ids]]).data.slice(-french.size), { tokenizer: french }];
}

const asking = pairs.slice(Math.max(TRAIN, pairs.length - 1000));
let right = 0;
for (const [text, translation] of asking) {
  const [from, options] = translator(text);
  const { text: found } = greedySearch(from, { ...options, maxSteps: 60 });
  right += Number(found === translation);
}
for (const [text, translation] of pairs.slice(TRAIN).filter((_, i) => i % 400 === 0)) {
  const [best] = beamSearch(...translator(text));
  console.log(`${text}  ${best.text}  (${translation})`);
}
console.log(
  `best validation loss ${Math.min(...history.valLoss).toFixed(4)}, parameters ${net.getWeights().reduce((sum, { data }) => sum + data.length, 0)}`,
);
console.log(`of ${asking.length} sentences that it has not seen, ${right} exactly as in the data`);
