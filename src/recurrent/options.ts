/** The options that all recurrent layers take, with Keras' names and defaults. */

import { expectBoolean, expectFraction, expectInteger, expectOptions } from "../expect.ts";
import { expectInitializer, type Initializer } from "../initializers.ts";
import { LAYER_OPTIONS, type LayerOptions, titleOf } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";
import type { Zoneout } from "./run/regularizers.ts";
import type { CheckpointSteps } from "./run/segments.ts";

/** How a cell is run over a sequence, whatever the cell. */
export interface SequenceOptions extends LayerOptions {
  /** Output every step's hidden state, not only the last; default false */
  returnSequences?: boolean;
  /** Output also the last states; default false */
  returnState?: boolean;
  /** Run from the last step to the first; default false */
  goBackwards?: boolean;
  /** Begin each batch with the states that the last one ended with; default false */
  stateful?: boolean;
  /** At steps that a mask hides, output 0 instead of the output before; default false */
  zeroOutputForMask?: boolean;
  /** Part of the inputs set to 0 while training, the same ones at every step; default 0 */
  dropout?: number;
}

export interface RecurrentOptions extends SequenceOptions {
  /** H, the size of the hidden state */
  units: number;
  /** Default true */
  useBias?: boolean;
  /** Part of the hidden state that each gate sees as 0 while training, the same at every step; default 0 */
  recurrentDropout?: number;
  /**
   * The probability that a unit keeps its value at a step while training; in predictions the expected value is taken.
   * A number is that of the hidden state, { hidden, cell } gives the cell state its own. Default 0
   */
  zoneout?: number | Partial<Zoneout>;
  /**
   * For long sequences: keep the states of every so many steps ("auto": about the square root of their number) and compute
   * what lies between again in the backward pass. Memory then grows with the root of the length, gradients have the same bits,
   * a step takes about a third longer. Default 0: keep everything
   */
  checkpointSteps?: CheckpointSteps;
  /** Default "glorotUniform" */
  kernelInitializer?: Initializer;
  /** Default "orthogonal" */
  recurrentInitializer?: Initializer;
  /** Default "zeros" */
  biasInitializer?: Initializer;
}

/** The same, checked and complete. */
export type SequenceLayerOptions = Required<Omit<SequenceOptions, keyof LayerOptions>> & LayerOptions;
export type RecurrentLayerOptions = Required<
  Omit<RecurrentOptions, keyof LayerOptions | "zoneout" | "recurrentInitializer">
> &
  LayerOptions & {
    zoneout: Zoneout;
    /** None where the gates do not see the hidden state: there is no recurrentKernel. */
    recurrentInitializer?: Initializer;
  };

const FLAGS = ["returnSequences", "returnState", "goBackwards", "stateful", "zeroOutputForMask"] as const;
/** Their names. */
export const SEQUENCE_OPTIONS = [...FLAGS, "dropout"] as const;
const SHARED = [
  "units",
  "useBias",
  ...SEQUENCE_OPTIONS,
  "recurrentDropout",
  "zoneout",
  "checkpointSteps",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  ...LAYER_OPTIONS,
];

/** Checks and completes those of the options that say how a cell is run. */
export function expectSequenceOptions(options: SequenceOptions, title: string): SequenceLayerOptions {
  const { name, inputShape, trainable } = options;
  const flags = Object.fromEntries(
    FLAGS.map(key => [key, expectBoolean(options[key] ?? false, `${title} ${key}`)]),
  ) as Record<(typeof FLAGS)[number], boolean>;
  return {
    ...(name === undefined ? {} : { name }),
    ...(inputShape === undefined ? {} : { inputShape }),
    ...(trainable === undefined ? {} : { trainable }),
    ...flags,
    dropout: expectFraction(options.dropout ?? 0, `${title} dropout`),
  };
}

/**
 * Checks and completes the options that all recurrent layers take.
 *
 * @param kind what errors call a layer without a name
 * @param own the names of its other options, which are left to the layer
 */
export function expectRecurrentOptions(
  options: RecurrentOptions,
  kind: string,
  own: readonly string[],
): RecurrentLayerOptions {
  const title = titleOf(options, kind);
  expectOptions(options, [SHARED[0], ...own, ...SHARED.slice(1)], title);
  return {
    ...expectSequenceOptions(options, title),
    units: expectInteger(options.units, `${title} units`),
    useBias: expectBoolean(options.useBias ?? true, `${title} useBias`),
    recurrentDropout: expectFraction(options.recurrentDropout ?? 0, `${title} recurrentDropout`),
    zoneout: expectZoneout(options.zoneout ?? 0, `${title} zoneout`),
    checkpointSteps: expectCheckpoints(options.checkpointSteps ?? 0, `${title} checkpointSteps`),
    kernelInitializer: expectInitializer(options.kernelInitializer ?? "glorotUniform", `${title} kernelInitializer`),
    recurrentInitializer: expectInitializer(
      options.recurrentInitializer ?? "orthogonal",
      `${title} recurrentInitializer`,
    ),
    biasInitializer: expectInitializer(options.biasInitializer ?? "zeros", `${title} biasInitializer`),
  };
}

function expectZoneout(value: unknown, what: string): Zoneout {
  if (typeof value === "number") return { hidden: expectFraction(value, what), cell: 0 };
  expectOptions(value, ["hidden", "cell"], what);
  const { hidden = 0, cell = 0 } = value as Partial<Zoneout>;
  return { hidden: expectFraction(hidden, `${what}.hidden`), cell: expectFraction(cell, `${what}.cell`) };
}

function expectCheckpoints(value: unknown, what: string): CheckpointSteps {
  if (value === "auto" || (Number.isSafeInteger(value) && (value as number) >= 0)) return value as CheckpointSteps;
  const Kind = typeof value === "number" || typeof value === "string" ? RangeError : TypeError;
  throw new Kind(`${what}: expected "auto", a whole number of steps, or 0 to keep them all, got ${describe(value)}`);
}

/** Refuses zoneout of states that mean something only together. */
export function expectNoCellZoneout({ zoneout }: RecurrentLayerOptions, title: string): void {
  if (zoneout.cell === 0) return;
  throw new RangeError(
    `${title} zoneout.cell: expected 0, since its states c, n and m belong together, got ${zoneout.cell}; use zoneout.hidden`,
  );
}

export type InputAloneOptions = Omit<RecurrentOptions, "recurrentInitializer" | "recurrentDropout">;

/** Checks and completes the shared options; without `recurrentInitializer`, which says that there is no recurrentKernel. */
export function expectInputAloneOptions(
  options: InputAloneOptions,
  kind: string,
  own: readonly string[],
): RecurrentLayerOptions {
  const { recurrentInitializer: _none, ...shared } = expectRecurrentOptions(options, kind, own);
  const { recurrentInitializer } = options as RecurrentOptions;
  if (recurrentInitializer !== undefined) {
    throw new RangeError(
      `${titleOf(options, kind)} recurrentInitializer: expected none, since the gates do not see the hidden state and there is no ` +
        `recurrentKernel, got ${describe(recurrentInitializer)}; leave it out`,
    );
  }
  return shared;
}
