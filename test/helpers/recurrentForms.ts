/**
 * Every recurrent cell with each of its options, once: what must hold for all of them is tested over this list, so that a
 * new cell is tested as all others are.
 */
import { type Layer, layers, type RnnOptions } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/recurrent/lstm.ts";
import type { RecurrentSettings } from "../../src/recurrent/options.ts";
import { STREAMS } from "../../src/recurrent/run/regularizers.ts";
import type { RecurrentBase } from "../../src/recurrent/sequenceLayer.ts";
import { elmanReference } from "../reference/elman.ts";
import { type HiddenCell, type HiddenOptions, hiddenReference } from "../reference/hiddenCells.ts";
import { type LayerNormCell, layerNormReference } from "../reference/layerNorm.ts";
import { type LstmVariantOptions, lstmVariantReference } from "../reference/lstmVariant.ts";
import { type ModernCell, type ModernOptions, modernReference } from "../reference/modernCells.ts";
import type { Reference } from "../reference/reference.ts";
import type { SequenceOptions } from "../reference/sequence.ts";
import type { Tolerance } from "./compare.ts";
import { customCells, lstmCell } from "./customCells.ts";
import { inOtherOrder } from "./nets.ts";
import type { OneLayer } from "./oneLayer.ts";
import type { MakeLayer } from "./recurrentModels.ts";

export interface Sizes {
  N: number;
  T: number;
  C: number;
  H: number;
}

export interface RecurrentForm {
  readonly layer: MakeLayer;
  /** The f64 reference: the output and all states, whatever `returnState` is. */
  readonly reference: (sizes: Sizes, options: SequenceOptions) => Reference;
  /** Whether outputs or states have kinks, which differences of float32 outputs would step over. */
  readonly kinks?: boolean;
  /** As for expectReference */
  readonly untaped?: Tolerance;
  /** Units are multiples of it; default 1 */
  readonly heads?: number;
  /** Whether the layer is one of `layers.rnn`, which has fewer options */
  readonly custom?: boolean;
}

type Regularizers = Pick<LstmLayerOptions, "recurrentDropout" | "zoneout">;
const both = { recurrentDropout: 0.3, zoneout: { hidden: 0.2, cell: 0.3 } };
const hidden = { recurrentDropout: 0.3, zoneout: 0.2 };

const lstm = (own: Partial<LstmLayerOptions> = {}, kinks = false): RecurrentForm => ({
  layer: options => layers.lstm({ ...options, ...own }),
  reference: (sizes, options) => lstmVariantReference(sizes, { ...own, ...options } as LstmVariantOptions),
  kinks,
});

const normalized = (cell: LayerNormCell, own: Regularizers = {}): RecurrentForm => ({
  layer: options => layers[cell]({ ...options, ...own, layerNorm: true }),
  reference: (sizes, options) => layerNormReference(cell, sizes, options),
});

const withHidden = (cell: HiddenCell, own: HiddenOptions & Regularizers = {}, kinks = false): RecurrentForm => ({
  layer: options => layers[cell]({ ...options, ...own } as Parameters<MakeLayer>[0]),
  reference: (sizes, options) => hiddenReference(cell, sizes, { ...own, ...options }),
  kinks,
});

const modern = (
  cell: ModernCell,
  own: ModernOptions & Regularizers & { layerNorm?: boolean } = {},
  kinks = false,
): RecurrentForm => ({
  layer: options => layers[cell]({ ...options, ...own } as Parameters<MakeLayer>[0]),
  reference: (sizes, options) => modernReference(cell, sizes, { ...own, ...options }),
  heads: own.heads ?? 1,
  ...(cell === "mLSTM" && { untaped: inOtherOrder }),
  kinks,
});

const custom = (cell: Parameters<typeof layers.rnn>[0], reference: RecurrentForm["reference"]): RecurrentForm => ({
  layer: ({ useBias: _none, ...options }) => layers.rnn(cell, options as RnnOptions),
  reference,
  custom: true,
});

const hard = { name: "hardSigmoid", slope: 0.25, offset: 0.45 } as const;
const smooth = { activation: "sigmoid", recurrentActivation: "tanh" } as const;

export const recurrentForms: Readonly<Record<string, RecurrentForm>> = {
  lstm: lstm(),
  "lstm, other activations": lstm(smooth),
  "lstm, peephole gers": lstm({ peephole: "gers" }),
  "lstm, peephole previous": lstm({ peephole: "previous" }),
  "lstm, squared input gate": lstm({ inputGate: "squared" }),
  "lstm, coupled gates": lstm({ coupledGates: true }),
  "lstm, projection": lstm({ projection: 3 }),
  "lstm, cellClip": lstm({ cellClip: 0.4 }, true),
  "lstm, clip": lstm({ clip: 0.6 }, true),
  "lstm, activation of the cell state": lstm({ cellActivation: "softsign", peephole: "gers" }),
  "lstm, hard sigmoids of its own": lstm(
    { recurrentActivation: { name: "hardSigmoid", slope: 0.2 }, cellActivation: { ...hard, offset: 0.4 } },
    true,
  ),
  "lstm, plain, hard sigmoid of its own": lstm({ recurrentActivation: hard }, true),
  "lstm, all variants": lstm(
    { peephole: "gers", inputGate: "squared", coupledGates: true, projection: 3, clip: 0.9, cellClip: 0.5 },
    true,
  ),
  "lstm, recurrentDropout": lstm({ recurrentDropout: 0.3 }),
  "lstm, zoneout": lstm({ zoneout: both.zoneout }),
  "lstm, variants regularized": lstm({ peephole: "previous", coupledGates: true, projection: 3, ...both }),
  "lstm, peephole gers, squared, regularized": lstm({ peephole: "gers", inputGate: "squared", ...both }),
  "lstm, layerNorm": normalized("lstm"),
  "lstm, layerNorm, regularized": normalized("lstm", both),
  gru: withHidden("gru"),
  "gru, other activations": withHidden("gru", smooth),
  "gru, regularized": withHidden("gru", hidden),
  "gru, layerNorm": normalized("gru"),
  "gru, layerNorm, regularized": normalized("gru", hidden),
  "gru, clip": withHidden("gru", { clip: 0.5 }, true),
  "gru, hard sigmoids of its own": withHidden(
    "gru",
    { activation: { ...hard, slope: 0.5 }, recurrentActivation: hard },
    true,
  ),
  "gru, reset before, clip": withHidden("gru", { resetAfter: false, clip: 0.4, recurrentActivation: hard }, true),
  "gru, reset before": withHidden("gru", { resetAfter: false }),
  "gru, reset before, regularized": withHidden("gru", { resetAfter: false, ...hidden }),
  simpleRNN: withHidden("simpleRNN"),
  "simpleRNN, clip": withHidden("simpleRNN", { clip: 0.5 }, true),
  "simpleRNN, hard sigmoid of its own": withHidden("simpleRNN", { activation: hard }, true),
  "simpleRNN, relu": withHidden("simpleRNN", { activation: "relu" }, true),
  "simpleRNN, sigmoid, regularized": withHidden("simpleRNN", { activation: "sigmoid", ...hidden }),
  indRNN: withHidden("indRNN", {}, true),
  "indRNN, tanh, zoneout": withHidden("indRNN", { activation: "tanh", zoneout: 0.2 }),
  minGRU: modern("minGRU"),
  "minGRU, positive, zoneout": modern("minGRU", { positive: true, zoneout: 0.2 }, true),
  minLSTM: modern("minLSTM"),
  "minLSTM, positive, zoneout": modern("minLSTM", { positive: true, zoneout: 0.2 }, true),
  sLSTM: modern("sLSTM", {}, true),
  "sLSTM, regularized": modern("sLSTM", hidden, true),
  mLSTM: modern("mLSTM", {}, true),
  "mLSTM, two heads": modern("mLSTM", { heads: 2 }, true),
  "mLSTM, two heads, not normalized": modern("mLSTM", { heads: 2, layerNorm: false }, true),
  "mLSTM, two heads, zoneout": modern("mLSTM", { heads: 2, zoneout: 0.2 }, true),
  "a cell of your own": custom(lstmCell, (sizes, options) =>
    lstmVariantReference(sizes, options as LstmVariantOptions),
  ),
  "a cell of your own, its output no state": custom(customCells.elman, (sizes, options) =>
    elmanReference({ ...sizes, F: 2 }, options),
  ),
};

/** Sizes of a batch, and a mask for it: nothing hidden; padding on the right, on the left; holes; nothing real. */
export const batch = { N: 5, T: 4, C: 3 } as const;
export const MASK = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0];

/** Those that are fused. */
export const fusedForms = Object.entries(recurrentForms).filter(([, { custom = false }]) => !custom);

/** The states of a layer, by name. */
export function statesOf(layer: Layer): Record<string, number> {
  const { stateNames, stateSizes } = layer as unknown as RecurrentBase;
  return Object.fromEntries(stateNames.map((name, i) => [name, stateSizes[i]]));
}

/** What a layer with recurrent dropout and zoneout draws in its present step, or takes in predictions. */
export function regularizersOf(
  one: OneLayer,
  layer: Layer,
  { N, T }: Sizes,
  { training }: { training: boolean },
): SequenceOptions {
  const { recurrentDropout = 0, zoneout = { hidden: 0, cell: 0 } } = layer.options as Partial<RecurrentSettings>;
  const [F, H] = Object.values(statesOf(layer));
  const part = (rate: number, stream: number, size: number) => {
    if (!rate) return undefined;
    return training ? one.zoneoutMask(rate, stream, [N, T, size]) : 1 - rate;
  };
  const gates = (layer as unknown as { gates: number }).gates;
  return {
    recurrentMask:
      training && recurrentDropout ? one.mask(recurrentDropout, N * gates * F, STREAMS.recurrentDropout) : undefined,
    hidden: part(zoneout.hidden, STREAMS.hiddenZoneout, F),
    cellState: part(zoneout.cell, STREAMS.cellZoneout, H),
  };
}
