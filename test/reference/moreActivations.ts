/** Activations whose slopes are functions of the input, in float64, with those slopes. At a corner the slope is that of the flatter side. */

/** Σ x^(2k+1)·(-1)^k / (k!·(2k+1)), up to where it cancels; beyond that the continued fraction of the tail. */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2.5) {
    let [term, sum] = [x, x];
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term; // e^(x²)·erf, all terms above 0
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let rest = 0;
  for (let k = 120; k >= 1; k--) rest = k / 2 / (x + rest);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + rest);
}

export const erf = (x: number): number => {
  if (Math.abs(x) > 0.5) return 1 - erfc(x);
  let [term, sum] = [x, x];
  for (let k = 1; term !== 0 && Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
};

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const normal = (x: number): number => erfc(-x / Math.SQRT2) / 2;
const bell = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const inner = (x: number): number => Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);

type Curve = readonly [value: (x: number, a: number) => number, slope: (x: number, a: number) => number];

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const moreActivations: Readonly<Record<string, Curve>> = {
  silu: [x => x * sigmoid(x), x => sigmoid(x) * (1 + x * sigmoid(-x))],
  gelu: [x => x * normal(x), x => normal(x) + x * bell(x)],
  tanhGelu: [
    x => x * sigmoid(inner(x)),
    x => sigmoid(inner(x)) * (1 + x * sigmoid(-inner(x)) * Math.sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * x * x)),
  ],
  mish: [x => x * Math.tanh(softplus(x)), x => Math.tanh(softplus(x)) + (x * sigmoid(x)) / Math.cosh(softplus(x)) ** 2],
  hardSilu: [x => x * clip(x / 6 + 0.5, 0, 1), x => (x >= 3 ? 1 : x > -3 ? x / 3 + 0.5 : 0)],
  relu6: [x => clip(x, 0, 6), x => (x > 0 && x < 6 ? 1 : 0)],
  elu: [(x, a) => (x > 0 ? x : a * Math.expm1(x)), (x, a) => (x > 0 ? 1 : a * Math.exp(x))],
  leakyRelu: [(x, a) => (x > 0 ? x : a * x), (x, a) => (x > 0 ? 1 : a)],
  celu: [(x, a) => (x > 0 ? x : a * Math.expm1(x / a)), (x, a) => (x > 0 ? 1 : Math.exp(x / a))],
  squareplus: [
    (x, a) => (x > 0 ? (x + Math.sqrt(x * x + a)) / 2 : a / 2 / (Math.sqrt(x * x + a) - x)),
    (x, a) => {
      const root = Math.sqrt(x * x + a);
      return x > 0 ? (1 + x / root) / 2 : a / 2 / (root * (root - x));
    },
  ],
  logSigmoid: [x => -softplus(-x), x => sigmoid(-x)],
  hardTanh: [x => clip(x, -1, 1), x => (Math.abs(x) < 1 ? 1 : 0)],
  tanhShrink: [x => x - Math.tanh(x), x => Math.tanh(x) ** 2],
  softShrink: [(x, a) => Math.sign(x) * Math.max(Math.abs(x) - a, 0), (x, a) => (Math.abs(x) > a ? 1 : 0)],
  hardShrink: [(x, a) => (Math.abs(x) > a ? x : 0), (x, a) => (Math.abs(x) > a ? 1 : 0)],
  sparsePlus: [x => (x > 1 ? x : (clip(x, -1, 1) + 1) ** 2 / 4), x => (clip(x, -1, 1) + 1) / 2],
  sparseSigmoid: [x => (clip(x, -1, 1) + 1) / 2, x => (Math.abs(x) < 1 ? 0.5 : 0)],
  erf: [erf, x => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
};

/** y [rows, C] = x above 0, alpha [C]·x elsewhere. */
export const preluForward = (x: ArrayLike<number>, alpha: ArrayLike<number>): Float64Array =>
  Float64Array.from(x, (value, i) => (value > 0 ? value : alpha[i % alpha.length] * value));

/** dx and dAlpha of that. */
export function preluBackward(dy: ArrayLike<number>, x: ArrayLike<number>, alpha: ArrayLike<number>) {
  const dAlpha = new Float64Array(alpha.length);
  const dx = Float64Array.from(x, (value, i) => {
    const j = i % alpha.length;
    if (value <= 0) dAlpha[j] += dy[i] * value;
    return dy[i] * (value > 0 ? 1 : alpha[j]);
  });
  return { dx, dAlpha };
}
