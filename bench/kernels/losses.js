// Every loss, forward and backward.
import { expectClose, range } from "./harness.js";

const DELTA = 0.7;
const softplus = v => Math.log1p(Math.exp(-Math.abs(v))) + Math.max(v, 0);
const sigmoid = v => 1 / (1 + Math.exp(-v));

/**
 * Losses number by number: what a prediction p and a target y add to the mean, the slope by p, and the arithmetic each
 * way. The operations of e^x and ln x in double precision are counted as 20.
 */
const ELEMENTWISE = [
  { name: "meanSquaredError", term: (p, y) => (p - y) ** 2, slope: (p, y) => 2 * (p - y), flop: [3, 3] },
  { name: "meanAbsoluteError", term: (p, y) => Math.abs(p - y), slope: (p, y) => Math.sign(p - y), flop: [2, 2] },
  {
    name: "huber",
    extra: [DELTA],
    term: (p, y) => (Math.abs(p - y) <= DELTA ? (p - y) ** 2 / 2 : DELTA * (Math.abs(p - y) - DELTA / 2)),
    slope: (p, y) => Math.max(-DELTA, Math.min(DELTA, p - y)),
    flop: [4, 4],
  },
  {
    name: "binaryCrossentropy",
    term: (p, y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)),
    slope: (p, y) => (p - y) / (p * (1 - p)),
    flop: [46, 6],
  },
  {
    name: "binaryCrossentropyLogits",
    term: (z, y) => softplus(z) - z * y,
    slope: (z, y) => sigmoid(z) - y,
    flop: [44, 25],
  },
];

/** @returns {import("./harness.js").Case[]} */
export function lossCases(buffers) {
  return [
    ...ELEMENTWISE.flatMap(loss => elementwise(buffers, loss)),
    ...[10, 1000].flatMap(V => [
      ...classes(buffers, 16 * Math.ceil(1000 / V), V, false),
      ...classes(buffers, 16 * Math.ceil(1000 / V), V, true),
    ]),
  ];
}

/** The two directions of one loss; `numbers` are what the results are compared with. */
function pair(buffers, { name, shape, n, targetBytes, flop, args, gradient, expected }) {
  const { kernels } = buffers;
  const [forward, backward] = [kernels[`${name}Forward`], kernels[`${name}Backward`]];
  const common = { family: "losses", shape, elements: n };
  const [inputs, extra, sizes] = args;
  return [
    {
      ...common,
      name,
      flop: flop[0] * n,
      bytes: 4 * n + targetBytes,
      run: () => forward(...inputs, ...extra, ...sizes),
      check() {
        expectClose(name, [this.run()], [expected.mean()], 1e-5);
      },
    },
    {
      ...common,
      name: `${name} backward`,
      flop: flop[1] * n,
      bytes: 12 * n + targetBytes,
      run: () => backward(gradient, ...inputs, ...extra, 1, ...sizes),
      check() {
        buffers.floats.fill(0, gradient >> 2, (gradient >> 2) + n);
        this.run();
        // Scaled to size 1, so that the tolerance means what it says.
        const got = buffers.read(gradient, n).map(value => value * expected.count);
        expectClose(`${name} backward`, got, expected.slopes(), 1e-5);
      },
    },
  ];
}

function elementwise(buffers, { name, extra = [], term, slope, flop }) {
  const n = 16384;
  const [p, y] = [buffers.random(n, 0.05, 0.95), buffers.random(n, 0, 1)];
  const [prediction, target] = [buffers.read(p, n), buffers.read(y, n)];
  return pair(buffers, {
    name,
    shape: `${n}`,
    n,
    targetBytes: 4 * n,
    flop,
    args: [[p, y], extra, [n]],
    gradient: buffers.zeros(n),
    expected: {
      count: n,
      mean: () => range(n, i => term(prediction[i], target[i])).reduce((a, b) => a + b) / n,
      slopes: () => range(n, i => slope(prediction[i], target[i])),
    },
  });
}

/** Cross-entropy over V classes, the target a class id, from logits and from probabilities. */
function classes(buffers, rows, V, logits) {
  const { kernels } = buffers;
  const n = rows * V;
  const p = buffers.random(n, -2, 2);
  if (!logits) kernels.softmaxForward(p, p, rows, V);
  const ids = buffers.ids(rows, V);
  const [numbers, tokens] = [buffers.read(p, n), buffers.readIds(ids, rows)];
  const sums = range(rows, r => {
    let sum = 0;
    for (let j = r * V; j < r * V + V; j++) sum += logits ? Math.exp(numbers[j]) : numbers[j];
    return sum;
  });
  const row = i => Math.floor(i / V);
  const isTarget = i => tokens[row(i)] === i % V;
  const expected = {
    count: rows,
    mean: () =>
      range(rows, r => {
        const value = numbers[r * V + tokens[r]];
        return Math.log(sums[r]) - (logits ? value : Math.log(value));
      }).reduce((a, b) => a + b) / rows,
    slopes: () =>
      range(n, i =>
        logits
          ? Math.exp(numbers[i]) / sums[row(i)] - (isTarget(i) ? 1 : 0)
          : 1 / sums[row(i)] - (isTarget(i) ? 1 / numbers[i] : 0),
      ),
  };
  // The same with a distribution as target.
  const oneHot = buffers.zeros(n);
  tokens.forEach((token, r) => {
    buffers.floats[(oneHot >> 2) + r * V + token] = 1;
  });
  const common = { shape: `${rows}x${V}`, n, gradient: buffers.zeros(n), expected, flop: logits ? [22, 44] : [1, 6] };
  const from = logits ? "Logits" : "";
  return [
    ...pair(buffers, {
      ...common,
      name: `sparseCategoricalCrossentropy${from}`,
      targetBytes: 4 * rows,
      args: [[p, ids], [], [rows, V]],
    }),
    ...pair(buffers, {
      ...common,
      name: `categoricalCrossentropy${from}`,
      targetBytes: 4 * n,
      args: [[p, oneHot], [], [rows, V]],
    }),
  ];
}
