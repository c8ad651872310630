// A Cloudflare Worker that forecasts tomorrow's temperature from a saved model and a week of them from a forecaster, and that trains a
// small model in the request.
//
//   POST /forecast { "rows": [{ "date": "2015-12-01", "temp_max": 8, … }, …], "steps": 7 }
//                                        -> { "level": 0.8, "forecasts": [{ "step": 1, "date": "2016-01-01", "values", "low", "high" }, …] }
//   POST /predict  { "window": [30 temperatures] }                          -> { "forecast": 17.3 }
//   POST /step     { "value": 17.3, "state": <of the answer before> }       -> { "forecast": 17.5, "state": {…} }
//   POST /train    { "series": [at least 30 numbers], "epochs": 20 }        -> { "loss": 0.01, "forecast": 17.3 }
//
// A body that is no JSON is a 400, one that is too large a 413, and one that does not fit the model a 422: each with the reason.
import { callbacks, layers, loadModel, sequential, standardScaler, windows } from "wasm-lstm";
import { loadForecaster } from "wasm-lstm/forecast";
import forecasterFile from "./forecaster.safetensors";
import model from "./model.safetensors";

const LIMIT = 64 * 1024; // bytes of a body
const WINDOW = 30;
const MOST_ROWS = 1000;
const net = loadModel(new Uint8Array(model)); // once for all requests
const week = loadForecaster(new Uint8Array(forecasterFile));

const routes = {
  // The last rows, oldest first, with at least the columns and as many rows as the forecaster reads.
  "/forecast"({ rows, steps = week.spec.horizon }) {
    const { window, features, intervals } = week.spec;
    if (!Array.isArray(rows) || rows.length < window || rows.length > MOST_ROWS) {
      refuse(`rows: expected ${window} to ${MOST_ROWS} rows with a date and ${features.join(", ")}`);
    }
    if (typeof steps !== "number") refuse("steps: expected a number of rows to forecast");
    return { level: intervals.level, forecasts: week.forecast(rows, steps) };
  },

  "/predict"({ window }) {
    expectNumbers(window, "window", WINDOW, WINDOW);
    return { forecast: net.predict([window.map(value => [value])]).data[0] };
  },

  // The state goes to the client and comes back, so that any instance can take the next step.
  "/step"({ value, state }) {
    expectNumbers([value], "value", 1, 1);
    const stream = net.stream();
    if (state !== undefined) stream.state = state;
    return { forecast: stream.step([value])[0], state: stream.state };
  },

  async "/train"({ series, epochs = 20 }) {
    expectNumbers(series, "series", 30, 1000);
    if (!(Number.isInteger(epochs) && epochs >= 1 && epochs <= 100)) refuse(`epochs: expected 1 to 100, got ${epochs}`);
    const rows = series.map(value => [value]);
    const { x, y } = windows(rows, { window: 10 });
    const scaler = standardScaler().fit(rows);
    const small = sequential([layers.lstm({ units: 8, inputShape: [10, 1] }), layers.dense({ units: 1 })], { seed: 1 });
    small.setScaling({ input: scaler, target: scaler });
    small.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const stop = callbacks.earlyStopping({ monitor: "loss", patience: 5 });
    const { history } = await small.fit(x, y, { epochs, verbose: 0, callbacks: [stop] });
    return { loss: history.loss.at(-1), forecast: small.predict([rows.slice(-10)]).data[0] };
  },
};

export default {
  async fetch(request) {
    const route = routes[new URL(request.url).pathname];
    if (!route) return answer(404, { error: `expected one of ${Object.keys(routes).join(", ")}` });
    if (request.method !== "POST") return answer(405, { error: "expected POST" });
    try {
      return answer(200, await route(await bodyOf(request)));
    } catch (error) {
      // What the model refuses: a shape or a number that does not fit.
      const known = error instanceof Refusal || error instanceof RangeError || error instanceof TypeError;
      return answer(known ? (error.status ?? 422) : 500, { error: known ? error.message : "internal error" });
    }
  },
};

class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function refuse(message, status = 422) {
  throw new Refusal(message, status);
}

/** The body as an object, read no further than the limit. */
async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > LIMIT) refuse(`expected at most ${LIMIT} bytes`, 413);
    parts.push(part);
  }
  const bytes = new Uint8Array(size);
  parts.reduce((at, part) => {
    bytes.set(part, at);
    return at + part.length;
  }, 0);
  let body;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    refuse(`expected JSON: ${error.message}`, 400);
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) refuse("expected a JSON object");
  return body;
}

function expectNumbers(values, name, least, most) {
  const amount = least === most ? least : `${least} to ${most}`;
  if (!Array.isArray(values)) refuse(`${name}: expected an array of ${amount} numbers`);
  if (values.length < least || values.length > most) {
    refuse(`${name}: expected ${amount} numbers, got ${values.length}`);
  }
  const bad = values.findIndex(value => typeof value !== "number" || !Number.isFinite(value));
  if (bad >= 0) refuse(`${name}: expected finite numbers, got ${JSON.stringify(values[bad])} at ${bad}`);
}

const answer = (status, body) => Response.json(body, { status });
