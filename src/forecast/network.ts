/** The network: what it sees of a window, what it learns, and how it is trained. */
import { batches, type FitOptions, layers, type Model, ndarray, optimizers, schedules, sequential } from "../index.ts";
import { seededRandom } from "../text/random.ts";
import type { Panel } from "./panel.ts";

/**
 * How it sees a series. "changes": each window relative to its last row and divided by its own deviation; it learns what
 * the linear path leaves over. "levels": values as they are, standardised; it learns the values that follow.
 */
export type Kind = "changes" | "levels";

/** Of each measured column: what windows are scaled by. */
export interface Scales {
  mean: number[];
  deviation: number[];
  /** The least deviation of a window that counts: below it, noise would be blown up */
  floor: number[];
  /** Least and greatest value */
  range: [number, number][];
  /** Of the columns of numbers that are known ahead */
  ahead?: { mean: number; deviation: number }[];
}

/** Of the usual deviation of windows. */
const FLOOR = 0.1;

export interface Sizes {
  window: number;
  horizon: number;
}

/** Means and deviations of the measured columns over rows, and the floors, over the windows before `origins`. */
export function scalesOf(panel: Panel, origins: ArrayLike<number>, { window }: Sizes): Scales {
  const { values, columns, measured } = panel;
  const scales: Scales = { mean: [], deviation: [], floor: [], range: [] };
  const n = origins.length;
  for (let c = 0; c < measured; c++) {
    const deviations = new Float64Array(n);
    const means = new Float64Array(n);
    let [sum, squares, low, high] = [0, 0, 0, 0];
    const shift = values[(origins[0] - 1) * columns + c];
    for (let i = 0; i < n; i++) {
      const value = values[(origins[i] - 1) * columns + c] - shift;
      sum += value;
      squares += value * value;
      low = Math.min(low, value);
      high = Math.max(high, value);
      [means[i], deviations[i]] = windowMoments(panel, c, origins[i], window);
    }
    const deviation = Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
    const usual = deviations.sort()[n >> 1];
    const least = Number.EPSILON * Math.max(1, Math.abs(shift));
    scales.mean.push(shift + sum / n);
    scales.deviation.push(deviation > least ? deviation : 1);
    scales.range.push([shift + low, shift + high]);
    scales.floor.push(Math.max(FLOOR * (usual > least ? usual : deviation), least) || 1);
  }
  if (panel.scaled.length > 0) scales.ahead = panel.scaled.map(place => scaleAhead(panel, place, origins));
  return scales;
}

function scaleAhead({ values, columns, measured, flags }: Panel, place: number, origins: ArrayLike<number>) {
  const own = Float64Array.from(origins, row => values[row * columns + measured + flags + place]);
  const [mean, deviation] = windowMoments({ values: own, columns: 1 }, 0, own.length, own.length);
  return { mean, deviation: deviation > Number.EPSILON * Math.abs(mean) ? deviation : 1 };
}

/** Mean and deviation of a column in the window before a row. */
export function windowMoments(
  { values, columns }: Pick<Panel, "values" | "columns">,
  column: number,
  origin: number,
  window: number,
): [number, number] {
  const last = values[(origin - 1) * columns + column];
  let [sum, squares] = [0, 0];
  for (let row = origin - window; row < origin; row++) {
    const value = values[row * columns + column] - last;
    sum += value;
    squares += value * value;
  }
  return [last + sum / window, Math.sqrt(Math.max(0, squares / window - (sum / window) ** 2))];
}

/** Columns of what a network sees. */
export const inputColumns = ({ columns, measured }: Panel, kind: Kind): number =>
  columns + (kind === "changes" ? measured : 0);

/**
 * What the network sees: [n, window, columns]. Flags are as they are. Columns known ahead stand a horizon further on, so that the last rows of the
 * window hold those of the rows to forecast. Beside changes stands the level of each target: how it goes on may depend on
 * that. A level that has not been seen counts as the nearest that has, so that nothing is made up of it.
 */
export function networkInputs(
  panel: Panel,
  origins: ArrayLike<number>,
  kind: Kind,
  scales: Scales,
  sizes: Sizes,
): Float32Array {
  const { values, columns, measured, flags, rows } = panel;
  const { window, horizon } = sizes;
  const width = inputColumns(panel, kind);
  const x = new Float32Array(origins.length * window * width);
  for (let i = 0; i < origins.length; i++) {
    const first = origins[i] - window;
    for (let c = 0; c < columns; c++) {
      let [shift, scale, ahead] = [0, 1, 0];
      if (c >= measured) {
        ahead = c < measured + flags ? 0 : horizon;
        const own = scales.ahead?.[panel.scaled.indexOf(c - measured - flags)];
        if (own) [shift, scale] = [own.mean, 1 / own.deviation];
      } else if (kind === "levels") [shift, scale] = [scales.mean[c], 1 / scales.deviation[c]];
      else {
        shift = values[(origins[i] - 1) * columns + c];
        scale = 1 / Math.max(scales.floor[c], windowMoments(panel, c, origins[i], window)[1]);
      }
      for (let t = 0; t < window; t++) {
        const row = Math.min(first + t + ahead, rows - 1);
        x[(i * window + t) * width + c] = (values[row * columns + c] - shift) * scale;
      }
    }
    for (let c = columns; c < width; c++) {
      const target = c - columns;
      const [low, high] = scales.range[target];
      const level = Math.min(high, Math.max(low, values[(origins[i] - 1) * columns + target]));
      for (let t = 0; t < window; t++) {
        x[(i * window + t) * width + c] = (level - scales.mean[target]) / scales.deviation[target];
      }
    }
  }
  return x;
}

export interface Training {
  units: number;
  batchSize: number;
  learningRate: number;
  /** Over which the learning rate falls to 0 */
  epochs: number;
  seed: number;
  signal?: AbortSignal | undefined;
}

/** A network that forecasts all steps of all targets at once; at first, with `zero`, nothing. */
export function makeNetwork(
  shape: { window: number; columns: number; outputs: number; units: number },
  zero: boolean,
  seed: number,
): Model {
  const { window, columns, outputs, units } = shape;
  return sequential(
    [
      layers.lstm({ units, inputShape: [window, columns] }),
      layers.dense({ units: outputs, ...(zero ? { kernelInitializer: "zeros" as const } : {}) }),
    ],
    { seed },
  );
}

/** What a network learns from. */
export interface Lessons {
  /** First forecast rows of the windows */
  origins: readonly number[];
  /** Of some of them what the network sees, [n, ...sizes] */
  seen: (origins: readonly number[]) => Float32Array;
  /** [n, outputs] what it should say */
  goals: Float32Array;
  sizes: readonly number[];
}

/** Numbers of windows that are cut before the training: of more, each batch is cut when it is its turn. */
const AT_ONCE = 4e6;

/**
 * Trains on absolute errors, in which forecasts are measured.
 *
 * @param until epochs after which it stops; the learning rate falls as if there were all
 * @param onEpoch after each epoch; training ends when it returns true
 * @returns whether it was not aborted
 */
export async function trainNetwork(
  net: Model,
  lessons: Lessons,
  training: Training,
  until: number,
  onEpoch?: (epoch: number, loss: number) => unknown,
): Promise<boolean> {
  const { epochs, batchSize, learningRate, signal } = training;
  const { origins, seen, goals, sizes } = lessons;
  const rates = schedules.cosineDecay({ initialLearningRate: learningRate, decaySteps: epochs });
  net.compile({ optimizer: optimizers.adam({ learningRate, globalClipNorm: 1 }), loss: "meanAbsoluteError" });
  const n = origins.length;
  const options: FitOptions = {
    epochs: until,
    verbose: 0,
    callbacks: [
      {
        onEpochBegin(epoch, { optimizer }) {
          optimizer.learningRate = rates.at(epoch);
        },
        onEpochEnd(epoch, { loss }, run) {
          if (onEpoch?.(epoch, loss) === true) run.stop("no better");
        },
      },
    ],
    ...(signal ? { signal } : {}),
  };
  const history =
    n * sizes[0] * sizes[1] <= AT_ONCE
      ? await net.fit(ndarray(seen(origins), [n, ...sizes]), ndarray(goals, [n, goals.length / n]), {
          ...options,
          batchSize,
        })
      : await net.fit(
          batches(epoch => cutBatches(lessons, batchSize, training.seed + epoch)),
          options,
        );
  return history.stopReason !== "aborted";
}

/** The windows of an epoch in an order by chance, cut batch by batch. */
function* cutBatches({ origins, seen, goals, sizes }: Lessons, batchSize: number, seed: number) {
  const n = origins.length;
  const outputs = goals.length / n;
  const order = shuffled(n, seed);
  for (let from = 0; from < n; from += batchSize) {
    const some = order.subarray(from, from + batchSize);
    const x = seen(Array.from(some, i => origins[i]));
    const y = new Float32Array(some.length * outputs);
    some.forEach((i, at) => {
      y.set(goals.subarray(i * outputs, (i + 1) * outputs), at * outputs);
    });
    yield [ndarray(x, [some.length, ...sizes]), ndarray(y, [some.length, outputs])] as const;
  }
}

/** Numbers below n in an order by chance; of the same seed the same. */
export function shuffled(n: number, seed: number): Int32Array {
  const random = seededRandom(seed >>> 0);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
