/** The model that is saved: the linear path as a dense layer, and beside it the mean of the networks. */
import { input, layers, type Model, model, type NDArray, ndarray } from "../index.ts";
import { ofNetwork } from "./branch.ts";
import type { Fitted } from "./fitChosen.ts";
import { aheadColumns, cutTarget, effectsIn, type Line, type TargetWindows } from "./lines.ts";
import { inputColumns, type Kind, networkInputs, type Scales } from "./network.ts";
import type { Panel } from "./panel.ts";
import { mix } from "./share.ts";

/** What has to be known, beside the model, to forecast from a panel. */
export interface Reading {
  window: number;
  horizon: number;
  scales: Scales;
  /** Columns known ahead that the linear path sees too; 0: it sees the targets alone */
  ahead?: number;
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
  const ahead = lines.some(({ effects }) => effects) ? aheadColumns(panel) : 0;
  const windows = input({ shape: [K * window + ahead * (window - 1 + horizon)] });
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
  const weights = new Map<string, NDArray[]>([["linear", weightsOf(lines, panel, scales, { window, horizon, ahead })]]);
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
  return { net, reading: { window, horizon, scales, ...(ahead > 0 ? { ahead } : {}), networks: told } };
}

const nameOf = (name: string, i: number) => (i === 0 ? name : `${name}${i + 1}`);

/**
 * Inputs of the linear path are windows in deviations of their target: changes, then the window's own deviation. Behind those of all
 * targets stand the columns known ahead, as changes too.
 */
function weightsOf(
  lines: readonly Line[],
  { targets }: Panel,
  { deviation }: Scales,
  { window, horizon, ahead }: { window: number; horizon: number; ahead: number },
) {
  const K = lines.length;
  const inputs = K * window + ahead * (window - 1 + horizon);
  const kernel = new Float32Array(inputs * horizon * K);
  const bias = new Float32Array(horizon * K);
  lines.forEach(({ lags, constant, spread, effects }, k) => {
    for (let h = 0; h < horizon; h++) {
      const out = h * K + k;
      for (let t = 0; t < window - 1; t++) kernel[(k * window + t) * horizon * K + out] = lags[t * horizon + h];
      kernel[(k * window + window - 1) * horizon * K + out] = spread[h];
      bias[out] = constant[h] / deviation[targets[k]];
      effects?.forEach((effect, c) => {
        const own = effect / deviation[targets[k]];
        const at = (t: number) => (K * window + t * ahead + c) * horizon * K + out;
        for (let t = 0; t < window - 1; t++) kernel[at(t)] = -own * lags[t * horizon + h];
        kernel[at(window - 1 + h)] = own;
      });
    }
  });
  return [ndarray(kernel, [inputs, horizon * K]), ndarray(bias, [horizon * K])];
}

/** Forecasts of each target after windows, [n, horizon], and the deviations of the windows. */
export function forecastWith(
  net: Model,
  { window, horizon, scales, ahead = 0, networks }: Reading,
  panel: Panel,
  origins: readonly number[],
): { forecasts: Float64Array[]; windows: TargetWindows[] } {
  const K = panel.targets.length;
  const n = origins.length;
  const { targets } = panel;
  const windows = targets.map((target, k) =>
    cutTarget(panel, k, origins, { window, horizon, floor: scales.floor[target], ahead: ahead > 0 && k === 0 }),
  );
  const length = window - 1 + horizon;
  const width = K * window + ahead * length;
  const seen = new Float32Array(n * width);
  windows.forEach(({ x, spread }, k) => {
    const scale = 1 / scales.deviation[targets[k]];
    for (let i = 0; i < n; i++) {
      const at = i * width + k * window;
      for (let t = 0; t < window - 1; t++) seen[at + t] = x[i * (window - 1) + t] * scale;
      seen[at + window - 1] = spread[i] * scale;
    }
  });
  for (let c = 0; c < ahead; c++) {
    const one = new Float64Array(ahead);
    one[c] = 1;
    effectsIn(windows[0], one).forEach((value, place) => {
      const i = Math.floor(place / length);
      seen[i * width + K * window + (place % length) * ahead + c] = value;
    });
  }
  const changes = ndarray(seen, [n, width]);
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
