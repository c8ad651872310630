/** The model that is saved: the linear path as a dense layer, and beside it the mean of the networks. */
import { input, layers, type Model, model, type NDArray, ndarray } from "../index.ts";
import { ofNetwork } from "./branch.ts";
import type { Fitted } from "./fitChosen.ts";
import { cutTarget, type Line, type TargetWindows } from "./lines.ts";
import { inputColumns, type Kind, networkInputs, type Scales } from "./network.ts";
import type { Panel } from "./panel.ts";
import { mix } from "./share.ts";

/** What has to be known, beside the model, to forecast from a panel. */
export interface Reading {
  window: number;
  horizon: number;
  scales: Scales;
  /** What networks see and learn, and how much each counts beside what is there, by target */
  networks: { kind: Kind; units: number[]; shares: number[] }[];
}

/** The model of what was fitted. */
export function combine(
  fitted: Fitted,
  panel: Panel,
  { window, horizon, units }: { window: number; horizon: number; units: number },
): { net: Model; reading: Reading } {
  const { lines, scales, networks } = fitted;
  const K = lines.length;
  const windows = input({ shape: [K * window] });
  const linear = layers.dense({ units: horizon * K, name: "linear" }).apply(windows);
  const parts = networks.map(({ kind, branches }) => {
    const seen = input({ shape: [window, inputColumns(panel, kind)] });
    const ends = branches.map((_, i) => {
      const hidden = layers.lstm({ units, name: nameOf(kind, i) }).apply(seen);
      return layers.dense({ units: horizon * K, name: nameOf(`${kind}Forecast`, i) }).apply(hidden);
    });
    return { seen, mean: ends.length === 1 ? ends[0] : layers.average({ name: `${kind}Mean` }).apply(ends) };
  });
  const net = model({
    inputs: [windows, ...parts.map(({ seen }) => seen)],
    outputs: [linear, ...parts.map(({ mean }) => mean)],
  });
  const weights = new Map<string, NDArray[]>([["linear", weightsOf(lines, panel, scales, window, horizon)]]);
  networks.forEach(({ kind, branches }) => {
    branches.forEach((branch, i) => {
      const own = branch.net.getWeights();
      weights.set(nameOf(kind, i), own.slice(0, -2));
      weights.set(nameOf(`${kind}Forecast`, i), own.slice(-2));
    });
  });
  net.setWeights(net.layers.flatMap(({ name }) => weights.get(name) ?? []));
  // Networks of several seeds measure alike: what is learned is scaled by the same windows.
  const told = networks.map(({ kind, shares, branches }) => ({ kind, shares, units: branches[0].units }));
  return { net, reading: { window, horizon, scales, networks: told } };
}

const nameOf = (name: string, i: number) => (i === 0 ? name : `${name}${i + 1}`);

/** Inputs of the linear path are windows in deviations of their target: changes, then the window's own deviation. */
function weightsOf(lines: readonly Line[], { targets }: Panel, { deviation }: Scales, window: number, horizon: number) {
  const K = lines.length;
  const kernel = new Float32Array(K * window * horizon * K);
  const bias = new Float32Array(horizon * K);
  lines.forEach(({ lags, constant, spread }, k) => {
    for (let h = 0; h < horizon; h++) {
      const out = h * K + k;
      for (let t = 0; t < window - 1; t++) kernel[(k * window + t) * horizon * K + out] = lags[t * horizon + h];
      kernel[(k * window + window - 1) * horizon * K + out] = spread[h];
      bias[out] = constant[h] / deviation[targets[k]];
    }
  });
  return [ndarray(kernel, [K * window, horizon * K]), ndarray(bias, [horizon * K])];
}

/** Forecasts of each target after windows, [n, horizon], and the deviations of the windows. */
export function forecastWith(
  net: Model,
  { window, horizon, scales, networks }: Reading,
  panel: Panel,
  origins: readonly number[],
): { forecasts: Float64Array[]; windows: TargetWindows[] } {
  const K = panel.targets.length;
  const n = origins.length;
  const { targets } = panel;
  const windows = targets.map((target, k) =>
    cutTarget(panel, k, origins, { window, horizon, floor: scales.floor[target] }),
  );
  const seen = new Float32Array(n * K * window);
  windows.forEach(({ x, spread }, k) => {
    const scale = 1 / scales.deviation[targets[k]];
    for (let i = 0; i < n; i++) {
      const at = (i * K + k) * window;
      for (let t = 0; t < window - 1; t++) seen[at + t] = x[i * (window - 1) + t] * scale;
      seen[at + window - 1] = spread[i] * scale;
    }
  });
  const changes = ndarray(seen, [n, K * window]);
  const inputs = networks.map(({ kind }) => {
    const x = networkInputs(panel, origins, kind, scales, { window, horizon });
    return ndarray(x, [n, window, inputColumns(panel, kind)]);
  });
  const [linear, ...learned] = net.predictAll(inputs.length === 0 ? changes : [changes, ...inputs]);
  const forecasts = windows.map((each, k) => {
    const target = targets[k];
    const line = new Float64Array(n * horizon);
    for (let i = 0; i < line.length; i++) {
      line[i] = each.last[Math.floor(i / horizon)] + scales.deviation[target] * linear.data[i * K + k];
    }
    return networks.reduce<Float64Array>((forecast, { kind, units, shares }, j) => {
      const own = ofNetwork(learned[j].data, k, K, { kind, scales, units }, each, line, target);
      return mix(forecast, own, shares[k]);
    }, line);
  });
  return { forecasts, windows };
}
