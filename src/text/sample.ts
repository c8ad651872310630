/** A token drawn from what a model says of the next one. */
import { type ArrayData, describe } from "../ndarray.ts";
import {
  boolean,
  type Checked,
  checked,
  type Input,
  integer,
  number,
  option,
  optional,
  options as schema,
  seed,
} from "../options.ts";
import { power } from "../portable.ts";
import { best, expectDistribution } from "./probabilities.ts";
import { seededRandom } from "./random.ts";

/** How a token is chosen. */
export const CHOICE = schema({
  /** Below 1 the probable tokens are drawn more often, above 1 less; 0 takes the most probable one; default 1 */
  temperature: optional(number(0), 1),
  /** Draws from so many of the most probable tokens; default all */
  topK: optional(integer()),
  /** Draws from the fewest tokens that have together at least this probability, after temperature and `topK`; default 1, all */
  topP: optional(number(0, 1), 1),
});

/** A function that gives a number in [0, 1). */
const random = option<() => number>((value, what) => {
  if (typeof value === "function") return value as () => number;
  throw new TypeError(`${what}: expected a function that gives a number in [0, 1), got ${describe(value)}`);
});

export const RANDOM = schema({
  /** The same seed gives the same token, or text. For draws one after the other make `random: seededRandom(seed)` once */
  seed: optional(seed),
  /** Gives a number in [0, 1) at each call; default Math.random */
  random: optional(random),
});

const LOGITS = schema({
  /** The numbers are logits, not probabilities; default false */
  fromLogits: optional(boolean, false),
});
const OPTIONS = { ...CHOICE, ...RANDOM, ...LOGITS };

export interface ChoiceOptions extends Input<typeof CHOICE> {}
export interface RandomOptions extends Input<typeof RANDOM> {}
export interface SampleOptions extends ChoiceOptions, RandomOptions, Input<typeof LOGITS> {}

type Choice = Checked<typeof CHOICE> & Checked<typeof LOGITS>;

/** What the random numbers of a call come from, if anything is said of it. */
export function drawOf({ seed: own, random }: Checked<typeof RANDOM>, title: string): (() => number) | undefined {
  if (own !== undefined && random) throw new TypeError(`${title}: expected seed or random, got both`);
  return random ?? (own === undefined ? undefined : seededRandom(own));
}

/** Draws; the numbers have been checked. */
export function choose(
  numbers: ArrayLike<number>,
  { temperature, topK, topP, fromLogits }: Choice,
  draw: () => number,
): number {
  if (temperature === 0 || topK === 1) return best(numbers);
  let ids = Array.from(numbers, (_, i) => i);
  const ordered = topK !== undefined || topP < 1;
  if (ordered) ids.sort((a, b) => numbers[b] - numbers[a] || a - b);
  if (topK !== undefined) ids = ids.slice(0, topK);
  // In sums, products and roots alone, so that a seed gives the same token in every runtime.
  const most = numbers[ordered ? ids[0] : best(numbers)];
  const weights = ids.map(id => {
    if (fromLogits) return 1 / power(Math.E, (most - numbers[id]) / temperature);
    return temperature === 1 ? numbers[id] / most : power(numbers[id] / most, 1 / temperature);
  });
  let total = weights.reduce((sum, weight) => sum + weight, 0);
  if (topP < 1) {
    let [kept, sum] = [0, 0];
    while (kept < weights.length && (kept === 0 || sum < topP * total)) sum += weights[kept++];
    weights.length = kept;
    total = sum;
  }
  const drawn = draw();
  if (!(drawn >= 0 && drawn < 1)) {
    throw new RangeError(`random: expected a function that gives numbers in [0, 1), got ${describe(drawn)}`);
  }
  let left = drawn * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return ids[last]; // where rounding has left something over, the last that is possible
}

/**
 * Draws a token.
 *
 * @param p probabilities of all tokens, [V]: what `stream.step` or `predict` of one step gives; or logits
 * @param options see {@link SampleOptions}
 * @returns the id of the token
 * @throws RangeError for NaN, for what is no distribution, or leaves no token
 * @example const token = sample(stream.step(last), { temperature: 0.8, topK: 20 });
 */
export function sample(p: ArrayData, options: SampleOptions = {}): number {
  const settings = checked(options, "sample", OPTIONS);
  const draw = drawOf(settings, "sample") ?? Math.random;
  return choose(expectDistribution(p, settings.fromLogits, "sample p"), settings, draw);
}
