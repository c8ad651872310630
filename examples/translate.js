// Translates English into French, a character at a time: an encoder, a decoder, and where asked for attention between them.
//
//   node examples/translate.js FOLDER [--attention] [--rate 0.001] [--dropout 0] [--seed 1] [--epochs 20] [--shuffled]
//
// The file begins with the shortest sentences, so its last fifth, the part for validation, has longer ones than those that were learned,
// as in Keras' example; with --shuffled it has sentences of all lengths, none of which was learned.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { batches, input, layers, model, optimizers } from "wasm-lstm";
import { beamSearch, greedySearch, padSequences, tokenizer } from "wasm-lstm/text";
import { folderOf, saveHistory, secondsSince, shuffled } from "./common.js";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    attention: { type: "boolean" },
    shuffled: { type: "boolean" },
    rate: { type: "string" },
    dropout: { type: "string" },
    seed: { type: "string" },
    epochs: { type: "string" },
  },
});
const [PAIRS, BATCH, UNITS] = [10_000, 64, 128];
const { epochs, seed, learningRate, dropout } = {
  epochs: Number(values.epochs ?? 20),
  seed: Number(values.seed ?? 1),
  learningRate: Number(values.rate ?? 0.001),
  dropout: Number(values.dropout ?? 0),
};
const folder = folderOf("fra.txt", "https://www.manythings.org/anki, fra-eng.zip");
const lines = readFileSync(join(folder, "fra.txt"), "utf8").split(/\r?\n/);
const pairs = lines
  .slice(0, PAIRS)
  .filter(line => line !== "")
  .map(line => line.split("\t"));
if (values.shuffled) {
  const sentences = shuffled([...new Set(pairs.map(([text]) => text))], 1);
  const places = new Map(sentences.map((text, place) => [text, place]));
  pairs.sort(([a], [b]) => places.get(a) - places.get(b)); // all translations of a sentence side by side
}
const TRAIN = Math.floor(0.8 * pairs.length);

const english = tokenizer({ level: "characters", lower: false }).fit(pairs.map(([text]) => text));
const french = tokenizer({ level: "characters", lower: false, markers: true }).fit(pairs.map(([, text]) => text));
const questions = pairs.map(([text]) => english.encode(text));
const answers = pairs.map(([, text]) => french.encode(text, { start: true, end: true }));

const [source, target] = [input({ shape: [null] }), input({ shape: [null] })];
const read = layers.embedding({ inputDim: english.size, outputDim: 32, maskZero: true, name: "english" }).apply(source);
const written = layers
  .embedding({ inputDim: french.size, outputDim: 32, maskZero: true, name: "french" })
  .apply(target);
const decoder = layers.lstm({ units: UNITS, returnSequences: true, name: "decoder" });
const encoding = units => layers.lstm({ units, returnSequences: true, returnState: true, name: "encoder" });
const dropped = x => layers.dropout({ rate: dropout }).apply(x);
const beside = tensors => layers.concatenate().apply(tensors);

/** The decoder begins with what the encoder ends with. */
function plain() {
  const [, h, c] = encoding(UNITS).applyAll(read);
  return { states: [h, c], said: decoder.apply([dropped(written), h, c]) };
}

/**
 * At each character beside it a mean over what the encoder has read in both directions, by how well it fits what is said (Bahdanau,
 * Cho and Bengio, 2015; Luong, Pham and Manning, 2015). Two half encoders make up for the weights of attention.
 */
function attending() {
  const [heard, h1, c1, h2, c2] = layers.bidirectional({ layer: encoding(UNITS / 2) }).applyAll(read);
  const states = [beside([h1, h2]), beside([c1, c2])];
  const said = decoder.apply([dropped(written), ...states]);
  const query = layers.dense({ units: 64, useBias: false, name: "query" }).apply(said);
  const key = layers.dense({ units: 64, useBias: false, name: "key" }).apply(beside([heard, read]));
  const attended = layers.attention().apply([query, heard, key]);
  return {
    states,
    said: layers.dense({ units: 96, activation: "tanh", name: "both" }).apply(beside([said, attended])),
  };
}

const { states, said } = values.attention ? attending() : plain();
const next = layers.dense({ units: french.size, activation: "softmax", name: "next" }).apply(dropped(said));
const net = model({ inputs: [source, target], outputs: next, seed });
net.compile({
  optimizer: optimizers.adam({ learningRate }),
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
});

const padded = list => padSequences(list, { padding: "post" });
/** Pairs by their numbers, padded to the longest: the decoder reads the character before the one that is wanted. */
const batchOf = numbers => [
  [padded(numbers.map(i => questions[i])), padded(numbers.map(i => answers[i].slice(0, -1)))],
  padded(numbers.map(i => answers[i].slice(1))),
];
function* batchesOf(numbers) {
  for (let i = 0; i < numbers.length; i += BATCH) yield batchOf(numbers.slice(i, i + BATCH));
}
const numbers = pairs.map((_, i) => i);
const [train, held] = [numbers.slice(0, TRAIN), numbers.slice(TRAIN)];
const begun = process.cpuUsage();
const { history } = await net.fit(
  batches(epoch => batchesOf(shuffled(train, 1000 * seed + epoch))),
  { epochs, validationData: batches(() => batchesOf(held)), verbose: 2 },
);
console.log(`${(secondsSince(begun) / epochs).toFixed(1)} processor seconds an epoch`);
const title = `English to French${values.attention ? ", with attention" : ""}`;
saveHistory(`translate${values.attention ? "-attention" : ""}`, history, title);

/** What says of a sentence how its translation goes on: a stream of the decoder, or with attention the whole network again. */
const encode = net.part({ inputs: source, outputs: states });
const decode = values.attention ? undefined : net.part({ inputs: [target, ...states], outputs: next });
function translator(text) {
  const question = [english.encode(text)];
  if (decode) return [decode, { inputs: encode.predictAll(question), tokenizer: french }];
  return [ids => net.predict([question, [ids]]).data.slice(-french.size), { tokenizer: french }];
}

const known = new Set(pairs.map(pair => pair.slice(0, 2).join("\t"))); // many sentences have several translations
const asking = pairs.slice(TRAIN).filter((_, i) => i % 2 === 0);
let right = 0;
for (const [text] of asking) {
  const [from, options] = translator(text);
  const { text: found } = greedySearch(from, { ...options, maxSteps: 60 });
  right += Number(known.has(`${text}\t${found}`));
}
for (const [text, translation] of pairs.slice(TRAIN).filter((_, i) => i % 400 === 0)) {
  const [best] = beamSearch(...translator(text));
  console.log(`${text}  ${best.text}  (${translation})`);
}
console.log(
  `best validation loss ${Math.min(...history.valLoss).toFixed(4)}, parameters ${net.getWeights().reduce((sum, { data }) => sum + data.length, 0)}`,
);
console.log(
  `of ${asking.length} sentences that it has not seen, ${right} exactly as one of the translations in the data`,
);
