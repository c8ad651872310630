// Windows cut from a long series while a model trains: processor time and memory of an epoch.
//
//   node bench/windows.js [rows] [columns] [window] [batch] [units]
import { layers, ndarray, sequential, timeseriesDataset } from "wasm-lstm";

const [rows = 420_551, columns = 15, window = 120, batchSize = 256, units = 16] = process.argv.slice(2).map(Number);
const data = new Float32Array(rows * columns);
for (let i = 0; i < data.length; i++) data[i] = Math.sin(i * 0.001 + (i % columns)) + ((i * 7919) % 1000) / 2000 - 0.25;

const { x, y } = timeseriesDataset(ndarray(data, [rows, columns]), { window, targets: [0] });
const net = sequential([layers.lstm({ units, inputShape: [window, columns] }), layers.dense({ units: 1 })], {
  seed: 1,
});
net.compile({ loss: "mse", optimizer: "adam" });
const begun = process.cpuUsage();
const { history, seconds } = await net.fit(x, y, { batchSize, validationSplit: 0.1, verbose: 0 });
const { user, system } = process.cpuUsage(begun);
console.log(
  `${rows} rows x ${columns}, windows of ${window}, LSTM ${units}, batch ${batchSize}: ${((user + system) / 1e6).toFixed(1)} CPU s, ` +
    `${seconds.toFixed(1)} s, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB, loss ${history.loss[0].toFixed(4)}, ` +
    `of validation ${history.valLoss[0].toFixed(4)}`,
);
