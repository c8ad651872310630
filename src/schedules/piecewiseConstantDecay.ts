import { describe } from "../describe.ts";
import { expectNumber } from "../expect.ts";
import { checked, type Input, option, options as schema } from "../options.ts";
import type { Schedule } from "./schedule.ts";

const list = option((value, what): readonly number[] => {
  if (!Array.isArray(value)) throw new TypeError(`${what}: expected a list of numbers, got ${describe(value)}`);
  return Array.from(value, (entry, i) => expectNumber(entry, `${what}[${i}]`, 0));
});

const OPTIONS = schema({
  /** Steps at which the rate changes, each larger than the one before; the step itself still has the rate before */
  boundaries: list,
  /** The rates, one more than there are boundaries */
  values: list,
});

export interface PiecewiseConstantDecayOptions extends Input<typeof OPTIONS> {}

/**
 * One rate up to each boundary, and one after the last, as in Keras.
 *
 * @throws TypeError or RangeError for lists that do not fit
 * @example optimizers.sgd({ learningRate: schedules.piecewiseConstantDecay({ boundaries: [1000, 5000], values: [0.1, 0.01, 0.001] }) })
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const name = "piecewiseConstantDecay";
  const settings = checked(options, name, OPTIONS);
  const { boundaries, values } = settings;
  if (values.length !== boundaries.length + 1) {
    throw new RangeError(
      `${name} values: expected ${boundaries.length + 1}, one more than there are boundaries, got ${values.length}`,
    );
  }
  const odd = boundaries.findIndex((step, i) => i > 0 && step <= boundaries[i - 1]);
  if (odd >= 0) {
    throw new RangeError(
      `${name} boundaries: expected each larger than the one before, got ${boundaries[odd]} after ${boundaries[odd - 1]}`,
    );
  }
  return {
    name,
    at(step) {
      const i = boundaries.findIndex(boundary => step <= boundary);
      return values[i < 0 ? values.length - 1 : i];
    },
    toJSON: () => ({ name, options: settings }),
  };
}
