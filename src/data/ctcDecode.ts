/** What the outputs of a model trained by CTC say: greedily, or by the most probable labels over all their alignments. */
import { expectOptions, showShape } from "../expect.ts";
import { type ArrayData, type NDArray, toNDArray } from "../ndarray.ts";
import { boolean, checked, type Input, integer, oneOf, option, optional, options as schema } from "../options.ts";

const OPTIONS = schema({
  /** [N]: how many steps of each sequence are real; default all */
  lengths: optional(option<unknown, ArrayLike<number>>(value => value)),
  /** "greedy" takes the best class of each step, "beamSearch" sums over alignments; default "greedy" */
  strategy: optional(oneOf(["greedy", "beamSearch"]), "greedy"),
  /** Prefixes that are kept from step to step; default 100 */
  beamWidth: optional(integer(), 100),
  /** How many answers a sequence gets from "beamSearch"; default 1 */
  topPaths: optional(integer(), 1),
  /** The class that says nothing; default 0 */
  blank: optional(integer(0), 0),
  /** The predictions are logits, not probabilities; default false */
  fromLogits: optional(boolean, false),
});

export interface CtcDecodeOptions extends Input<typeof OPTIONS> {}

/** An answer. */
export interface CtcPath {
  labels: number[];
  /** Log of its probability: by "greedy" that of the best alignment alone */
  logProbability: number;
}

/** ln(e^a + e^b). */
function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}

/** Logs of the probabilities of a step. */
function logsOf(row: ArrayLike<number>, fromLogits: boolean): number[] {
  const values = Array.from(row);
  if (!fromLogits) return values.map(Math.log);
  const most = Math.max(...values);
  const sum = most + Math.log(values.reduce((total, z) => total + Math.exp(z - most), 0));
  return values.map(z => z - sum);
}

/** The labels of the best alignment: classes that repeat count once, and blanks not at all. */
export function greedy(steps: readonly number[][], blank: number): CtcPath {
  const labels: number[] = [];
  let [last, logProbability] = [blank, 0];
  for (const logs of steps) {
    const best = logs.reduce((top, value, j) => (value > logs[top] ? j : top), 0);
    if (best !== blank && best !== last) labels.push(best);
    last = best;
    logProbability += logs[best];
  }
  return { labels, logProbability };
}

/** A prefix: logs of the probability of its alignments that end with a blank, and with its last label. */
interface Prefix {
  labels: number[];
  blank: number;
  label: number;
}

/**
 * @see Hannun, Maas, Jurafsky and Ng, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent
 *   DNNs", 2014
 */
function beamSearch(steps: readonly number[][], blank: number, width: number): CtcPath[] {
  let beam: Prefix[] = [{ labels: [], blank: 0, label: -Infinity }];
  for (const logs of steps) {
    const next = new Map<string, Prefix>();
    const at = (labels: number[]): Prefix => {
      const key = labels.join();
      const there = next.get(key) ?? { labels, blank: -Infinity, label: -Infinity };
      next.set(key, there);
      return there;
    };
    for (const { labels, blank: ended, label } of beam) {
      const total = logSum(ended, label);
      const same = at(labels);
      same.blank = logSum(same.blank, total + logs[blank]);
      const last = labels.at(-1);
      if (last !== undefined) same.label = logSum(same.label, label + logs[last]);
      logs.forEach((log, j) => {
        if (j === blank || log === -Infinity) return;
        const longer = at([...labels, j]);
        longer.label = logSum(longer.label, (j === last ? ended : total) + log);
      });
    }
    const score = (prefix: Prefix): number => logSum(prefix.blank, prefix.label);
    beam = [...next.values()].sort((a, b) => score(b) - score(a)).slice(0, width);
  }
  return beam.map(({ labels, blank: ended, label }) => ({ labels, logProbability: logSum(ended, label) }));
}

function expectLengths(value: unknown, N: number, T: number): number[] {
  if (value === undefined) return new Array(N).fill(T);
  const lengths = Array.from(value as ArrayLike<number>);
  const odd = lengths.find(length => !(Number.isInteger(length) && length >= 0 && length <= T));
  if (lengths.length === N && odd === undefined) return lengths;
  throw new RangeError(`ctcDecode lengths: expected ${N} whole numbers in [0, ${T}], got ${odd ?? lengths.length}`);
}

/**
 * The labels that a model trained by the loss "ctc" hears.
 *
 * @param predictions [N, T, classes], as `predict` returns them
 * @param options see {@link CtcDecodeOptions}
 * @returns for each sequence its answers, the most probable first
 * @throws TypeError or RangeError for predictions or options that do not fit
 * @example const [[{ labels }]] = ctcDecode(net.predict({ x, lengths }), { lengths, strategy: "beamSearch" });
 */
export function ctcDecode(predictions: ArrayData | NDArray, options: CtcDecodeOptions = {}): CtcPath[][] {
  expectOptions(options, Object.keys(OPTIONS), "ctcDecode");
  const { lengths, strategy, beamWidth, topPaths, blank, fromLogits } = checked(options, "ctcDecode", OPTIONS);
  const { shape, data } = toNDArray(predictions, "ctcDecode predictions");
  const [N, T, V] = shape;
  if (shape.length !== 3 || V <= blank) {
    const wanted = `[N, T, classes] with more than ${blank} classes`;
    throw new RangeError(`ctcDecode predictions: expected ${wanted}, got ${showShape(shape)}`);
  }
  return expectLengths(lengths, N, T).map((length, n) => {
    const steps = Array.from({ length }, (_, t) =>
      logsOf(data.subarray((n * T + t) * V, (n * T + t + 1) * V), fromLogits),
    );
    if (strategy === "greedy") return [greedy(steps, blank)];
    return beamSearch(steps, blank, Math.max(beamWidth, topPaths)).slice(0, topPaths);
  });
}
