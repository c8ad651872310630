/** What attention is made of, against plain loops. */
import { additiveScores, attentionSoftmax, dotScores, weighted } from "../../src/ops/attention.ts";
import type { Reference } from "../reference/reference.ts";
import type { Op } from "./cases.ts";

/** Sums of products of elements of a and b: [out, a, b] for each. */
type Triples = () => Iterable<readonly [y: number, a: number, b: number]>;

function bilinear(size: number, sizes: Record<"a" | "b", number>, triples: Triples): Reference {
  return ({ a, b }) => {
    const y = new Float64Array(size);
    for (const [to, i, j] of triples()) y[to] += a[i] * b[j];
    return {
      outputs: [y],
      gradients([outer = []]) {
        const [da, db] = [new Float64Array(sizes.a), new Float64Array(sizes.b)];
        for (const [to, i, j] of triples()) {
          da[i] += outer[to] * b[j];
          db[j] += outer[to] * a[i];
        }
        return { a: da, b: db };
      },
    };
  };
}

function dot(N: number, Q: number, K: number, heads: number, size: number): [string, Op] {
  const width = heads * size;
  function* triples() {
    for (let n = 0; n < N; n++)
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < Q; i++)
          for (let j = 0; j < K; j++)
            for (let c = h * size; c < (h + 1) * size; c++)
              yield [((n * heads + h) * Q + i) * K + j, (n * Q + i) * width + c, (n * K + j) * width + c] as const;
  }
  return [
    `dotScores, ${heads} heads of ${size}`,
    {
      shapes: { a: [N, Q, width], b: [N, K, width] },
      forward: (context, { a, b }) => [dotScores(context, a, b, heads)],
      reference: bilinear(N * heads * Q * K, { a: N * Q * width, b: N * K * width }, triples),
    },
  ];
}

function weighing(N: number, Q: number, K: number, heads: number, size: number): [string, Op] {
  const width = heads * size;
  function* triples() {
    for (let n = 0; n < N; n++)
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < Q; i++)
          for (let j = 0; j < K; j++)
            for (let c = h * size; c < (h + 1) * size; c++)
              yield [(n * Q + i) * width + c, ((n * heads + h) * Q + i) * K + j, (n * K + j) * width + c] as const;
  }
  return [
    `weighted, ${heads} heads of ${size}`,
    {
      shapes: { a: [N, heads, Q, K], b: [N, K, width] },
      forward: (context, { a, b }) => [weighted(context, a, b)],
      reference: bilinear(N * Q * width, { a: N * heads * Q * K, b: N * K * width }, triples),
    },
  ];
}

function softmax(name: string, K: number, mask: readonly number[] | undefined, causal: boolean): [string, Op] {
  const [N, heads, Q] = [2, 2, 3];
  const scale = 0.7;
  const seen = (n: number, i: number, j: number) => (mask?.[n * K + j] ?? 1) !== 0 && (!causal || j <= i);
  const reference: Reference = ({ x }) => {
    const y = new Float64Array(x.length);
    for (let r = 0; r < N * heads * Q; r++) {
      const n = Math.floor(r / (heads * Q));
      const e = Array.from({ length: K }, (_, j) => (seen(n, r % Q, j) ? Math.exp(scale * x[r * K + j]) : 0));
      const sum = e.reduce((a, b) => a + b);
      e.forEach((value, j) => {
        y[r * K + j] = value / sum;
      });
    }
    return {
      outputs: [y],
      gradients([outer = []]) {
        const dx = new Float64Array(x.length);
        for (let r = 0; r < N * heads * Q; r++) {
          let total = 0;
          for (let j = 0; j < K; j++) total += outer[r * K + j] * y[r * K + j];
          for (let j = 0; j < K; j++) dx[r * K + j] = scale * y[r * K + j] * (outer[r * K + j] - total);
        }
        return { x: dx };
      },
    };
  };
  return [
    `attentionSoftmax, ${name}`,
    {
      shapes: { x: [N, heads, Q, K] },
      forward(context, { x }) {
        const hidden = mask && context.tensorFrom(Int32Array.from(mask), [N, K]);
        return [attentionSoftmax(context, x, { mask: hidden, causal }, scale)];
      },
      reference,
    },
  ];
}

function additive(N: number, Q: number, K: number, C: number): [string, Op] {
  const reference: Reference = ({ query, key, weight }) => {
    const y = new Float64Array(N * Q * K);
    const each = (use: (y: number, q: number, k: number, c: number) => void) => {
      for (let n = 0; n < N; n++)
        for (let i = 0; i < Q; i++)
          for (let j = 0; j < K; j++)
            for (let c = 0; c < C; c++) use((n * Q + i) * K + j, (n * Q + i) * C + c, (n * K + j) * C + c, c);
    };
    each((to, q, k, c) => {
      y[to] += weight[c] * Math.tanh(query[q] + key[k]);
    });
    return {
      outputs: [y],
      gradients([outer = []]) {
        const [dQuery, dKey, dWeight] = [query, key, weight].map(({ length }) => new Float64Array(length));
        each((to, q, k, c) => {
          const t = Math.tanh(query[q] + key[k]);
          dWeight[c] += outer[to] * t;
          dQuery[q] += outer[to] * weight[c] * (1 - t * t);
          dKey[k] += outer[to] * weight[c] * (1 - t * t);
        });
        return { query: dQuery, key: dKey, weight: dWeight };
      },
    };
  };
  return [
    `additiveScores, ${C} features`,
    {
      shapes: { query: [N, Q, C], key: [N, K, C], weight: [C] },
      forward: (context, { query, key, weight }) => [additiveScores(context, query, key, weight)],
      reference,
    },
  ];
}

export const attentionCases: [string, Op][] = [
  dot(2, 3, 4, 1, 5),
  dot(2, 4, 3, 3, 2),
  weighing(2, 3, 4, 1, 5),
  weighing(2, 4, 3, 3, 2),
  softmax("of all", 5, undefined, false),
  softmax("causal", 6, undefined, true),
  softmax("masked", 4, [1, 0, 1, 1, 0, 0, 1, 0], false),
  softmax("masked and causal", 9, [1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1], true),
  additive(2, 3, 4, 5),
  additive(1, 2, 3, 8),
];
