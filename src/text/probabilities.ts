/** What a model says of the next token, checked. */
import { showShape } from "../expect.ts";
import { type ArrayData, toNDArray } from "../ndarray.ts";
import { isNumericView } from "../typedArray.ts";

const TOLERANCE = 1e-3;

/**
 * The numbers of one distribution: probabilities, which may sum to less than 1 where some were set to 0, or logits.
 *
 * @param value [V], or with axes of 1 before it
 * @throws TypeError for what are no numbers; RangeError for NaN, for what is no distribution, or leaves no token
 */
export function expectDistribution(value: unknown, fromLogits: boolean, what: string): ArrayLike<number> {
  const { shape, data } = isNumericView(value)
    ? { shape: [value.length], data: value }
    : toNDArray(value as ArrayData, what);
  if (data.length === 0 || shape.slice(0, -1).some(n => n !== 1)) {
    throw new RangeError(`${what}: expected the numbers of one step, [V], got ${showShape(shape)}`);
  }
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const number = data[i];
    if (fromLogits) {
      if (!(number < Infinity)) throw new RangeError(`${what}: expected logits, got ${number} at element ${i}`);
      sum = Math.max(sum, number === -Infinity ? 0 : 1);
    } else {
      if (!(number >= 0 && number <= 1 + TOLERANCE)) {
        const remedy = Number.isFinite(number) ? "; of logits say fromLogits: true" : "";
        throw new RangeError(`${what}: expected probabilities, got ${number} at element ${i}${remedy}`);
      }
      sum += number;
    }
  }
  if (sum > 1 + TOLERANCE) {
    throw new RangeError(
      `${what}: expected probabilities that sum to 1, got a sum of ${sum}; of logits say fromLogits: true`,
    );
  }
  if (sum === 0) throw new RangeError(`${what}: expected a token that is possible, got none`);
  return data;
}

/** The place of the largest number, the first of equal ones. */
export function best(numbers: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[at]) at = i;
  return at;
}

/** The log of the sum of e^x. */
export function logOfSum(numbers: ArrayLike<number>): number {
  const most = numbers[best(numbers)];
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += Math.exp(numbers[i] - most);
  return most + Math.log(sum);
}
