/** The options that all recurrent layers take, with Keras' names and defaults. */
import { expectBoolean, expectFraction, expectInteger, expectOptions } from "../../expect.ts";
import { expectInitializer, type Initializer } from "../../initializers.ts";
import { LAYER_OPTIONS, type LayerOptions } from "../layer.ts";

export interface RecurrentOptions extends LayerOptions {
  /** H, the size of the hidden state */
  units: number;
  /** Default true */
  useBias?: boolean;
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
  /** Default "glorotUniform" */
  kernelInitializer?: Initializer;
  /** Default "orthogonal" */
  recurrentInitializer?: Initializer;
  /** Default "zeros" */
  biasInitializer?: Initializer;
}

/** The same, checked and complete. */
export type RecurrentLayerOptions = Required<Omit<RecurrentOptions, keyof LayerOptions>> & LayerOptions;

const FLAGS = ["useBias", "returnSequences", "returnState", "goBackwards", "stateful", "zeroOutputForMask"] as const;
const SHARED = [
  "units",
  ...FLAGS,
  "dropout",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  ...LAYER_OPTIONS,
];

/**
 * Checks and completes the options that all recurrent layers take.
 *
 * @param kind the layer's name in errors
 * @param own the names of its other options, which are left to the layer
 */
export function expectRecurrentOptions(
  options: RecurrentOptions,
  kind: string,
  own: readonly string[],
): RecurrentLayerOptions {
  expectOptions(options, [SHARED[0], ...own, ...SHARED.slice(1)], kind);
  const flags = Object.fromEntries(
    FLAGS.map(key => [key, expectBoolean(options[key] ?? key === "useBias", `${kind} ${key}`)]),
  ) as Record<(typeof FLAGS)[number], boolean>;
  const { name, inputShape } = options;
  return {
    ...(name === undefined ? {} : { name }),
    ...(inputShape === undefined ? {} : { inputShape }),
    units: expectInteger(options.units, `${kind} units`),
    ...flags,
    dropout: expectFraction(options.dropout ?? 0, `${kind} dropout`),
    kernelInitializer: expectInitializer(options.kernelInitializer ?? "glorotUniform", `${kind} kernelInitializer`),
    recurrentInitializer: expectInitializer(
      options.recurrentInitializer ?? "orthogonal",
      `${kind} recurrentInitializer`,
    ),
    biasInitializer: expectInitializer(options.biasInitializer ?? "zeros", `${kind} biasInitializer`),
  };
}
