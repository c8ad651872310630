// Writes like Shakespeare, a character at a time (Karpathy, 2015): learns from nine tenths of the text, is asked of the last one.
//
//   node examples/shakespeare.js FOLDER [epochs]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layers, ndarray, optimizers, schedules, sequential } from "wasm-lstm";
import { generate, tokenizer } from "wasm-lstm/text";
import { conclude, folderOf, saveHistory, secondsSince } from "./common.js";

const [EPOCHS, BATCH, T] = [Number(process.argv[3] ?? 10), 32, 128];
const folder = folderOf("input.txt", "https://github.com/karpathy/char-rnn, data/tinyshakespeare/input.txt");
const text = readFileSync(join(folder, "input.txt"), "utf8");
const cut = Math.floor(0.9 * text.length);
const characters = tokenizer({ level: "characters", lower: false }).fit([text.slice(0, cut)]);
const [train, test] = [text.slice(0, cut), text.slice(cut)].map(part => characters.encode(part));

/** x and y [N, steps]: y is what comes after each character of x. */
function pieces(ids, from, steps) {
  const N = Math.floor((ids.length - 1 - from) / steps);
  const cutAt = start => ndarray(Int32Array.from(ids.slice(start, start + N * steps)), [N, steps]);
  return [cutAt(from), cutAt(from + 1)];
}

const net = sequential([
  layers.embedding({ inputDim: characters.size, outputDim: 64, inputShape: [null] }),
  layers.lstm({ units: 256, returnSequences: true }),
  layers.dropout({ rate: 0.2 }),
  layers.lstm({ units: 256, returnSequences: true }),
  layers.dropout({ rate: 0.2 }),
  layers.dense({ units: characters.size, activation: "softmax" }),
]);
const decaySteps = EPOCHS * Math.ceil(train.length / T / BATCH);
const learningRate = schedules.cosineDecay({ initialLearningRate: 0.003, decaySteps });
net.compile({ optimizer: optimizers.adam({ learningRate, globalClipNorm: 1 }), loss: "sparseCategoricalCrossentropy" });
net.metadata = { tokenizer: characters };

const [curve, held] = [{ loss: [], valLoss: [] }, pieces(test, 0, 1000)];
const begun = process.cpuUsage();
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  // Pieces begin elsewhere every time, so that each character is met at every distance from its beginning.
  const { history } = await net.fit(...pieces(train, (53 * epoch) % T, T), { batchSize: BATCH });
  curve.loss.push(history.loss[0]);
  curve.valLoss.push((await net.evaluate(...held, { batchSize: 16 })).loss);
  console.log(
    `epoch ${epoch + 1}: ${curve.loss.at(-1).toFixed(3)} nats a character, of the last tenth ${curve.valLoss.at(-1).toFixed(3)}`,
  );
  console.log(generate(net, { prompt: "ROMEO:", steps: 120, temperature: 0.7 }).text.replaceAll("\n", "\n  "));
}
console.log(`${(secondsSince(begun) / EPOCHS).toFixed(1)} processor seconds an epoch`);
saveHistory("shakespeare", curve, "Shakespeare, nats a character");
console.log(`\nROMEO:${generate(net, { prompt: "ROMEO:", steps: 600, temperature: 0.8, seed: 1 }).text}\n`);
conclude("nats a character, last tenth", curve.valLoss.at(-1), { most: 1.55, show: value => value.toFixed(3) });
