// Is a film review good or bad? 25,000 reviews to learn from, 25,000 to be asked of, of any length (Maas et al., 2011).
//
//   node examples/sentiment.js FOLDER [epochs]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { layers, optimizers, schedules, sequential } from "wasm-lstm";
import { tokenizer } from "wasm-lstm/text";
import { conclude, folderOf, percent, saveHistory, secondsSince, shuffled } from "./common.js";

const [EPOCHS, BATCH, WORDS, LONGEST] = [Number(process.argv[3] ?? 2), 32, 20_000, 500];
const folder = folderOf(
  "",
  "https://ai.stanford.edu/~amaas/data/sentiment: a folder with train/pos, train/neg, test/pos, test/neg",
);

/** [text, 1 for a good review]: of a folder of texts, or of a table `train.tsv.gz` with columns label and text, in an order of its own. */
function reviews(part) {
  const table = join(folder, `${part}.tsv.gz`);
  if (existsSync(table)) {
    const [names, ...lines] = gunzipSync(readFileSync(table))
      .toString()
      .trimEnd()
      .split("\n")
      .map(line => line.split("\t"));
    const [label, text] = [names.indexOf("label"), names.indexOf("text")];
    return shuffled(
      lines.map(cells => [cells[text], Number(cells[label])]),
      1,
    );
  }
  const read = (kind, label) =>
    readdirSync(join(folder, part, kind))
      .sort()
      .map(file => [readFileSync(join(folder, part, kind, file), "utf8"), label]);
  return shuffled([...read("pos", 1), ...read("neg", 0)], 1);
}

const [train, test] = ["train", "test"].map(reviews);
const words = tokenizer({ maxTokens: WORDS });
const plain = ([text]) => text.replaceAll("<br />", " ");
words.fit(train.map(plain));
/** Reviews end with their verdict: of a long one the last words are kept. */
const ids = set => words.encode(set.map(plain)).map(review => review.slice(-LONGEST));
const labels = set => set.map(([, label]) => label);

const net = sequential([
  layers.embedding({ inputDim: words.size, outputDim: 64, maskZero: true, inputShape: [null] }),
  layers.spatialDropout1D({ rate: 0.5 }),
  layers.bidirectional({ layer: layers.lstm({ units: 32, returnSequences: true }) }),
  layers.globalAveragePooling1D(),
  layers.dropout({ rate: 0.5 }),
  layers.dense({ units: 1, activation: "sigmoid" }),
]);
const decaySteps = EPOCHS * Math.ceil((0.9 * train.length) / BATCH);
const learningRate = schedules.cosineDecay({ initialLearningRate: 0.002, decaySteps });
net.compile({ optimizer: optimizers.adam({ learningRate }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
net.metadata = { tokenizer: words };

const begun = process.cpuUsage();
const { history } = await net.fit(ids(train), labels(train), {
  epochs: EPOCHS,
  batchSize: BATCH,
  validationSplit: 0.1,
});
console.log(`${(secondsSince(begun) / EPOCHS).toFixed(1)} processor seconds an epoch`);
saveHistory("sentiment", history, "Film reviews: good or bad?");

for (const [text, label] of test.slice(0, 3)) {
  const p = net.predict([ids([[text]])[0]]).data[0];
  console.log(`${percent(p)} good, in truth ${label ? "good" : "bad"}: ${text.slice(0, 90)}…`);
}
const { accuracy } = await net.evaluate(ids(test), labels(test), { batchSize: 64 });
conclude("test accuracy", accuracy, { least: 0.87 });
