/** The options that all recurrent layers take, with Keras' names and defaults. */
import { initializer } from "../initializers.ts";
import { expectNamed, LAYER, type LayerOptions, rulesFor, titleOf, type WeightRules } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import {
  boolean,
  type Checked,
  checked,
  fraction,
  type Input,
  integer,
  option,
  optional,
  options,
  type Schema,
} from "../options.ts";
import type { Zoneout } from "./run/regularizers.ts";
import type { CheckpointSteps } from "./run/segments.ts";

const SEQUENCE = options({
  /** Output every step's hidden state, not only the last; default false */
  returnSequences: optional(boolean, false),
  /** Output also the last states; default false */
  returnState: optional(boolean, false),
  /** Run from the last step to the first; default false */
  goBackwards: optional(boolean, false),
  /** Begin each batch with the states that the last one ended with; default false */
  stateful: optional(boolean, false),
  /** At steps that a mask hides, output 0 instead of the output before; default false */
  zeroOutputForMask: optional(boolean, false),
  /** Part of the inputs set to 0 while training, the same ones at every step; default 0 */
  dropout: optional(fraction, 0),
});

/** How a cell is run over a sequence, whatever the cell. */
export interface SequenceOptions extends Input<typeof SEQUENCE>, LayerOptions {}

const ZONEOUT = options({
  /** Of the hidden state; default 0 */
  hidden: optional(fraction, 0),
  /** Of the cell state; default 0 */
  cell: optional(fraction, 0),
});
export interface ZoneoutParts extends Input<typeof ZONEOUT> {}

/** Zoneout, of whatever states the cell has: `refuse` throws where a cell has not that one, or not alone. */
const zoneout = (refuse?: (cell: number, what: string, title: string) => never) =>
  option<Zoneout, number | ZoneoutParts>((value, what, title) => {
    if (typeof value === "number") return { hidden: fraction.check(value, what, title), cell: 0 };
    const parts = checked(value, what, ZONEOUT, ".");
    if (parts.cell !== 0) refuse?.(parts.cell, what, title);
    return parts;
  });

const RECURRENT = options({
  /** H, the size of the hidden state */
  units: integer(),
  /** Default true */
  useBias: optional(boolean, true),
  /** Part of the hidden state that each gate sees as 0 while training, the same at every step; default 0 */
  recurrentDropout: optional(fraction, 0),
  /**
   * The probability that a unit keeps its value at a step while training; in predictions the expected value is taken.
   * A number is that of the hidden state, { hidden, cell } gives the cell state its own. Default 0
   */
  zoneout: optional(zoneout(), 0),
  /**
   * For long sequences: keep the states of every so many steps ("auto": about the square root of their number) and compute
   * what lies between again in the backward pass. Memory then grows with the root of the length, gradients have the same bits,
   * a step takes about a third longer. Default 0: keep everything
   */
  checkpointSteps: optional(option(expectCheckpoints), 0),
  /** Default "glorotUniform" */
  kernelInitializer: optional(initializer, "glorotUniform"),
  /** Default "orthogonal" */
  recurrentInitializer: optional(initializer, "orthogonal"),
  /** Default "zeros" */
  biasInitializer: optional(initializer, "zeros"),
});

export interface RecurrentOptions extends Input<typeof RECURRENT>, SequenceOptions, WeightRules<typeof RECURRENT> {}
type RecurrentAlone = "recurrentInitializer" | "recurrentDropout" | "recurrentRegularizer" | "recurrentConstraint";
export interface InputAloneOptions extends Omit<RecurrentOptions, RecurrentAlone> {}

/** The same, checked and complete. */
export type SequenceSettings = Checked<typeof SEQUENCE> & LayerOptions;
export type RecurrentSettings = Omit<Checked<typeof RECURRENT>, "recurrentInitializer"> &
  // None where the gates do not see the hidden state: there is no recurrentKernel.
  Pick<Partial<Checked<typeof RECURRENT>>, "recurrentInitializer"> &
  SequenceSettings;

function expectCheckpoints(value: unknown, what: string): CheckpointSteps {
  if (value === "auto" || (Number.isSafeInteger(value) && (value as number) >= 0)) return value as CheckpointSteps;
  const Kind = typeof value === "number" || typeof value === "string" ? RangeError : TypeError;
  throw new Kind(`${what}: expected "auto", a whole number of steps, or 0 to keep them all, got ${describe(value)}`);
}

/** For cells whose one state is h. */
export const H_ALONE = options({
  zoneout: optional(
    zoneout((cell, _what, title) => {
      throw new RangeError(
        `${title}: expected zoneout.cell 0, since besides h the layer has no state, got ${cell}; use zoneout.hidden`,
      );
    }),
    0,
  ),
});

/** For cells with states that mean something only together. */
export const STATES_TOGETHER = options({
  zoneout: optional(
    zoneout((cell, what) => {
      throw new RangeError(
        `${what}.cell: expected 0, since its states c, n and m belong together, got ${cell}; use zoneout.hidden`,
      );
    }),
    0,
  ),
});

/** For cells whose gates multiply the hidden state with no matrix. */
export const NO_HIDDEN_PRODUCT = options({
  recurrentDropout: optional(
    option((value, what, title) => {
      const part = fraction.check(value, what, title);
      if (part === 0) return part;
      throw new RangeError(
        `${title}: expected recurrentDropout 0, since no gate multiplies the hidden state with a matrix, got ${part}; use zoneout`,
      );
    }),
    0,
  ),
});

/** For cells whose gates do not see the hidden state at all. */
export const INPUT_ALONE = options({
  ...NO_HIDDEN_PRODUCT,
  recurrentInitializer: optional(
    option((value, what): never => {
      throw new RangeError(
        `${what}: expected none, since the gates do not see the hidden state and there is no ` +
          `recurrentKernel, got ${describe(value)}; leave it out`,
      );
    }),
  ),
});

/** Settings in the order of saved models: those that more layers have come first. */
function inOrder<Settings extends object>(settings: Settings, ...schemas: readonly Schema[]): Settings {
  const order = schemas.flatMap(schema => Object.keys(schema)) as (keyof Settings)[];
  const known = new Set(order.filter(key => key in settings));
  return Object.fromEntries([...known].map(key => [key, settings[key]])) as Settings;
}

/**
 * Checks and completes the options of a layer that runs a cell of the user's.
 *
 * @param kind what errors call a layer without a name
 */
export function sequenceSettings<Own extends Schema>(
  given: unknown,
  kind: string,
  own: Own,
): Checked<Own> & SequenceSettings {
  expectNamed(given, kind, own);
  const settings = checked(given, titleOf(given, kind), { ...own, ...SEQUENCE, ...LAYER });
  return inOrder(settings as Checked<Own> & SequenceSettings, LAYER, SEQUENCE, own);
}

/**
 * Checks and completes the options of a fused cell's layer.
 *
 * @param kind what errors call a layer without a name
 * @param own those that other cells have not
 * @param changed those of all recurrent layers that are something else for this cell
 */
export function recurrentSettings<Own extends Schema>(
  given: unknown,
  kind: string,
  own: Own,
  changed: Schema = {},
): Checked<Own> & RecurrentSettings {
  const { units, useBias, ...others } = RECURRENT;
  const rules = rulesFor(others);
  const schema = { units, ...own, useBias, ...SEQUENCE, ...others, ...LAYER, ...rules, ...changed };
  expectNamed(given, kind, schema);
  const settings = checked(given, titleOf(given, kind), schema);
  return inOrder(settings as Checked<Own> & RecurrentSettings, LAYER, SEQUENCE, RECURRENT, own, rules);
}
