// Makes the files that the Worker loads: model.safetensors, the next day's temperature from the thirty days before, and
// forecaster.safetensors, the next week's from rows with dates. `wasm-lstm train` makes a file like that too.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { layers, sequential, standardScaler, windows } from "wasm-lstm";
import { forecaster } from "wasm-lstm/forecast";
import { saveModelFile } from "wasm-lstm/node";
import { readTable } from "wasm-lstm/table";

const csv = readFileSync(new URL("../data/seattle-weather.csv", import.meta.url), "utf8");
const [names, ...lines] = csv
  .trim()
  .split("\n")
  .map(line => line.split(","));
const column = names.indexOf("temp_max");
const days = lines.map(line => [Number(line[column])]);

const { x, y } = windows(days, { window: 30 });
const scaler = standardScaler().fit(days);
const net = sequential([layers.lstm({ units: 16, inputShape: [30, 1] }), layers.dense({ units: 1 })], { seed: 1 });
net.setScaling({ input: scaler, target: scaler });
net.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] });
const { history } = await net.fit(x, y, { epochs: 30, validationSplit: 0.2, verbose: 0 });
await saveModelFile(net, fileURLToPath(new URL("model.safetensors", import.meta.url)));
console.log(`model.safetensors: mean error ${history.valMae.at(-1).toFixed(2)} °C on the last fifth of the days`);

const week = forecaster({ target: "temp_max", horizon: 7, network: "changes", units: 16, epochs: 4, seeds: 1 });
const { heldOut } = await week.fit(readTable(csv));
writeFileSync(new URL("forecaster.safetensors", import.meta.url), week.save());
console.log(
  `forecaster.safetensors: mean error ${heldOut.scores[0].mae.toFixed(2)} °C over a week, on days that it had not seen`,
);
