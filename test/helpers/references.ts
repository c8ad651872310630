/** The f64 reference of each layer, with the names that OneLayer uses. */
import {
  type Activation,
  activationBackward,
  activationForward,
  softmaxBackward,
  softmaxForward,
} from "../reference/activations.ts";
import { type BidirectionalOptions, bidirectionalBackward, bidirectionalForward } from "../reference/bidirectional.ts";
import { type DenseActivation, type DenseSizes, denseBackward, denseForward } from "../reference/dense.ts";
import { dropoutBackward, dropoutForward } from "../reference/dropout.ts";
import { embeddingBackward, embeddingForward } from "../reference/embedding.ts";
import { type LstmOptions, type LstmSizes, lstmBackward, lstmForward } from "../reference/lstm.ts";
import type { Reference, Values } from "../reference/reference.ts";

const lstmWeights = (v: Values, prefix = "") => ({
  kernel: v[`${prefix}kernel`],
  recurrentKernel: v[`${prefix}recurrentKernel`],
  bias: v[`${prefix}bias`] ?? null,
});

/**
 * x, kernel, recurrentKernel, bias, and h and c where there is an initial state.
 *
 * @param mask of the dropout of inputs, [N, C]
 * @returns the outputs [output, h, c]
 */
export function lstmReference(sizes: LstmSizes, options: LstmOptions, mask?: ArrayLike<number>): Reference {
  const { N, T, C } = sizes;
  const masked = (x: ArrayLike<number>) => (mask ? dropoutForward(x, mask, N, T, C) : x);
  return v => {
    const x = masked(v.x);
    const weights = lstmWeights(v);
    const result = lstmForward(x, weights, v.h ? { h: v.h, c: v.c } : null, sizes, options);
    return {
      outputs: [result.output, result.h, result.c],
      gradients([output, h, c]) {
        const outer = { ...(output && { output }), ...(h && { h }), ...(c && { c }) };
        const g = lstmBackward(outer, result, x, weights, sizes, options);
        const dx = mask ? dropoutBackward(g.dx, mask, N, T, C) : g.dx;
        return { x: dx, kernel: g.dKernel, recurrentKernel: g.dRecurrentKernel, bias: g.dBias, h: g.dh0, c: g.dc0 };
      },
    };
  };
}

/**
 * x, then forward.kernel, ... backward.bias.
 *
 * @param masks of the dropout of inputs, [N, C] for each direction
 */
export function bidirectionalReference(
  sizes: LstmSizes,
  options: Omit<LstmOptions, "goBackwards">,
  masks?: Readonly<Record<"forward" | "backward", ArrayLike<number>>>,
): Reference {
  const { N, T, C, H } = sizes;
  const isForward = (i: number) => i % (2 * H) < H;
  return v => {
    const weights = { forward: lstmWeights(v, "forward."), backward: lstmWeights(v, "backward.") };
    // Each direction sees the inputs through its own mask: one run a direction, of which half is used.
    const run = (direction: "forward" | "backward") => {
      const mask = masks?.[direction];
      const x = mask ? dropoutForward(v.x, mask, N, T, C) : v.x;
      const result = bidirectionalForward(x, weights, null, sizes, options);
      const gradients = (outer: Float64Array) => {
        const output = outer.map((d, i) => (isForward(i) === (direction === "forward") ? d : 0));
        const g = bidirectionalBackward({ output }, result, x, weights, sizes, options);
        return { own: g[direction], dx: mask ? dropoutBackward(g.dx, mask, N, T, C) : g.dx };
      };
      return { output: result.output, gradients };
    };
    const [ahead, back] = [run("forward"), run("backward")];
    return {
      outputs: [ahead.output.map((value, i) => (isForward(i) ? value : back.output[i]))],
      gradients([output = []]) {
        const [f, b] = [ahead, back].map(direction => direction.gradients(Float64Array.from(output)));
        return {
          x: f.dx.map((d, i) => d + b.dx[i]),
          "forward.kernel": f.own.dKernel,
          "forward.recurrentKernel": f.own.dRecurrentKernel,
          "forward.bias": f.own.dBias,
          "backward.kernel": b.own.dKernel,
          "backward.recurrentKernel": b.own.dRecurrentKernel,
          "backward.bias": b.own.dBias,
        };
      },
    };
  };
}

/**
 * x, forward.kernel, ... backward.bias, and forwardH, forwardC, backwardH, backwardC where there is an initial state.
 *
 * @returns the outputs [output, forward h, forward c, backward h, backward c]; with mergeMode null two outputs
 */
export function mergedReference(sizes: LstmSizes, options: BidirectionalOptions): Reference {
  const sides = ["forward", "backward"] as const;
  return v => {
    const weights = { forward: lstmWeights(v, "forward."), backward: lstmWeights(v, "backward.") };
    const state = (side: string) => ({ h: v[`${side}H`], c: v[`${side}C`] });
    const initial = v.forwardH ? { forward: state("forward"), backward: state("backward") } : null;
    const result = bidirectionalForward(v.x, weights, initial, sizes, options);
    const both = options.mergeMode === null;
    const states = sides.flatMap(side => [result[side].h, result[side].c]);
    return {
      outputs: [result.output, ...(both ? [result.second] : []), ...states],
      gradients([output, ...others]) {
        const second = both ? others.shift() : undefined;
        const [fh, fc, bh, bc] = others;
        const outer = { output, second, forward: { h: fh, c: fc }, backward: { h: bh, c: bc } };
        const g = bidirectionalBackward(outer, result, v.x, weights, sizes, options);
        const named = sides.flatMap(side => [
          [`${side}.kernel`, g[side].dKernel],
          [`${side}.recurrentKernel`, g[side].dRecurrentKernel],
          [`${side}.bias`, g[side].dBias],
          [`${side}H`, g[side].dh0],
          [`${side}C`, g[side].dc0],
        ]);
        return { x: g.dx, ...Object.fromEntries(named) };
      },
    };
  };
}

/** x, kernel, bias. */
export function denseReference(sizes: DenseSizes, kind: DenseActivation): Reference {
  return v => {
    const weights = { kernel: v.kernel, bias: v.bias ?? null };
    const output = denseForward(v.x, weights, sizes, kind);
    return {
      outputs: [output],
      gradients([outer = []]) {
        const { dx, dKernel, dBias } = denseBackward(outer, output, v.x, weights, sizes, kind);
        return { x: dx, kernel: dKernel, bias: dBias };
      },
    };
  };
}

/** x; V is the size of its last axis. */
export function activationReference(kind: Activation | "softmax", V: number): Reference {
  return ({ x }) => {
    const rows = x.length / V;
    const y = kind === "softmax" ? softmaxForward(x, rows, V) : activationForward(kind, x);
    const back = (dy: ArrayLike<number>) =>
      kind === "softmax" ? softmaxBackward(dy, y, rows, V) : activationBackward(kind, dy, y);
    return { outputs: [y], gradients: ([outer = []]) => ({ x: back(outer) }) };
  };
}

/** x [N, T, C] times a mask [N, C]. */
export function dropoutReference(mask: ArrayLike<number>, N: number, T: number, C: number): Reference {
  return ({ x }) => ({
    outputs: [dropoutForward(x, mask, N, T, C)],
    gradients: ([outer = []]) => ({ x: dropoutBackward(outer, mask, N, T, C) }),
  });
}

/** ids, embeddings [V, C]. */
export function embeddingReference(V: number, C: number): Reference {
  return ({ ids, embeddings }) => ({
    outputs: [embeddingForward(ids, embeddings, C)],
    gradients: ([outer = []]) => ({ embeddings: embeddingBackward(outer, ids, V, C) }),
  });
}
