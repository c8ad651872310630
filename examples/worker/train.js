// Makes model.safetensors, which the Worker loads: the next day's temperature from the thirty days before.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { layers, sequential, standardScaler, windows } from "wasm-lstm";
import { saveModelFile } from "wasm-lstm/node";

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
