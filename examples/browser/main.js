// Trains in a worker, draws while it learns, and lets the network go on by itself.
import { layers, sequential, windows } from "wasm-lstm";
import "wasm-lstm/streaming";
import { trainInWorker } from "wasm-lstm/worker";

const WINDOW = 20;
const EPOCHS = 40;
const wave = Array.from({ length: 400 }, (_, t) => [Math.sin(t / 5) * (1 + Math.sin(t / 31)) * 0.5]);
const { x, y } = windows(wave, { window: WINDOW });

const net = sequential([layers.lstm({ units: 16, inputShape: [WINDOW, 1] }), layers.dense({ units: 1 })], { seed: 1 });
net.compile({ optimizer: "adam", loss: "meanSquaredError" });

const element = id => document.getElementById(id);
const [train, stop, said] = ["train", "stop", "said"].map(element);
let controller;

train.onclick = async () => {
  controller = new AbortController();
  [train.disabled, stop.disabled] = [true, false];
  const losses = [];
  try {
    await trainInWorker(net, x, y, {
      epochs: EPOCHS,
      verbose: 0,
      signal: controller.signal,
      onEpochEnd(epoch, { loss }) {
        losses.push(Math.log10(loss));
        draw("curve", [[losses, "own"]], EPOCHS);
        said.value = `epoch ${epoch + 1} of ${EPOCHS}, error ${loss.toFixed(5)}`;
      },
    });
    draw("wave", [
      [wave.slice(0, 120).map(([value]) => value), "true"],
      [dream(120), "own"],
    ]);
    said.value += ", done";
  } catch (error) {
    said.value = error.message;
  }
  [train.disabled, stop.disabled] = [false, true];
};

stop.onclick = () => controller.abort();

/** The beginning of the wave, then what the network makes of its own forecasts. */
function dream(length) {
  const values = wave.slice(0, WINDOW);
  const stream = net.stream();
  let next;
  for (const value of values) next = stream.step(value)[0];
  while (values.length < length) {
    values.push([next]);
    next = stream.step([next])[0];
  }
  return values.map(([value]) => value);
}

/** Lines in an svg, each over its whole width or `length` places. */
function draw(id, lines, length = Math.max(...lines.map(([values]) => values.length))) {
  const all = lines.flatMap(([values]) => values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const place = (value, i) => {
    const across = 10 + (580 * i) / Math.max(1, length - 1);
    return `${across.toFixed(1)} ${(150 - (140 * (value - low)) / (high - low || 1)).toFixed(1)}`;
  };
  element(id).innerHTML = lines
    .map(([values, kind]) => `<path class="${kind}" d="M${values.map(place).join("L")}"/>`)
    .join("");
}
