/** The reference of minGRU, minLSTM, sLSTM and mLSTM against other forms of the same cells, and against differences. */
import { describe, expect, it } from "vitest";
import { expectClose } from "../helpers/compare.ts";
import { seeded } from "../helpers/random.ts";
import { type Arrays, dot, expectGradients } from "./checkGradients.ts";
import { type ModernCell, type ModernOptions, modernReference, statesOf, widthOf } from "./modernCells.ts";

const sizes = { N: 2, T: 5, C: 3, H: 4 };
const { N, T, C, H } = sizes;

interface Form extends ModernOptions {
  /** Whether an mLSTM does */
  normalizes?: boolean;
}

function draw(cell: ModernCell, { heads = 1, normalizes = false }: Form, states: boolean): Arrays {
  const random = seeded(7);
  const width = widthOf(cell, H, heads);
  const initial = Object.entries(statesOf(cell, H, heads)).map(([name, size]) => {
    const numbers = random.array(N * size);
    return [name, name === "n" ? numbers.map(value => value + 4) : numbers];
  });
  return {
    x: random.array(N * T * C),
    kernel: random.array(C * width, 0.6),
    ...(cell === "sLSTM" && { recurrentKernel: random.array(H * width, 0.5) }),
    bias: random.array(width, 0.5),
    ...(normalizes && { gamma: random.array(H) }),
    ...(states ? Object.fromEntries(initial) : {}),
  };
}

const forms: [string, ModernCell, Form][] = [
  ["minGRU", "minGRU", {}],
  ["minGRU, positive", "minGRU", { positive: true }],
  ["minLSTM", "minLSTM", {}],
  ["minLSTM, positive", "minLSTM", { positive: true }],
  ["sLSTM", "sLSTM", {}],
  ["mLSTM", "mLSTM", {}],
  ["mLSTM, two heads", "mLSTM", { heads: 2 }],
  ["mLSTM, normalized", "mLSTM", { normalizes: true }],
];

describe.each(forms)("%s", (_, cell, options) => {
  it("has the gradients that its values have differences", () => {
    const reference = modernReference(cell, sizes, { ...options, returnSequences: true });
    const { h, ...arrays } = draw(cell, options, true);
    const given = cell === "mLSTM" ? arrays : { ...arrays, h }; // which does not see h
    const random = seeded(8);
    const outer = reference(given).outputs.map(output => random.array(output.length));
    const loss = (values: Arrays) =>
      reference(values).outputs.reduce((sum, output, i) => sum + dot(output, outer[i]), 0);
    expectGradients(given, loss, reference(given).gradients(outer) as Arrays);
  });
});

describe.each(forms.slice(4))("%s from zeros", (_, cell, options) => {
  it("gives the h of the gates without a scale, and its gradients: m has no part in them", () => {
    const arrays = draw(cell, options, false);
    const [scaled, naive] = [false, true].map(without => {
      const run = modernReference(cell, sizes, { ...options, returnSequences: true, naive: without })(arrays);
      const outer = seeded(9).array(N * T * H);
      return { output: run.outputs[0], gradients: run.gradients([outer]) };
    });
    expectClose(scaled.output, naive.output, { relative: 1e-12, absolute: 1e-14 }, "output");
    for (const name of Object.keys(arrays)) {
      const [actual, expected] = [scaled.gradients[name] ?? [], naive.gradients[name] ?? []];
      expectClose(actual, expected, { relative: 1e-10, absolute: 1e-12 }, name);
    }
  });

  it("gives the same h for any m in a state that is scaled by it", () => {
    const arrays = draw(cell, options, true);
    const heads = arrays.m.length / N;
    const rescaled = (by: number) => {
      const scale = (values: Float64Array) => values.map(value => value * Math.exp(-by));
      return { ...arrays, c: scale(arrays.c), n: scale(arrays.n), m: arrays.m.map(value => value + by) };
    };
    const reference = modernReference(cell, sizes, { ...options, returnSequences: true });
    const expected = reference(arrays).outputs[0];
    expect(heads).toBe(cell === "mLSTM" ? (options.heads ?? 1) : H);
    for (const by of [-3, 2]) {
      expectClose(reference(rescaled(by)).outputs[0], expected, { relative: 1e-12, absolute: 1e-14 });
    }
  });
});

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** x·kernel + bias, [N, T, width]. */
function preActivations({ x, kernel, bias }: Arrays): (n: number, t: number, column: number) => number {
  const width = bias.length;
  return (n, t, column) => {
    let z = bias[column];
    for (let j = 0; j < C; j++) z += x[(n * T + t) * C + j] * kernel[j * width + column];
    return z;
  };
}

it.each(["minGRU", "minLSTM"] as const)("%s, positive, is its paper's sum of logarithms over all steps", cell => {
  const arrays = draw(cell, {}, false);
  const z = preActivations(arrays);
  const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
  const [output] = modernReference(cell, sizes, { positive: true, returnSequences: true })(arrays).outputs;
  const expected = output.map((_, i) => {
    const [n, t, j] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
    let [sum, kept] = [0, 0];
    for (let u = t; u >= 0; u--) {
      const g = z(n, u, (cell === "minGRU" ? H : 2 * H) + j);
      const logG = g >= 0 ? Math.log(g + 0.5) : -softplus(-g);
      // ln f' = -softplus(d), ln i' = -softplus(-d); the gate of minGRU is that of one difference, too.
      const d = cell === "minGRU" ? z(n, u, j) : softplus(-z(n, u, H + j)) - softplus(-z(n, u, j));
      sum += Math.exp(kept - softplus(-d) + logG);
      kept -= softplus(d);
    }
    return sum;
  });
  expectClose(output, expected, { relative: 1e-12 });
});

it.each([1, 2])("mLSTM of %i heads is attention with decay, over all steps at once", heads => {
  const arrays = draw("mLSTM", { heads }, false);
  const z = preActivations(arrays);
  const D = H / heads;
  const [output] = modernReference("mLSTM", sizes, { heads, returnSequences: true })(arrays).outputs;
  const expected = output.map((_, i) => {
    const [n, t, unit] = [Math.floor(i / (T * H)), Math.floor(i / H) % T, i % H];
    const head = Math.floor(unit / D);
    let [read, sum, decay] = [0, 0, 1];
    for (let u = t; u >= 0; u--) {
      let score = 0;
      for (let j = head * D; j < (head + 1) * D; j++) score += (z(n, t, j) * z(n, u, H + j)) / Math.sqrt(D);
      const weight = score * decay * Math.exp(z(n, u, 4 * H + head));
      read += weight * z(n, u, 2 * H + unit);
      sum += weight;
      decay *= sigmoid(z(n, u, 4 * H + heads + head));
    }
    return (sigmoid(z(n, t, 3 * H + unit)) * read) / Math.max(Math.abs(sum), 1);
  });
  expectClose(output, expected, { relative: 1e-12, absolute: 1e-14 });
});
