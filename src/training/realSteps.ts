/** What losses and metrics look at: predictions and targets without the steps that a mask calls padding. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { type Loss, rowsOf, type Target } from "../losses/loss.ts";
import { agreeAll } from "../ops/op.ts";
import { selectRows } from "../ops/selectRows.ts";
import { Tensor } from "../tensor.ts";
import { warnOnce } from "../warn.ts";
import type { Slot } from "./slots.ts";

/** A prediction and its target, dense. */
export interface Compared {
  prediction: Tensor;
  target: Tensor;
  /** What the mean over several batches weighs this one by: its real steps, without a mask its samples. */
  weight: number;
  /** What each row counts, where that is not 1 */
  rowWeights: Tensor | undefined;
  /** [N, T], which rows these are of the whole prediction's, where not all */
  mask?: Tensor;
  /** The element of the whole batch's target that element `i` of `target` was. */
  origin(i: number): number;
}

/**
 * Holds a target against the prediction of the very batch: of axes of any length nothing could be known before.
 *
 * @param where the batch, for the message
 */
export function expectTargetFits(prediction: Tensor, target: Tensor, loss: Loss, slot: Slot, where: string): void {
  if (!slot.shape.includes(null)) return;
  const [N, ...inner] = prediction.shape;
  const wanted = [N, ...loss.target(inner).shape];
  if (agreeAll(wanted, target.shape)) return;
  throw new RangeError(
    `${where}: ${slot.what}: expected ${slot.ids ? "ids of shape " : ""}${showShape(wanted)}, since the prediction of this ` +
      `batch is ${showShape(prediction.shape)}, got ${showShape(target.shape)}; give x and ${slot.what} the same steps`,
  );
}

/**
 * A target [N, 1, 1] for predictions [N, T, 1]: each is compared with the number of its sample, as Keras does it.
 *
 * @returns rows repeated for all steps; what is of another shape as it is
 */
export function toEachStep(context: Context, target: Tensor, prediction: Tensor, whole: boolean, what: string): Tensor {
  const [N, T, C] = prediction.shape;
  const single = target.shape.length >= 2 && target.size === N && target.shape[1] === 1;
  if (whole || prediction.shape.length !== 3 || C !== 1 || T === 1 || !single) return target;
  warnOnce(
    `${what}: one number for each sequence, and predictions for ${T} steps: each is compared with it; else ` +
      "give the last recurrent layer returnSequences: false",
    `${what}: one number for each sequence`,
  );
  const repeated = context.tensor([N, T, ...target.shape.slice(2)]);
  const from = context.numbers(target).slice();
  context.memory.write(({ floats }) => {
    const at = repeated.pointer >>> 2;
    for (const [n, value] of from.entries()) floats.fill(value, at + n * T, at + (n + 1) * T);
  });
  return repeated;
}

/** The mask of a prediction, in which rows of one class are hidden too. */
function withoutIgnored(context: Context, { mask }: Tensor, target: Tensor, ignored: number): Tensor {
  const real = new Tensor(context.memory.allocate(target.size), target.shape);
  const { ints } = context.memory;
  const [from, to, steps] = [target.pointer >>> 2, real.pointer >>> 2, mask ? target.size / mask.size : 1];
  for (let i = 0; i < target.size; i++) {
    const hidden = mask && ints[(mask.pointer >>> 2) + Math.floor(i / steps)] === 0;
    ints[to + i] = Number(!hidden && ints[from + i] !== ignored);
  }
  return real;
}

/**
 * The real steps of a prediction, of the logits behind it, and of its target; gradients find their way back.
 *
 * @param prediction [N, T, ...], with its mask if it has one
 * @param target [N, T, ...]
 * @param rowWeights of the prediction's rows
 * @param view with `whole` both are left as they are: such a loss looks at the mask itself
 * @param where the batch, for errors
 * @throws RangeError if steps are hidden and the target has others than the prediction
 */
export function realSteps(
  context: Context,
  prediction: Tensor,
  target: Tensor,
  rowWeights: Tensor | undefined,
  view: Slot & Target,
  where: string,
): Compared {
  const mask = view.ignored === undefined ? prediction.mask : withoutIgnored(context, prediction, target, view.ignored);
  if (!mask || view.whole) return { prediction, target, rowWeights, weight: prediction.shape[0], origin: i => i };
  const weight = context.kernels.countRows(mask.pointer, mask.size);
  if (weight === mask.size) return { prediction, target, rowWeights, weight, origin: i => i };
  if (!agreeAll(mask.shape, target.shape.slice(0, mask.shape.length))) {
    throw new RangeError(
      `${where}: ${view.what}: expected the steps ${showShape(mask.shape)} of the prediction, since some are padding, got ` +
        `${showShape(target.shape)}; give every step a target, or leave masks and lengths out`,
    );
  }
  const select = (x: Tensor) => selectRows(context, x, mask, weight);
  const selected = select(prediction);
  const { logits } = prediction;
  if (logits) selected.logits = { ...logits, z: select(logits.z) };
  const width = target.size / mask.size;
  const origin = (i: number): number => {
    const steps = context.memory.ints.subarray(mask.pointer >>> 2, (mask.pointer >>> 2) + mask.size);
    let row = -1;
    for (let real = Math.floor(i / width) + 1; real > 0; real -= steps[++row]);
    return row * width + (i % width);
  };
  return {
    prediction: selected,
    target: select(target),
    rowWeights: rowWeights && select(rowWeights),
    weight,
    origin,
    mask,
  };
}

/**
 * Weights of rows by which a loss counts so much: 1 leaves them as they are.
 *
 * @param whole whether sequences are rows
 */
export function countedRows(
  context: Context,
  prediction: Tensor,
  rowWeights: Tensor | undefined,
  times: number,
  whole = false,
): Tensor | undefined {
  if (times === 1) return rowWeights;
  const rows = whole ? prediction.shape[0] : rowsOf(prediction)[0];
  const given = rowWeights && context.numbers(rowWeights);
  return context.tensorFrom(
    Float32Array.from({ length: rows }, (_, r) => times * (given?.[r] ?? 1)),
    [rows],
  );
}

/**
 * The same with weights of rows by which every sequence counts alike, whatever its length.
 *
 * @param whole the batch's prediction, [N, T, ...]
 */
export function bySequence(context: Context, compared: Compared, { shape: [N, T, ...inner] }: Tensor): Compared {
  if (inner.length === 0 || compared.weight === 0) return compared;
  const { prediction, rowWeights, mask } = compared;
  const [rows] = rowsOf(prediction);
  const given = rowWeights && context.numbers(rowWeights).slice();
  const real = mask && context.memory.ints.slice(mask.pointer >>> 2, (mask.pointer >>> 2) + mask.size);
  const per = real ? real.length / N : rows / N;
  const counts = Array.from({ length: N }, (_, n) =>
    real ? real.subarray(n * per, (n + 1) * per).reduce((sum, step) => sum + Number(step !== 0), 0) : T,
  );
  const each = rows / counts.reduce((sum, count) => sum + count, 0); // rows of a step
  const sequences = counts.filter(count => count > 0).length;
  const weights = new Float32Array(rows);
  let r = 0;
  for (const count of counts) {
    for (const end = r + count * each; r < end; r++) {
      weights[r] = ((given ? given[r] : 1) * rows) / (sequences * count * each);
    }
  }
  return { ...compared, rowWeights: context.tensorFrom(weights, [rows]), weight: sequences };
}
