/** Which form of the LSTM options ask for; all but the plain one are in lstmVariant.ts. */
import type { ElementwiseActivation } from "../../activations.ts";
import type { FrameKernel } from "../../engine/calls.ts";
import type { Kernels } from "../../engine/kernels.ts";

/** "gers": the output gate sees the cell state after the step; "previous": all gates see the one before it. */
export const PEEPHOLES = ["gers", "previous"] as const;
export const INPUT_GATES = ["plain", "squared"] as const;

export interface LstmVariantOptions {
  peephole?: (typeof PEEPHOLES)[number];
  inputGate?: (typeof INPUT_GATES)[number];
  coupledGates?: boolean;
  cellActivation?: ElementwiseActivation;
  cellClip?: number;
  clip?: number;
}

/** Gates i f g o; i g o where the forget gate is what the input gate leaves. */
export function lstmGates({ coupledGates }: LstmVariantOptions): number {
  return coupledGates ? 3 : 4;
}

/** The kernels of a form of the cell, and the slots of padded(H) that they save in a row. */
export interface LstmFamily {
  readonly forward: keyof Kernels;
  readonly backward: keyof Kernels;
  readonly step: FrameKernel;
  readonly saved: number;
}

export const lstmForm = /* @__NO_SIDE_EFFECTS__ */ (
  name: "lstm" | "lstmVariant" | "lstmCoupled" | "lstmProjected" | "lstmCoupledProjected",
  saved: number,
): LstmFamily => ({ forward: `${name}Forward`, backward: `${name}Backward`, step: `${name}Step`, saved });

export const PLAIN = lstmForm("lstm", 1);
