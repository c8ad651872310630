import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { numericGradient } from "../../helpers/finiteDifference.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { dot } from "../../reference/checkGradients.ts";
import { layerNormBackward, layerNormForward, normalizedRows, type Rows } from "../../reference/layerNormalization.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const ROWS = 5;
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const WIDTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 64, 100];
const FORMS = [
  { gains: true, biases: true },
  { gains: true, biases: false },
  { gains: false, biases: true },
  { gains: false, biases: false },
];

/** Numbers that are float32, so that the reference sees what the kernels see. */
function random(columns: number, { gains = true, biases = true, offset = 0.7, size = 1.5 } = {}) {
  const next = seeded(columns);
  const floats = (n: number, scale: number, from = 0) => Float32Array.from(next.array(n, scale), value => value + from);
  return {
    x: floats(ROWS * columns, size, offset),
    gain: gains ? floats(columns, 1, 0.5) : undefined,
    bias: biases ? floats(columns, 1) : undefined,
    dy: floats(ROWS * columns, 1),
    before: [floats(ROWS * columns, 1), floats(columns, 1), floats(columns, 1)],
  };
}

/** Forward with all outputs apart. */
function forward({ x, gain, bias }: Rows, epsilon: number, columns: number) {
  const rows = x.length / columns;
  const pointers = [x.length, x.length, rows].map(n => bench.output(n));
  const weights = [gain, bias].map(values => (values ? bench.input(values) : 0)) as [number, number];
  const [y, normalized, inverse] = pointers as [number, number, number];
  kernels.layerNormForward(y, normalized, inverse, bench.input(x), ...weights, epsilon, rows, columns);
  return { y: bench.read(y), normalized: bench.read(normalized), inverse: bench.read(inverse) };
}

describe.each([1e-3, 1e-5])("epsilon %d", epsilon => {
  describe.each(WIDTHS)("rows of %i", columns => {
    it.each(FORMS)("forward equals the reference: %j", form => {
      const rows = random(columns, form);
      const found = forward(rows, epsilon, columns);
      const expected = normalizedRows(rows.x, Math.fround(epsilon), columns);
      expectClose(found.normalized, expected.normalized, { relative: 5e-7, absolute: 5e-7 }, "normalized");
      expectClose(found.inverse, expected.inverse, { relative: 1e-6 }, "inverse");
      const y = layerNormForward(rows, Math.fround(epsilon), columns);
      expectClose(found.y, y, { relative: 2e-6, absolute: 2e-6 }, "y");
    });

    it("in place, and without what a backward pass needs, the same bits", () => {
      const rows = random(columns);
      const found = forward(rows, epsilon, columns);
      const both = bench.inOut(rows.x);
      const [gain, bias] = [rows.gain, rows.bias].map(values => bench.input(values ?? [])) as [number, number];
      kernels.layerNormForward(both, both, 0, both, gain, bias, epsilon, ROWS, columns);
      expect(bench.read(both)).toEqual(found.y);
    });

    it.each(FORMS)("backward adds the gradients of the reference and of finite differences: %j", form => {
      const { dy, before, ...rows } = random(columns, form);
      const { normalized, inverse } = forward(rows, epsilon, columns);
      const [dx, dGain, dBias] = before.map(values => bench.inOut(values)) as [number, number, number];
      const [d, n, factor] = [dy, normalized, inverse].map(values => bench.input(values)) as [number, number, number];
      const gain = rows.gain ? bench.input(rows.gain) : 0;
      kernels.layerNormBackward(dx, d, n, factor, gain, ROWS, columns);
      kernels.layerNormGainGradient(dGain, d, n, ROWS, columns);
      kernels.sumRows(dBias, d, ROWS, columns);

      const e = Math.fround(epsilon);
      const expected = layerNormBackward(dy, rows, e, columns);
      const complete = {
        x: Float64Array.from(rows.x),
        gain: Float64Array.from(rows.gain ?? new Float64Array(columns).fill(1)),
        bias: Float64Array.from(rows.bias ?? new Float64Array(columns)),
      };
      const names = { x: expected.dx, gain: expected.dGain, bias: expected.dBias };
      for (const [name, gradient] of Object.entries(names) as ["x" | "gain" | "bias", Float64Array][]) {
        const loss = (moved: Float64Array) => dot(layerNormForward({ ...complete, [name]: moved }, e, columns), dy);
        // Rows of two numbers may lie close together, where the slope changes fast.
        const differences = numericGradient(loss, complete[name], 1e-6);
        expectClose(gradient, differences, { relative: 1e-5, absolute: 1e-6 }, `differences by ${name}`);
      }
      const added = (values: Float32Array, gradient: Float64Array) => gradient.map((value, i) => values[i] + value);
      // A gradient is the difference of numbers as large as 1 / deviation, the larger the closer together a row's numbers are.
      const largest = Math.max(...inverse);
      const close = { relative: 2e-6, absolute: 2e-6 };
      const coarse = { relative: 2e-6, absolute: 2e-6 * largest };
      expectClose(bench.read(dx), added(before[0], expected.dx), coarse, "dx");
      expectClose(bench.read(dGain), added(before[1], expected.dGain), close, "dGain");
      expectClose(bench.read(dBias), added(before[2], expected.dBias), close, "dBias");
    });
  });
});

describe("numbers far from 0", () => {
  it.each([
    [3, 1e2],
    [9, -1e3],
    [31, 1e4],
    [100, -1e5],
    [1000, 1e5],
    [1000, 3e6],
  ])("rows of %i around %d: 5e-7·(1 + |normalized|)", (columns, offset) => {
    const { x } = random(columns, { offset });
    const { normalized, inverse } = forward({ x }, 1e-3, columns);
    const expected = normalizedRows(x, Math.fround(1e-3), columns);
    expectClose(normalized, expected.normalized, { relative: 5e-7, absolute: 5e-7 });
    expectClose(inverse, expected.inverse, { relative: 1e-6 });
  });

  it.each([1, 4, 7, 100])("%i equal numbers are the bias", columns => {
    const { bias } = random(columns);
    for (const value of [0, 1, -3.3, 1e4]) {
      const { y } = forward({ x: new Float32Array(columns).fill(value), bias }, 1e-3, columns);
      expectClose(y, bias ?? [], { absolute: 1e-6 }, `${value}`);
    }
    const { y } = forward({ x: new Float32Array(columns).fill(1e12) }, 1e-3, columns);
    expect([...y].every(value => Math.abs(value) < 1)).toBe(true);
  });
});

describe("special numbers", () => {
  it.each([
    [3, 1],
    [8, 7],
    [9, 8],
    [31, 0],
  ])("NaN or an infinity in a row of %i makes that row NaN, at element %i", (columns, at) => {
    for (const bad of [nan, inf, -inf]) {
      const rows = random(columns);
      const clean = forward(rows, 1e-3, columns);
      rows.x[2 * columns + at] = bad;
      const { y, inverse } = forward(rows, 1e-3, columns);
      const inRow = (i: number) => Math.floor(i / columns) === 2;
      expect([...y].map(Number.isNaN)).toEqual([...y].map((_, i) => inRow(i)));
      expect([...y].filter((_, i) => !inRow(i))).toEqual([...clean.y].filter((_, i) => !inRow(i)));
      expect([...inverse].map(Number.isNaN)).toEqual([false, false, true, false, false]);
    }
  });

  it("NaN in a gradient spoils its row alone", () => {
    const columns = 6;
    const { dy, before, ...rows } = random(columns);
    const { normalized, inverse } = forward(rows, 1e-3, columns);
    dy[3 * columns + 5] = nan;
    const dx = bench.inOut(before[0]);
    const [d, n, factor, gain] = [dy, normalized, inverse, rows.gain ?? []].map(values => bench.input(values));
    kernels.layerNormBackward(dx, d, n, factor, gain, ROWS, columns);
    expect([...bench.read(dx)].map(Number.isNaN)).toEqual([...dy].map((_, i) => Math.floor(i / columns) === 3));
  });
});

it("gives the same bits in ranges of rows", () => {
  const columns = 7;
  const { dy, before, ...rows } = random(columns);
  const { y, normalized, inverse } = forward(rows, 1e-3, columns);
  const [x, gain, bias, d] = [rows.x, rows.gain ?? [], rows.bias ?? [], dy].map(values => bench.input(values));
  const run = (ranges: [from: number, to: number][]) => {
    const [out, n, factor] = [ROWS * columns, ROWS * columns, ROWS].map(size => bench.output(size));
    const dx = bench.inOut(before[0]);
    for (const [from, to] of ranges) {
      const [o, m, f, a] = [out, n, factor, x].map((p, i) => p + 4 * from * (i === 2 ? 1 : columns));
      kernels.layerNormForward(o, m, f, a, gain, bias, 1e-3, to - from, columns);
      const [e, g] = [dx, d].map(p => p + 4 * from * columns);
      kernels.layerNormBackward(e, g, m, f, gain, to - from, columns);
    }
    return [out, n, factor, dx].map(pointer => bench.read(pointer));
  };
  const whole = run([[0, ROWS]]);
  expect(whole.slice(0, 3)).toEqual([y, normalized, inverse]);
  const parts = run([
    [3, ROWS],
    [0, 1],
    [1, 3],
  ]);
  expect(parts).toEqual(whole);
});
