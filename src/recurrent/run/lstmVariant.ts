/** What an LSTM may have that the plain one has not; see assembly/cells/lstmVariant.ts. */
import { activationKind, type ElementwiseActivation } from "../../activations.ts";
import { LAYER_NORM_LSTM } from "../../engine/families/layerNormLstm.generated.ts";
import { LSTM_VARIANTS } from "../../engine/families/lstmVariants.generated.ts";
import type { Family } from "../../engine/kernels.ts";
import { padded } from "../../engine/layout.ts";
import type { Call } from "../../engine/threads/parallel.ts";
import { weightGradient } from "../../ops/products.ts";
import type { Tensor } from "../../tensor.ts";
import type { ExtraWeight } from "./extraWeights.ts";
import type { Frame } from "./frame.ts";
import { type LstmFamily, type LstmVariantOptions, lstmForm, lstmGates, PLAIN } from "./lstmGates.ts";

const PROJECTED_SAVED = 5;
const VARIANTS = {
  separate: { direct: lstmForm("lstmVariant", 2), projected: lstmForm("lstmProjected", PROJECTED_SAVED) },
  coupled: { direct: lstmForm("lstmCoupled", 2), projected: lstmForm("lstmCoupledProjected", PROJECTED_SAVED) },
};

/** The plain LSTM where no option needs more: it is the fastest. */
export function lstmFamily(options: LstmVariantOptions, projects: boolean): LstmFamily {
  const { peephole, inputGate, coupledGates, cellActivation, cellClip, clip } = options;
  const isPlain = !peephole && inputGate !== "squared" && !coupledGates && !cellActivation && !cellClip && !clip;
  if (isPlain && !projects) return PLAIN;
  return VARIANTS[coupledGates ? "coupled" : "separate"][projects ? "projected" : "direct"];
}

/** Kernels that options need in the place of those of the plain LSTM. */
export function lstmFamilies(
  options: LstmVariantOptions & { projection?: number; layerNorm: boolean },
): Family[] | undefined {
  if (options.layerNorm) return [LAYER_NORM_LSTM];
  return lstmFamily(options, options.projection !== undefined) === PLAIN ? undefined : [LSTM_VARIANTS];
}

/** The words of the frame that stand for options. */
export function variantFrame(options: LstmVariantOptions & { activation: ElementwiseActivation }): Frame {
  const { activation, cellActivation = activation, peephole, inputGate, cellClip = 0, clip = 0 } = options;
  return {
    cellActivation: activationKind(cellActivation),
    peepholeAfter: Number(peephole === "gers"),
    squaredInput: Number(inputGate === "squared"),
    cellClip,
    clip,
  };
}

/** @param weight [gates - 1, H]: the cell state's part in all gates but the candidate */
export function peepholeWeight(weight: Tensor, options: LstmVariantOptions, saved: number): ExtraWeight {
  const [count, H] = weight.shape;
  const gates = lstmGates(options);
  const P = padded(H);
  return {
    weight,
    word: "peephole",
    size: count * P,
    prepare: ({ kernels }, pointer) => kernels.recurrentPadGates(pointer, weight.pointer, 1, H, count),
    addGradient({ parallel }, gradient, { gates: dz, state, saved: rowsSaved }, { count: rows }) {
      for (let k = 0; k < count; k++) {
        const isOutput = k === count - 1;
        const own = dz + 4 * P * (isOutput ? gates - 1 : k);
        const after = isOutput && options.peephole === "gers";
        const [cell, stride] = after ? [rowsSaved + 4 * P, saved * P] : [state, P];
        // Memory sets its speed, not arithmetic: about that of four operations an element.
        const calls = parallel
          .split(H, 16, 8 * rows * H)
          .map(
            ([from, to]): Call<"sumOfRowProducts"> => [
              gradient + 4 * (k * H + from),
              own + 4 * from,
              gates * P,
              cell + 4 * from,
              stride,
              rows,
              to - from,
            ],
          );
        parallel.run("sumOfRowProducts", calls);
      }
    },
  };
}

/** @param weight [H, F], what makes the hidden state of o·a(c) */
export function projectionWeight(weight: Tensor): ExtraWeight {
  const [H, F] = weight.shape;
  const P = padded(H);
  const wholePanels = (n: number) => (n + 7) & ~7;
  return {
    weight,
    word: "projection",
    size: H * wholePanels(F),
    prepare: ({ kernels }, pointer) => kernels.pack(pointer, weight.pointer, F, H, F),
    transpose({ kernels, memory }) {
      const projectionTransposed = memory.allocate(F * wholePanels(H));
      kernels.packTransposed(projectionTransposed, weight.pointer, F, F, H);
      return { projectionTransposed };
    },
    addGradient(context, gradient, { saved }, { count: rows }) {
      const stride = PROJECTED_SAVED * P;
      const [m, dh] = [2, 3].map(slot => ({ pointer: saved + 4 * slot * P, stride }));
      weightGradient(context, { pointer: gradient, stride: F }, m, dh, [H, F, rows]);
    },
  };
}
