/** The LSTM's own options. */
import { elementwise } from "../activations.ts";
import { titleOf } from "../layer/options.ts";
import { boolean, type Checked, type Input, integer, oneOf, optional, options, positive } from "../options.ts";
import { LAYER_NORM, withEpsilon } from "./layerNormOptions.ts";
import { type RecurrentOptions, type RecurrentSettings, recurrentSettings } from "./options.ts";
import { INPUT_GATES, PEEPHOLES } from "./run/lstmGates.ts";

const OPTIONS = options({
  /** Of the candidate and the cell state; default "tanh" */
  activation: optional(elementwise, "tanh"),
  /** Of the cell state on its way to the output, as ONNX' third; default `activation` */
  cellActivation: optional(elementwise),
  /** Of the gates; default "sigmoid" */
  recurrentActivation: optional(elementwise, "sigmoid"),
  /** Add 1 to the forget gate's initial bias; default true, unless there is no forget gate (coupledGates) */
  unitForgetBias: optional(boolean, ({ coupledGates }: { coupledGates: boolean }) => !coupledGates),
  /** "squared": c = f·c + i²·g; default "plain": c = f·c + i·g */
  inputGate: optional(oneOf(INPUT_GATES), "plain"),
  /** The forget gate is 1 - i, and has no weights: three gates i g o; default false */
  coupledGates: optional(boolean, false),
  /** Normalize x·kernel, h·recurrentKernel (over all gates at once) and c before its activation; default false */
  layerNorm: optional(boolean, false),
  ...LAYER_NORM,
  /**
   * Gates that see the cell state: "gers", input and forget gate the one before the step, the output gate the one after
   * it (as ONNX); "previous", all the one before it; default none
   */
  peephole: optional(oneOf(PEEPHOLES)),
  /** The cell state stays within ±cellClip; where it is cut, no gradient passes. Default none */
  cellClip: optional(positive),
  /**
   * The gates' pre-activations stay within ±clip, as in ONNX Runtime; where they are cut, no gradient passes. Default none
   */
  clip: optional(positive),
  /** Size of the hidden state, less than `units`: h = (o·tanh(c))·projectionKernel, PyTorch's proj_size. Default none */
  projection: optional(integer()),
});

export interface LstmLayerOptions extends Input<typeof OPTIONS>, RecurrentOptions {}

/** The same, checked and complete. */
export type LstmSettings = Checked<typeof OPTIONS> & RecurrentSettings;

/** What the cell with layer normalization has not. */
const WITHOUT_LAYER_NORM = ["peephole", "projection", "cellActivation", "cellClip", "clip"] as const;

export function lstmSettings(options: LstmLayerOptions): LstmSettings {
  const settings = recurrentSettings(options, "lstm", OPTIONS);
  const { units, unitForgetBias, inputGate, coupledGates, layerNorm, projection } = settings;
  const title = titleOf(options, "lstm");
  if (coupledGates && unitForgetBias) {
    throw new RangeError(
      `${title} unitForgetBias: expected false with coupledGates, got true; that cell has no forget gate, leave it out`,
    );
  }
  if (projection !== undefined && projection >= units) {
    throw new RangeError(
      `${title} projection: expected fewer than units (${units}), got ${projection}; without it the hidden state has all units`,
    );
  }
  if (layerNorm) {
    const other = coupledGates
      ? "coupledGates"
      : inputGate === "squared"
        ? "inputGate"
        : WITHOUT_LAYER_NORM.find(key => settings[key] !== undefined);
    if (other) {
      throw new RangeError(
        `${title} layerNorm: expected false with ${other}, got true; normalization is there for the plain cell alone, leave one of them out`,
      );
    }
  }
  return withEpsilon(settings, title);
}
