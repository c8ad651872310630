// Learns to continue a sine wave: node examples/quickstart.js
import { layers, sequential, windows } from "wasm-lstm";

const wave = Array.from({ length: 400 }, (_, t) => [Math.sin(t / 5)]);
const { x, y } = windows(wave, { window: 20 });

const net = sequential([layers.lstm({ units: 16, inputShape: [20, 1] }), layers.dense({ units: 1 })], { seed: 1 });
net.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] });
const { history } = await net.fit(x, y, { epochs: 20, validationSplit: 0.2 });

console.log("validation error", history.valMae.at(-1).toFixed(4));
console.log("next value", net.predict([wave.slice(-20)]).data[0].toFixed(3), "true", Math.sin(400 / 5).toFixed(3));
