/** Activations in float64, with derivatives taken from outputs. At a corner the slope is that of the flat side. */

export const activations = [
  "linear",
  "relu",
  "tanh",
  "sigmoid",
  "hardSigmoid",
  "softplus",
  "softsign",
  "elu",
  "selu",
  "leakyRelu",
  "exponential",
] as const;
export type Activation = (typeof activations)[number] | HardSigmoid;

/** clip(slope·x + offset, 0, 1) */
export interface HardSigmoid {
  name: "hardSigmoid";
  slope?: number;
  offset?: number;
}

/** Whether derivatives of all orders are continuous and small, so that differences over long steps will do. */
export const isSmooth = (kind: string): boolean => ["linear", "tanh", "sigmoid", "softplus", "softmax"].includes(kind);

/** Whether outputs are bounded, so that a recurrent net with large weights does not grow without bounds. */
export const isBounded = (kind: string): boolean => isGate(kind) || ["tanh", "softsign"].includes(kind);

/** Whether outputs are between 0 and 1. */
export const isGate = (kind: string): boolean => ["sigmoid", "hardSigmoid"].includes(kind);

const SELU = { scale: 1.05070098735548, alpha: 1.67326324235438 };

/** y = activation(x) of one number. */
export function activate(kind: Activation, x: number): number {
  if (typeof kind === "object") {
    const { slope = 1 / 6, offset = 0.5 } = kind;
    return Math.min(Math.max(slope * x + offset, 0), 1);
  }
  switch (kind) {
    case "linear":
      return x;
    case "relu":
      return Math.max(x, 0);
    case "tanh":
      return Math.tanh(x);
    case "sigmoid": {
      const e = Math.exp(-Math.abs(x)); // never overflows
      return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }
    case "hardSigmoid":
      return Math.min(Math.max(x / 6 + 0.5, 0), 1);
    case "softplus":
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    case "softsign":
      return x / (1 + Math.abs(x));
    case "elu":
      return x > 0 ? x : Math.expm1(x);
    case "selu":
      return SELU.scale * (x > 0 ? x : SELU.alpha * Math.expm1(x));
    case "leakyRelu":
      return x > 0 ? x : 0.2 * x;
    case "exponential":
      return Math.exp(x);
  }
}

/** dy/dx as a function of y. */
export function slopeFromOutput(kind: Activation, y: number): number {
  if (typeof kind === "object") return y > 0 && y < 1 ? (kind.slope ?? 1 / 6) : 0;
  switch (kind) {
    case "linear":
      return 1;
    case "relu":
      return y > 0 ? 1 : 0;
    case "tanh":
      return 1 - y * y;
    case "sigmoid":
      return y * (1 - y);
    case "hardSigmoid":
      return y > 0 && y < 1 ? 1 / 6 : 0;
    case "softplus":
      return -Math.expm1(-y);
    case "softsign":
      return (1 - Math.abs(y)) ** 2;
    case "elu":
      return y > 0 ? 1 : y + 1;
    case "selu":
      return y > 0 ? SELU.scale : y + SELU.scale * SELU.alpha;
    case "leakyRelu":
      return y > 0 ? 1 : 0.2;
    case "exponential":
      return y;
  }
}

/** y = activation(x), any shape. */
export function activationForward(kind: Activation, x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, value => activate(kind, value));
}

/** dx from dy and the output y, any shape. */
export function activationBackward(kind: Activation, dy: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  return Float64Array.from(dy, (d, i) => d * slopeFromOutput(kind, y[i]));
}

/** y [rows, V] = e^x / sum(e^x), row by row, from x [rows, V]. */
export function softmaxForward(x: ArrayLike<number>, rows: number, V: number): Float64Array {
  const y = new Float64Array(rows * V);
  for (let r = 0; r < rows; r++) {
    let largest = -Infinity;
    for (let j = 0; j < V; j++) largest = Math.max(largest, x[r * V + j]);
    let sum = 0;
    for (let j = 0; j < V; j++) sum += Math.exp(x[r * V + j] - largest);
    for (let j = 0; j < V; j++) y[r * V + j] = Math.exp(x[r * V + j] - largest) / sum;
  }
  return y;
}

/** dx [rows, V] from dy and the output y, both [rows, V]: dx = y (dy - dy·y). */
export function softmaxBackward(dy: ArrayLike<number>, y: ArrayLike<number>, rows: number, V: number): Float64Array {
  const dx = new Float64Array(rows * V);
  for (let r = 0; r < rows; r++) {
    let dot = 0;
    for (let j = 0; j < V; j++) dot += dy[r * V + j] * y[r * V + j];
    for (let j = 0; j < V; j++) dx[r * V + j] = y[r * V + j] * (dy[r * V + j] - dot);
  }
  return dx;
}
