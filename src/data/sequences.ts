/** Sequences of unequal length, as models take them. */
import { isRow, MAX_NUMBERS, unequalLengths } from "../nested.ts";

/** All steps of a list of sequences of unequal length, each [T][C], one after the other; anything else as it is. */
export function allSteps<Data>(data: Data, what: string): Data | unknown[] {
  const lengths = unequalLengths(data, what);
  if (!lengths || lengths.reduce((sum, length) => sum + length, 0) > MAX_NUMBERS) return data;
  const steps: unknown[] = [];
  for (const [n, length] of lengths.entries()) {
    const sequence = (data as ArrayLike<ArrayLike<unknown>>)[n];
    for (let t = 0; t < length; t++) {
      if (!isRow(sequence[t])) return data;
      steps.push(sequence[t]);
    }
  }
  return steps;
}
