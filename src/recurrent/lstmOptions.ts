/** The LSTM's own options. */
import { type ElementwiseActivation, expectElementwise } from "../activations.ts";
import { expectBoolean, expectInteger, expectOneOf, expectPositive } from "../expect.ts";
import { titleOf } from "../layer/layer.ts";
import { expectRecurrentOptions, type RecurrentLayerOptions, type RecurrentOptions } from "./options.ts";
import { INPUT_GATES, type LstmVariantOptions, PEEPHOLES } from "./run/lstmVariant.ts";

export interface LstmLayerOptions extends RecurrentOptions {
  /** Of the candidate and the cell state; default "tanh" */
  activation?: ElementwiseActivation;
  /** Of the gates; default "sigmoid" */
  recurrentActivation?: ElementwiseActivation;
  /** Add 1 to the forget gate's initial bias; default true, unless there is no forget gate (coupledGates) */
  unitForgetBias?: boolean;
  /**
   * Gates that see the cell state: "gers", input and forget gate the one before the step, the output gate the one after
   * it (as ONNX); "previous", all the one before it; default none
   */
  peephole?: (typeof PEEPHOLES)[number];
  /** "squared": c = f·c + i²·g; default "plain": c = f·c + i·g */
  inputGate?: (typeof INPUT_GATES)[number];
  /** The forget gate is 1 - i, and has no weights: three gates i g o; default false */
  coupledGates?: boolean;
  /** The cell state stays within ±cellClip; where it is cut, no gradient passes. Default none */
  cellClip?: number;
  /**
   * The gates' pre-activations stay within ±clip, as in ONNX Runtime; where they are cut, no gradient passes. Default none
   */
  clip?: number;
  /** Size of the hidden state, less than `units`: h = (o·tanh(c))·projectionKernel, PyTorch's proj_size. Default none */
  projection?: number;
  /** Normalize x·kernel, h·recurrentKernel (over all gates at once) and c before its activation; default false */
  layerNorm?: boolean;
}

type Own = "activation" | "recurrentActivation" | "unitForgetBias" | "inputGate" | "coupledGates" | "layerNorm";

/** The same, checked and complete. */
export type LstmSettings = RecurrentLayerOptions &
  Required<Pick<LstmLayerOptions, Own>> &
  LstmVariantOptions &
  Pick<LstmLayerOptions, "projection">;

/** Checks: what an option of that name must be, for those that have no default. */
const OPTIONAL = {
  peephole: (value: unknown, what: string) => expectOneOf(value, PEEPHOLES, what),
  cellClip: expectPositive,
  clip: expectPositive,
  projection: (value: unknown, what: string) => expectInteger(value, what),
};
const OWN = ["activation", "recurrentActivation", "unitForgetBias", "inputGate", "coupledGates", "layerNorm"];
/** What the cell with layer normalization has not. */
const WITHOUT_LAYER_NORM = ["peephole", "projection", "cellClip", "clip"] as const;

export function expectLstmOptions(options: LstmLayerOptions): LstmSettings {
  const title = titleOf(options, "lstm");
  const shared = expectRecurrentOptions(options, "lstm", [...OWN, ...Object.keys(OPTIONAL)]);
  const given = Object.entries(OPTIONAL).flatMap(([key, expectValue]) => {
    const value = options[key as keyof typeof OPTIONAL];
    return value === undefined ? [] : [[key, expectValue(value, `${title} ${key}`)] as const];
  });
  const coupledGates = expectBoolean(options.coupledGates ?? false, `${title} coupledGates`);
  const unitForgetBias = expectBoolean(options.unitForgetBias ?? !coupledGates, `${title} unitForgetBias`);
  if (coupledGates && unitForgetBias) {
    throw new RangeError(
      `${title} unitForgetBias: expected false with coupledGates, got true; that cell has no forget gate, leave it out`,
    );
  }
  const { projection } = options;
  if (projection !== undefined && projection >= shared.units) {
    throw new RangeError(
      `${title} projection: expected fewer than units (${shared.units}), got ${projection}; without it the hidden state has all units`,
    );
  }
  const inputGate = expectOneOf(options.inputGate ?? "plain", INPUT_GATES, `${title} inputGate`);
  const layerNorm = expectBoolean(options.layerNorm ?? false, `${title} layerNorm`);
  if (layerNorm) {
    const other = coupledGates
      ? "coupledGates"
      : inputGate === "squared"
        ? "inputGate"
        : WITHOUT_LAYER_NORM.find(key => options[key] !== undefined);
    if (other) {
      throw new RangeError(
        `${title} layerNorm: expected false with ${other}, got true; normalization is there for the plain cell alone, leave one of them out`,
      );
    }
  }
  return {
    ...shared,
    activation: expectElementwise(options.activation ?? "tanh", `${title} activation`),
    recurrentActivation: expectElementwise(options.recurrentActivation ?? "sigmoid", `${title} recurrentActivation`),
    unitForgetBias,
    inputGate,
    coupledGates,
    layerNorm,
    ...Object.fromEntries(given),
  };
}
