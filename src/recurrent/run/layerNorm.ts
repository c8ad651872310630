/** Cells with layer normalization of x·kernel and of h·recurrentKernel; see assembly/recurrent/normalizedHidden.ts. */
import type { Context } from "../../context.ts";
import type { FrameKernel } from "../../engine/calls.ts";
import { padded } from "../../engine/layout.ts";
import type { Call } from "../../engine/threads/parallel.ts";
import type { Step, StepValue } from "../../step.ts";
import type { Tensor } from "../../tensor.ts";
import type { BoundCell, Cell, HiddenMasks } from "./cell.ts";
import { bindHidden } from "./hiddenSide.ts";
import { projectInput } from "./inputSide.ts";
import { normalizeProjection } from "./normalizeProjection.ts";
import type { Steps } from "./steps.ts";
import { compileUniform, type StepWeights } from "./uniformStep.ts";
import { packApart, type RecurrentWeights, sizesOf } from "./weights.ts";

export interface NormalizedWeights extends RecurrentWeights {
  /** [2, gates·H]: gains of x·kernel and of h·recurrentKernel */
  gamma: Tensor;
}

/** What cells differ in. */
export interface Normalized {
  /** Added to variances. */
  readonly epsilon: number;
  readonly gates: number;
  /** Slots of what the cell saves. */
  readonly saved: number;
  /** What the words `norm` hold behind the gain of h·recurrentKernel, a slot each: H elements of a weight, or zeros. */
  readonly others: readonly ({ weight: Tensor; from: number } | undefined)[];
  /** Writes what is added to the normalized x·kernel, [G]. */
  padBias(context: Context, row: number, bias: Tensor): void;
  /** Adds to the bias' gradient, given rows of dz, [count, G]. */
  addBias(context: Context, bias: Tensor | undefined, dz: number, count: number): void;
}

/** The parts of `norm`: where each is there and in its weight, in elements. */
function partsOf({ gamma, kernel }: NormalizedWeights, { gates, others }: Normalized) {
  const H = kernel.shape[1] / gates;
  const P = padded(H);
  const parts = [{ weight: gamma, from: gates * H, gates, at: 0 }];
  others.forEach((other, i) => {
    if (other) parts.push({ ...other, gates: 1, at: (gates + i) * P });
  });
  return { H, parts, size: (gates + others.length) * P };
}

type Parts = ReturnType<typeof partsOf>;

function padNorm({ kernels }: Context, norm: number, { H, parts }: Parts): void {
  for (const { weight, from, gates, at } of parts) {
    kernels.recurrentPadGates(norm + 4 * at, weight.pointer + 4 * from, 1, H, gates);
  }
}

export function bindNormalized(
  context: Context,
  x: Tensor,
  steps: Steps,
  weights: NormalizedWeights,
  cell: Normalized,
  masks: HiddenMasks | undefined,
): BoundCell {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias, gamma } = weights;
  const sizes = sizesOf(weights, cell.gates);
  const { G, H } = sizes;
  const [N] = x.shape;
  const norms = partsOf(weights, cell);
  const packed = packApart(context, weights, sizes);
  const norm = memory.allocateZeros(norms.size);
  padNorm(context, norm, norms);
  const biasRow = bias ? memory.allocate(G) : 0;
  if (bias) cell.padBias(context, biasRow, bias);
  const after = normalizeProjection(context, gamma, biasRow, cell.epsilon, sizes);
  const input = projectInput(context, x, steps, kernel, 0, sizes, packed.kernel, after);
  const hidden = bindHidden(context, weights, { ...sizes, C: 0 }, () => packed.recurrentKernel, masks);
  let normSums = 0;

  function addNormGradients(): void {
    const sums = memory.allocateZeros(norms.size);
    kernels.sumRows(sums, normSums, N, norms.size);
    for (const { weight, from, gates, at } of norms.parts) {
      const gradient = tape?.gradientOf(weight) ?? 0;
      if (gradient) kernels.recurrentAddUnpadded(gradient + 4 * from, sums + 4 * at, 1, H, gates);
    }
  }

  return {
    ...input,
    frame: { ...input.frame, packed: hidden.packed, norm },
    wanted: [...input.wanted, recurrentKernel, bias, ...norms.parts.map(({ weight }) => weight)],
    transpose() {
      input.begin();
      normSums = memory.allocateZeros(N * norms.size);
      return { ...hidden.transpose(), normSums };
    },
    backward(buffers, rows) {
      const { xh, gates: dz, saved } = buffers;
      const mark = memory.mark();
      hidden.addGradients(buffers, saved, cell.saved * padded(H), rows);
      const { pointer, count } = input.backward(xh, dz, G, rows) ?? { pointer: dz, count: rows.count };
      cell.addBias(context, bias, pointer, count);
      if (rows.last) addNormGradients();
      memory.release(mark);
    },
  };
}

/** Adds a step of such a cell, for `Cell.compile`. */
export function compileNormalized(
  program: Step,
  x: StepValue,
  cell: Cell,
  step: FrameKernel,
  weights: NormalizedWeights,
  normalized: Normalized,
): StepValue[] {
  const { context, kernels } = program;
  const { epsilon, gates, padBias } = normalized;
  const { G, H } = sizesOf(weights, gates);
  const { bias, gamma } = weights;
  const norms = partsOf(weights, normalized);
  const [norm, gain] = [norms.size, G].map(size => program.allocate(size).pointer);
  program.onWeights(() => {
    padNorm(context, norm, norms);
    kernels.recurrentPadGates(gain, gamma.pointer, 1, H, gates);
  });
  const after: StepWeights["after"] = (when, rows, biasRow, count) => {
    const call: Call<"normalizedGatesForward"> = [rows, rows, 0, rows, gain, biasRow, epsilon, count, gates, H];
    if (when === "now") kernels.normalizedGatesForward(...call);
    else program.call("normalizedGatesForward", ...call);
  };
  const own = { after, padBias: bias && ((row: number) => padBias(context, row, bias)) };
  return compileUniform(program, x, { ...cell, frame: { ...cell.frame, norm } }, step, weights, own);
}
