// Attention: 32 sentences of 50 words, 4 heads of 32 features.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

const [N, T, H, D] = [32, 50, 4, 32];
const C = H * D;
const n = N * T * C;
const S = N * H * T * T;

/** @param {Buffers} buffers @returns {Case[]} */
export function attentionCases(buffers) {
  const { kernels } = buffers;
  const [q, k, scores, weights] = [buffers.random(n), buffers.random(n), buffers.zeros(S), buffers.zeros(S)];
  const [dk, dScores, dx] = [buffers.zeros(n), buffers.random(S), buffers.zeros(S)];
  const [numbersQ, numbersK, outer] = [buffers.read(q, n), buffers.read(k, n), buffers.read(dScores, S)];
  const scratch = buffers.zeros(
    Math.max(kernels.packedSize(T, T), kernels.packedSize(D, T), kernels.weightGradientScratch(T, D, T)),
  );
  /** @typedef {[number, number, number]} Lie */
  const /** @type {Lie} */ wide = [T * C, D, C];
  const /** @type {Lie} */ square = [H * T * T, T * T, T];
  const common = { family: "attention", shape: `${N}x${T}, ${H} of ${D}` };
  const product = () =>
    kernels.batchedProduct(scores, ...square, q, ...wide, k, ...wide, true, false, N, H, T, T, D, scratch);
  const softmax = () => kernels.attentionSoftmax(weights, scores, 0, false, 0.2, N, H, T, T);
  const at = (/** @type {number} */ b, /** @type {number} */ h, /** @type {number} */ t) => b * T * C + t * C + h * D;
  const place = (/** @type {number} */ i) => [
    Math.floor(i / (H * T * T)),
    Math.floor(i / (T * T)) % H,
    Math.floor(i / T) % T,
    i % T,
  ];
  const [aq, ak, aw] = [buffers.random(8 * T * D), buffers.random(8 * T * D), buffers.random(D)];
  const [additive, daq, dak, daw] = [8 * T * T, 8 * T * D, 8 * T * D, D].map(size => buffers.zeros(size));
  return [
    {
      ...common,
      name: "products",
      elements: S,
      flop: 2 * S * D,
      bytes: 4 * (2 * n + S),
      run: product,
      check() {
        product();
        const expected = range(S, i => {
          const [b, h, t, s] = place(i);
          let sum = 0;
          for (let d = 0; d < D; d++) sum += numbersQ[at(b, h, t) + d] * numbersK[at(b, h, s) + d];
          return sum;
        });
        expectClose("products", buffers.read(scores, S), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "products backward",
      elements: S,
      flop: 2 * S * D,
      bytes: 4 * (3 * n + S),
      run: () => kernels.batchedGradient(dk, ...wide, dScores, ...square, q, ...wide, N, H, T, D, T, scratch),
      check() {
        this.run();
        const expected = new Float64Array(n);
        for (let i = 0; i < S; i++) {
          const [b, h, t, s] = place(i);
          for (let d = 0; d < D; d++) expected[at(b, h, s) + d] += outer[i] * numbersQ[at(b, h, t) + d];
        }
        expectClose("products backward", buffers.read(dk, n), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "softmax",
      elements: S,
      flop: 20 * S,
      bytes: 8 * S,
      run: softmax,
      check() {
        product();
        softmax();
        const x = buffers.read(scores, S);
        const expected = new Float64Array(S);
        for (let r = 0; r < S; r += T) {
          const e = range(T, j => Math.exp(0.2 * x[r + j]));
          const sum = e.reduce((a, b) => a + b);
          for (let j = 0; j < T; j++) expected[r + j] = e[j] / sum;
        }
        expectClose("softmax", buffers.read(weights, S), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "softmax backward",
      elements: S,
      flop: 6 * S,
      bytes: 16 * S,
      run: () => kernels.attentionSoftmaxBackward(dx, dScores, weights, 0.2, N * H * T, T),
      check() {
        softmax();
        this.run();
        const y = buffers.read(weights, S);
        const expected = new Float64Array(S);
        for (let r = 0; r < S; r += T) {
          const total = range(T, j => y[r + j] * outer[r + j]).reduce((a, b) => a + b);
          for (let j = 0; j < T; j++) expected[r + j] = 0.2 * y[r + j] * (outer[r + j] - total);
        }
        expectClose("softmax backward", buffers.read(dx, S), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "additive",
      shape: `8x${T}, ${D}`,
      elements: 8 * T * T * D,
      flop: 20 * 8 * T * T * D,
      bytes: 4 * (16 * T * D + 8 * T * T),
      run: () => kernels.attentionAdditiveForward(additive, aq, ak, aw, 8, T, T, D),
      check() {
        this.run();
        const [a, b, w] = [buffers.read(aq, 8 * T * D), buffers.read(ak, 8 * T * D), buffers.read(aw, D)];
        const expected = range(8 * T * T, i => {
          const [t, s] = [Math.floor(i / T), Math.floor(i / (T * T)) * T + (i % T)];
          return range(D, d => w[d] * Math.tanh(a[t * D + d] + b[s * D + d])).reduce((x, y) => x + y);
        });
        expectClose("additive", buffers.read(additive, 8 * T * T), expected, 1e-5);
      },
    },
    {
      ...common,
      name: "additive backward",
      shape: `8x${T}, ${D}`,
      elements: 8 * T * T * D,
      flop: 26 * 8 * T * T * D,
      bytes: 4 * (40 * T * D + 8 * T * T),
      run: () => kernels.attentionAdditiveBackward(daq, dak, daw, dScores, aq, ak, aw, 8, T, T, D),
      check() {
        this.run();
        const [a, b, w] = [buffers.read(aq, 8 * T * D), buffers.read(ak, 8 * T * D), buffers.read(aw, D)];
        const expected = new Float64Array(8 * T * D);
        for (let i = 0; i < 8 * T * T; i++) {
          const [t, s] = [Math.floor(i / T), Math.floor(i / (T * T)) * T + (i % T)];
          for (let d = 0; d < D; d++)
            expected[t * D + d] += outer[i] * w[d] * (1 - Math.tanh(a[t * D + d] + b[s * D + d]) ** 2);
        }
        expectClose("additive backward", buffers.read(daq, 8 * T * D), expected, 1e-4);
      },
    },
  ];
}
