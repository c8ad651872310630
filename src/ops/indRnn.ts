import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Call } from "../engine/threads/parallel.ts";
import type { Tensor } from "../tensor.ts";
import { type Cell, padded } from "./recurrent/cell.ts";
import { bindExtra, compileExtra, type ExtraWeight } from "./recurrent/extraWeights.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";

export interface IndRnnWeights extends InputWeights {
  /** [H] */
  recurrentKernel: Tensor;
}

/** The independently recurrent network; its state is h. */
export function indRnnCell(weights: IndRnnWeights, options: { activation: ElementwiseActivation }): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  const [, H] = kernel.shape;
  const extras = [perUnitWeight(recurrentKernel)];
  return {
    forward: "indRnnForward",
    backward: "indRnnBackward",
    units: H,
    hidden: H,
    gates: 1,
    states: 0,
    saved: 0,
    flop: 20 * H,
    frame: { activation: activationKind(options.activation) },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps) => bindExtra(context, bindInputAlone(context, x, steps, weights, 1), extras),
    compile(program, x, cell, layer) {
      const frame = { ...cell.frame, ...compileExtra(program, extras) };
      return compileInputAlone(program, x, { ...cell, frame }, "indRnnStep", weights, 1, layer);
    },
  };
}

function perUnitWeight(weight: Tensor): ExtraWeight {
  const [H] = weight.shape;
  const P = padded(H);
  return {
    weight,
    word: "perUnit",
    size: P,
    prepare: ({ kernels }, pointer) => kernels.recurrentPadGates(pointer, weight.pointer, 1, H, 1),
    addGradient({ parallel }, gradient, { xh: h, gates: dz }, { count: rows }) {
      // Memory sets its speed, not arithmetic: about that of four operations an element.
      const calls = parallel
        .split(H, 16, 8 * rows * H)
        .map(
          ([from, to]): Call<"peepholeGradient"> => [
            gradient + 4 * from,
            dz + 4 * from,
            P,
            h + 4 * from,
            P,
            rows,
            to - from,
          ],
        );
      parallel.run("peepholeGradient", calls);
    },
  };
}
