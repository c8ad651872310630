// Activations whose slopes are functions of the input, and prelu.
import { moreActivationKinds } from "../../dist/cli/bench/engine.js";
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/** @param {number} x */
const sigmoid = x => 1 / (1 + Math.exp(-x));
/** Abramowitz and Stegun 7.1.26, off by 1.5e-7. @param {number} x */
const normal = x => {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const q = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (q * Math.exp(-z * z)) / 2;
  return x > 0 ? 1 - tail : tail;
};

/**
 * By kind: arithmetic of an element forward and backward, the value, and the slope.
 *
 * @type {Partial<Record<keyof typeof moreActivationKinds, readonly [number, number, (x: number) => number, (x: number) => number]>>}
 */
const CURVES = {
  silu: [22, 44, x => x * sigmoid(x), x => sigmoid(x) * (1 + x * sigmoid(-x))],
  gelu: [52, 55, x => x * normal(x), x => normal(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)],
  mish: [
    22,
    35,
    x => x * Math.tanh(Math.log1p(Math.exp(x))),
    x => {
      const t = Math.tanh(Math.log1p(Math.exp(x)));
      return t + x * sigmoid(x) * (1 - t * t);
    },
  ],
  hardSilu: [6, 6, x => x * Math.min(Math.max(x / 6 + 0.5, 0), 1), x => (x >= 3 ? 1 : x > -3 ? x / 3 + 0.5 : 0)],
};

/** @param {Buffers} buffers @returns {Case[]} */
export function moreActivationCases(buffers) {
  const { kernels } = buffers;
  const n = 1 << 18;
  const C = 64;
  const rows = n / C;
  const [x, dy, y, d] = [buffers.random(n, -6, 6), buffers.random(n), buffers.zeros(n), buffers.zeros(n)];
  const [alpha, dAlpha] = [buffers.random(C), buffers.zeros(C)];
  const [numbers, outer, alphas] = [buffers.read(x, n), buffers.read(dy, n), buffers.read(alpha, C)];
  /** @param {number} pointer @param {number} size */
  const clear = (pointer, size) => buffers.floats.fill(0, pointer >> 2, (pointer >> 2) + size);
  const common = { family: "activations", shape: `${n}`, elements: n };
  const curves = Object.entries(CURVES).flatMap(([name, [flop, flopBack, value, slope]]) => {
    const kind = moreActivationKinds[/** @type {keyof typeof moreActivationKinds} */ (name)];
    return [
      {
        ...common,
        name: `${name} forward`,
        flop: flop * n,
        bytes: 8 * n,
        run: () => kernels.moreActivationForward(y, x, kind, 0, n),
        check() {
          this.run();
          const expected = range(n, i => value(numbers[i]));
          expectClose(name, buffers.read(y, n), expected, 2e-6);
        },
      },
      {
        ...common,
        name: `${name} backward`,
        flop: flopBack * n,
        bytes: 16 * n,
        run: () => kernels.moreActivationBackward(d, dy, x, kind, 0, n),
        check() {
          clear(d, n);
          this.run();
          const expected = range(n, i => outer[i] * slope(numbers[i]));
          expectClose(`${name} backward`, buffers.read(d, n), expected, 2e-6);
        },
      },
    ];
  });
  return [
    ...curves,
    {
      ...common,
      name: "prelu forward",
      shape: `${rows}x${C}`,
      flop: n,
      bytes: 8 * n,
      run: () => kernels.preluForward(y, x, alpha, rows, C),
      check() {
        this.run();
        const expected = range(n, i => (numbers[i] > 0 ? numbers[i] : alphas[i % C] * numbers[i]));
        expectClose("prelu", buffers.read(y, n), expected, 1e-6);
      },
    },
    {
      ...common,
      name: "prelu backward",
      shape: `${rows}x${C}`,
      flop: 4 * n,
      bytes: 24 * n,
      run: () => kernels.preluBackward(d, dAlpha, dy, x, alpha, rows, C),
      check() {
        clear(d, n);
        clear(dAlpha, C);
        this.run();
        expectClose(
          "prelu backward",
          buffers.read(d, n),
          range(n, i => outer[i] * (numbers[i] > 0 ? 1 : alphas[i % C])),
          1e-6,
        );
        const sums = range(C, j => {
          let sum = 0;
          for (let r = 0; r < rows; r++) sum += outer[r * C + j] * Math.min(numbers[r * C + j], 0);
          return sum;
        });
        expectClose("prelu backward, alpha", buffers.read(dAlpha, C), sums, 1e-5);
      },
    },
  ];
}
