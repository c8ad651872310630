/** Connectionist temporal classification: labels in their order, without a word on when each is said. */
import type { Context } from "../context.ts";
import { CTC } from "../engine/families/ctc.generated.ts";
import { showShape } from "../expect.ts";
import { NO_ID } from "../ids.ts";
import { checked, type Input, integer, oneOf, optional, options as schema } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warn.ts";
import { behind, fromLogits } from "./labels.ts";
import type { Loss } from "./loss.ts";

const OPTIONS = schema({
  /** The class that says nothing; default 0. Labels end before the first that is this one, or below 0 */
  blank: optional(integer(0), 0),
  fromLogits,
  /** "sequences": the mean over them, as Keras; "labels": each first divided by its number of labels, as PyTorch's "mean" */
  reduction: optional(oneOf(["sequences", "labels"]), "sequences"),
});

export interface CtcOptions extends Input<typeof OPTIONS> {}

/** Real steps and labels of a batch, as int32 numbers in the arena. */
interface Sequences {
  rows: number;
  steps: number;
  counts: number;
  /** By sequence */
  lengths: number[];
  labels: number[][];
}

/** The labels of each sequence, which end with the first blank or number below 0. */
export function labelsOf(ids: Int32Array, N: number, blank: number): number[][] {
  const L = ids.length / N;
  return Array.from({ length: N }, (_, n) => {
    const own = Array.from(ids.subarray(n * L, (n + 1) * L));
    const end = own.findIndex(id => id < 0 || id === blank);
    return end < 0 ? own : own.slice(0, end);
  });
}

/** The steps of each sequence that no mask hides. */
export function stepsOf(mask: Int32Array | undefined, N: number, T: number): number[][] {
  return Array.from({ length: N }, (_, n) =>
    Array.from({ length: T }, (_, t) => t).filter(t => mask?.[n * T + t] !== 0),
  );
}

function sequencesOf(context: Context, p: Tensor, y: Tensor, blank: number): Sequences {
  const [N, T] = p.shape;
  const { memory } = context;
  const ints = (tensor: Tensor): Int32Array =>
    memory.ints.slice(tensor.pointer >>> 2, (tensor.pointer >>> 2) + tensor.size);
  const labels = labelsOf(ints(y), N, blank);
  const real = stepsOf(p.mask && ints(p.mask), N, T);
  const rows = new Int32Array(N * T);
  for (const [n, steps] of real.entries())
    rows.set(
      steps.map(t => n * T + t),
      n * T,
    );
  const put = (data: Int32Array): number => context.tensorFrom(data, [data.length]).pointer;
  const lengths = real.map(({ length }) => length);
  return {
    rows: put(rows),
    steps: put(Int32Array.from(lengths)),
    counts: put(Int32Array.from(labels, ({ length }) => length)),
    lengths,
    labels,
  };
}

/** What a batch needs from its way forward on its way back. */
interface Kept extends Sequences {
  /** posteriors, logZ, work */
  pointers: readonly [number, number, number];
  /** Of the sequences; 0: none */
  weights: number;
}

/** Weights of sequences, each divided by its number of labels. */
function perLabel(context: Context, { labels }: Sequences, given: number): number {
  const { floats } = context.memory;
  const weights = Float32Array.from(
    labels,
    (own, n) => (given ? floats[(given >>> 2) + n] : 1) / Math.max(1, own.length),
  );
  return context.tensorFrom(weights, [weights.length]).pointer;
}

/**
 * The mean over sequences of minus the log of the probability of their labels, as PyTorch's ctc_loss sums it and Keras' CTC
 * averages it. The model makes [N, T, classes], blank included; y is class ids [N, L], each row ended by blanks or -1, or a list of
 * lists of unequal length. Real steps are those of the mask, or of `{ x, lengths }`.
 *
 * @throws in training RangeError for labels that are no classes, or more than the steps have room for: one for each, and one
 *   between two that are the same
 * @see Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification", ICML 2006
 * @example net.compile({ loss: "ctc" }); net.fit({ x, lengths }, [[3, 1, 1], [2]]) // behind dense({ units: 5, activation: "softmax" })
 */
export function ctc(options: CtcOptions = {}): Loss {
  const name = "ctc";
  const settings = checked(options, name, OPTIONS);
  const { blank, fromLogits: logits, reduction } = settings;
  const kept = new WeakMap<Tensor, Kept>();
  const sizes = (p: Tensor, y: Tensor) => [blank, ...(p.shape as [number, number, number]), y.shape[1]] as const;
  return {
    name,
    families: [CTC],
    target(output) {
      const V = output.at(-1);
      if (output.length !== 2 || typeof V !== "number" || V <= blank) {
        throw new RangeError(
          `compile loss ctc: expected an output [N, T, classes] with more than ${blank} classes, got ${showShape(["N", ...output])}`,
        );
      }
      return { shape: [null], ids: true, whole: true, activation: "softmax", ...(logits ? { logits } : {}) };
    },
    problemOf(context, p, y) {
      const { lengths, labels } = sequencesOf(context, p, y, blank);
      const [N, , V] = p.shape;
      const all = context.memory.ints.subarray(y.pointer >>> 2, (y.pointer >>> 2) + y.size);
      const none = all.indexOf(NO_ID);
      if (none >= 0) {
        return `expected labels that are numbers, ended by ${blank} or -1, got NaN in sample ${Math.floor(none / (y.size / N))} of the batch`;
      }
      for (const [n, own] of labels.entries()) {
        const odd = own.find(id => id >= V);
        if (odd !== undefined) return `expected labels in 0..${V - 1}, got ${odd} in sample ${n} of the batch`;
        const least = own.length + own.filter((id, i) => i > 0 && id === own[i - 1]).length;
        if (least <= lengths[n]) continue;
        return (
          `expected at least ${least} steps for the ${own.length} labels of sample ${n} of the batch, one for each and one ` +
          `between two that are the same, got ${lengths[n]}; give it longer inputs, or leave it out`
        );
      }
      return undefined;
    },
    forward(context, p, y, rowWeights = 0) {
      const { z, isLogits } = behind(p, "softmax", logits);
      if (!isLogits)
        warnOnce("ctc: the logits behind these probabilities are not known; their logs would be: end with softmax");
      const [N, T, V] = p.shape;
      const { kernels, memory } = context;
      const found = sequencesOf(context, p, y, blank);
      const L = y.shape[1];
      const doubles = (n: number): number => memory.allocate(2 * n);
      const pointers = [
        doubles(N * T * kernels.ctcWidth(L)),
        doubles(N * T),
        doubles(kernels.ctcWork(T, V, L)),
      ] as const;
      const weights = reduction === "labels" ? perLabel(context, found, rowWeights) : rowWeights;
      kept.set(p, { ...found, pointers, weights });
      const { rows, steps, counts } = found;
      return kernels.ctcForward(...pointers, z.pointer, y.pointer, rows, steps, counts, weights, ...sizes(p, y));
    },
    backward(context, p, y) {
      const own = kept.get(p);
      if (!own) return;
      const { z } = behind(p, "softmax", logits);
      const dz = context.gradientOf(z);
      const { rows, steps, counts, pointers, weights } = own;
      context.kernels.ctcBackward(dz, ...pointers, z.pointer, y.pointer, rows, steps, counts, weights, ...sizes(p, y));
    },
    toJSON: () => ({ name, options: settings }),
  };
}
