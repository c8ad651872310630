/** Targets of a call, looked at once: labels that cannot be, and what is legal and almost surely a mistake. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { activationOf } from "../layer/activationOf.ts";
import type { SymbolicTensor } from "../layer/layer.ts";
import type { Loss, Target } from "../losses/loss.ts";
import { ndarray } from "../ndarray.ts";
import type { Samples } from "../samples.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warn.ts";
import type { DataSet } from "./data.ts";
import { placeOf } from "./diagnose.ts";
import type { Compared } from "./realSteps.ts";
import type { Slot } from "./slots.ts";
import { warnOfSpread } from "./spread.ts";
import { makerOf } from "./unlikely.ts";

/** What rounding leaves of a label, and of the sum of a row of float32. */
const [LABEL_ROUNDING, SUM_ROUNDING] = [1e-6, 1e-3];

/** The first label outside 0..1, or the first row that is no distribution; -1: none. NaN is for others to find. */
function firstOdd(data: Float32Array, { activation, ids }: Target, C: number): number {
  if (ids || !activation) return -1;
  if (activation === "sigmoid") {
    let i = 0;
    while (i < data.length && !(Math.abs(data[i] - 0.5) > 0.5 + LABEL_ROUNDING)) i++;
    return i < data.length ? i : -1;
  }
  for (let i = 0; i < data.length; i += C) {
    let [sum, sizes] = [0, 0];
    for (let j = i; j < i + C; j++) {
      sum += data[j];
      sizes += Math.abs(data[j]);
    }
    // A row of zeros costs nothing: so padding is left out where there is no mask.
    if (sizes > 0 && (Math.abs(sum - 1) > SUM_ROUNDING || sizes > sum + SUM_ROUNDING)) return i;
  }
  return -1;
}

/** The scaler whose range an output can reach. */
function scalerFor(output: SymbolicTensor): string {
  const activation = activationOf(makerOf(output));
  if (/^(tanh|softsign)$/.test(activation)) return "minMaxScaler({ range: [-1, 1] })";
  return /^(.*sigmoid|soft.*|relu|exponential)$/i.test(activation) ? "minMaxScaler()" : "standardScaler()";
}

/** An output of a batch. */
export interface Reviewed {
  /** Which output */
  readonly i: number;
  /** Whether its prediction has a mask */
  readonly masked: boolean;
  /** The batch's target */
  readonly whole: Tensor;
  /** Its real rows, and those of the prediction */
  readonly compared: Compared;
  /** The batch, for errors */
  readonly where: string;
  /** The number in the data of a sample of the batch */
  sampleOf(n: number): number;
}

/**
 * Looks at an output of a batch, where that is needed.
 *
 * @throws RangeError for labels of yes and no outside 0..1
 */
export type Review = (context: Context, reviewed: Reviewed) => void;

/**
 * Reviews the training data of a call, and what it is validated on, at its first batch: only then it is known whether masks
 * hide rows, which may hold anything. Where they do and something odd is found, batches are looked at one by one.
 *
 * @param scaled whether the model has a scaler of targets
 * @param advise whether to say what is legal too; what cannot be is always an error
 */
export function reviewOf(
  sets: readonly { x: DataSet; y: DataSet }[],
  outputs: readonly SymbolicTensor[],
  { targets, losses }: { targets: readonly (Slot & Target)[]; losses: readonly Loss[] },
  scaled: boolean,
  advise: boolean,
): Review {
  /** For each output that has been looked at: whether its batches must be. */
  const perBatch: boolean[] = [];

  return (context, { i, masked, whole, compared, where, sampleOf }) => {
    const { prediction, target, origin } = compared;
    const { what, activation, ids, numbers, unscalable } = targets[i];
    const { name } = losses[i];
    const look = (data: Float32Array, placed: (at: number) => number[], numberOf: (n: number) => number): void => {
      const at = firstOdd(data, targets[i], prediction.shape[prediction.shape.length - 1]);
      if (at < 0) return;
      const place = placed(at);
      const sample = `sample ${numberOf(place[0])}`;
      if (activation === "sigmoid") {
        throw new RangeError(
          `${where}: ${what}: expected labels in 0..1 for ${name}, got ${data[at]} in ${sample} at ${showShape(place)}; ` +
            "more classes than two need a categorical cross-entropy",
        );
      }
      perBatch[i] = false;
      if (!advise) return;
      const rows = `${name}: rows of ${what}`;
      warnOnce(`${rows} do not all sum to 1 with none below 0, such as in ${sample}; divide each by its sum`, rows);
    };

    if (perBatch[i] === undefined) {
      perBatch[i] = false;
      if (advise && scaled && activation && !ids) {
        warnOnce(`setScaling target: the classes in ${what} need no scaler; leave target out`);
      }
      for (const { x, y } of sets) {
        const { data, shape, place } = y.arrays[i] as Samples<Float32Array>;
        if (masked || x.paddings.length > 0 || place)
          perBatch[i] ||= firstOdd(data, targets[i], shape[shape.length - 1]) >= 0;
        else
          look(
            data,
            at => placeOf(at, shape),
            n => n,
          );
      }
      if (advise && numbers && !scaled) {
        const rows = masked ? ndarray(context.numbers(target), target.shape) : sets[0].y.arrays[i];
        warnOfSpread(unscalable ? undefined : "target", what, rows, scalerFor(outputs[i]));
      }
    }
    if (perBatch[i]) look(context.numbers(target), at => placeOf(origin(at), whole.shape), sampleOf);
  };
}
