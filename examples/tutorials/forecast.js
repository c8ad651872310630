// Tomorrow's highest temperature, from the last 14 days: node examples/tutorials/forecast.js
//
// An LSTM of 50 units with peepholes in all three gates, all of them on the cell state of the step before:
//   i = σ(Wxi·x + Whi·h + wci·c + bi), f and o alike; c' = f·c + i·tanh(Wxc·x + Whc·h + bc); h' = o·tanh(c')
//
// Your own series: another file and other names of columns below; `horizon: 7` of windows is a week ahead.
import { readFileSync } from "node:fs";
import { chronologicalSplit, layers, optimizers, schedules, sequential, standardScaler, windows } from "wasm-lstm";
import { readTable } from "wasm-lstm/table";

const COLUMNS = ["temp_max", "temp_min", "wind", "precipitation"];
const WINDOW = 14;

const table = readTable(readFileSync(new URL("../data/seattle-weather.csv", import.meta.url)));
const columns = COLUMNS.map(name => table.numbers(name));
// And the time of the year, as a place on a circle.
const turns = Array.from(table.time.values, ms => (2 * Math.PI * ms) / (365.25 * 24 * 3600 * 1000));
const rows = turns.map((turn, t) => [...columns.map(column => column[t]), Math.sin(turn), Math.cos(turn)]);
const FEATURES = rows[0].length;

const scaler = standardScaler().fit(rows.slice(0, Math.floor(0.8 * rows.length)));
const { x, y } = windows(rows, { window: WINDOW, targets: [0] });
const { train, test } = chronologicalSplit({ x, y }, { validation: 0, test: 0.2 });

const net = sequential(
  [
    layers.lstm({ units: 50, peephole: "previous", inputShape: [WINDOW, FEATURES] }),
    layers.dropout({ rate: 0.2 }),
    layers.dense({ units: 1 }),
  ],
  { seed: 1 },
);
net.setScaling({ input: scaler, target: scaler.select([0]) });
const [EPOCHS, BATCH] = [40, 32];
const learningRate = schedules.cosineDecay({
  initialLearningRate: 0.002,
  decaySteps: EPOCHS * Math.ceil(train.x.shape[0] / BATCH),
});
net.compile({ optimizer: optimizers.adam({ learningRate }), loss: "meanSquaredError", metrics: ["mae"] });
await net.fit(train.x, train.y, { epochs: EPOCHS, batchSize: BATCH, verbose: 0 });

const { mae } = await net.evaluate(test.x, test.y);
const forecasts = net.predict(test.x).data;
const last = n => test.x.data[((n + 1) * WINDOW - 1) * FEATURES];
const naive = forecasts.reduce((sum, _, n) => sum + Math.abs(test.y.data[n] - last(n)), 0) / forecasts.length;
console.log(`mean error of ${forecasts.length} days: ${mae.toFixed(2)} °C; of "as today" ${naive.toFixed(2)} °C`);

export { mae, naive, net };
