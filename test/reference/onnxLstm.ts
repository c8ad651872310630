/**
 * One direction of ONNX' LSTM operator in float64, in the operator's own notation and layout (onnx/docs/Operators.md):
 *
 *   it = f(Xt·Wi^T + Ht-1·Ri^T + Pi (.) Ct-1 + Wbi + Rbi)
 *   ft = f(Xt·Wf^T + Ht-1·Rf^T + Pf (.) Ct-1 + Wbf + Rbf)      1 - it with input_forget
 *   ct = g(Xt·Wc^T + Ht-1·Rc^T + Wbc + Rbc)
 *   Ct = ft (.) Ct-1 + it (.) ct
 *   ot = f(Xt·Wo^T + Ht-1·Ro^T + Po (.) Ct + Wbo + Rbo)
 *   Ht = ot (.) h(Ct)
 *
 * f is the sigmoid, g and h are tanh; clip cuts what goes into the activations of the four gates.
 */

/** W [4H, C] and R [4H, H] of gates i o f c, B [8H] of W's and R's, P [3H] of gates i o f. */
export interface OnnxWeights {
  W: ArrayLike<number>;
  R: ArrayLike<number>;
  B: ArrayLike<number>;
  P?: ArrayLike<number> | undefined;
}

export interface OnnxOptions {
  inputForget?: boolean | undefined;
  clip?: number | undefined;
  reverse?: boolean | undefined;
}

/** X [N, T, C] and initial states [N, H]; Y [N, T, H] has its steps in the order of X. */
export function onnxLstm(
  X: ArrayLike<number>,
  { h, c }: { h: ArrayLike<number>; c: ArrayLike<number> },
  { W, R, B, P }: OnnxWeights,
  { N, T, C, H }: { N: number; T: number; C: number; H: number },
  { inputForget = false, clip = Infinity, reverse = false }: OnnxOptions = {},
) {
  const [Y, Yh, Yc] = [new Float64Array(N * T * H), Float64Array.from(h), Float64Array.from(c)];
  const cut = (z: number) => Math.min(Math.max(z, -clip), clip);
  const f = (z: number) => 1 / (1 + Math.exp(-cut(z)));
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < T; k++) {
      const t = reverse ? T - 1 - k : k;
      const before = Yh.slice(n * H, (n + 1) * H);
      for (let j = 0; j < H; j++) {
        const products = (gate: number) => {
          const row = gate * H + j;
          let sum = B[row] + B[4 * H + row];
          for (let i = 0; i < C; i++) sum += X[(n * T + t) * C + i] * W[row * C + i];
          for (let i = 0; i < H; i++) sum += before[i] * R[row * H + i];
          return sum;
        };
        const [zi, zo, zf, zc] = [0, 1, 2, 3].map(products);
        const [Pi, Po, Pf] = [0, 1, 2].map(gate => P?.[gate * H + j] ?? 0);
        const last = Yc[n * H + j];
        const it = f(zi + Pi * last);
        const ft = inputForget ? 1 - it : f(zf + Pf * last);
        const Ct = ft * last + it * Math.tanh(cut(zc));
        Yc[n * H + j] = Ct;
        Yh[n * H + j] = f(zo + Po * Ct) * Math.tanh(Ct);
        Y[(n * T + t) * H + j] = Yh[n * H + j];
      }
    }
  }
  return { Y, Yh, Yc };
}
