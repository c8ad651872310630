/** The matrix products of one LSTM layer, by themselves, at a workload's shapes. */
import { Engine } from "../../engine/engine.ts";
import { padded } from "../../engine/layout.ts";
import { type Timing, time } from "./measure.ts";
import { sequence, type Workload } from "./workloads.ts";

export interface ProductResult {
  workload: string;
  product: "forward" | "state gradient" | "weight gradient";
  /** Of the mathematics, without the padding that the kernels compute beside it */
  flop: number;
  timing: Timing;
}

/** c[m][n] against a plain sum in double precision. */
function check(
  floats: Float32Array,
  c: { at: number; stride: number },
  term: (m: number, n: number, k: number) => number,
  [M, N, K]: [number, number, number],
  what: string,
): void {
  const next = sequence(99);
  for (let sample = 0; sample < 50; sample++) {
    const m = Math.floor(next() * M);
    const n = Math.floor(next() * N);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += term(m, n, k);
    const got = floats[(c.at >>> 2) + m * c.stride + n];
    if (Math.abs(got - sum) > 1e-5 * Math.sqrt(K)) {
      throw new Error(`${what}: element [${m}, ${n}] is ${got} instead of ${sum}`);
    }
  }
}

/** Checks, then times, the three products of a training step. */
export function benchProducts({ name, N, T, C, H }: Workload, milliseconds: number): ProductResult[] {
  const { kernels, memory } = new Engine();
  const next = sequence(5);
  const G = 4 * padded(H);
  const K = C + H;
  const S = padded(C) + padded(H);
  const random = (n: number): number => {
    const pointer = memory.allocate(n);
    const start = pointer >>> 2;
    for (let i = 0; i < n; i++) memory.floats[start + i] = next() - 0.5;
    return pointer;
  };
  const xh = random(T * N * S) + 4 * (padded(C) - C);
  const gates = random(T * N * G);
  const weights = random(K * G);
  const packed = memory.allocate(kernels.packedSize(K, G));
  const transposed = memory.allocate(kernels.packedSize(G, H));
  const z = memory.allocate(N * G);
  const dh = memory.allocate(N * padded(H));
  const dW = memory.allocateZeros(K * G);
  const scratch = memory.allocate(kernels.weightGradientScratch(K, G, T * N));
  kernels.pack(packed, weights, G, K, G);
  kernels.packTransposed(transposed, weights, G, G, H);

  const forward = () => kernels.product(z, G, 0, 0, xh, S, packed, N, G, K);
  const stateGradient = () => kernels.product(dh, padded(H), 0, 0, gates, G, transposed, N, H, G);
  const weightGradient = () => kernels.weightGradient(dW, G, xh, S, gates, G, K, G, T * N, scratch);
  forward();
  stateGradient();
  weightGradient();
  const { floats } = memory;
  const f = (pointer: number, i: number) => floats[(pointer >>> 2) + i];
  check(
    floats,
    { at: z, stride: G },
    (m, n, k) => f(xh, m * S + k) * f(weights, k * G + n),
    [N, G, K],
    `${name} forward`,
  );
  check(
    floats,
    { at: dh, stride: padded(H) },
    (m, n, k) => f(gates, m * G + k) * f(weights, n * G + k),
    [N, H, G],
    `${name} state gradient`,
  );
  check(
    floats,
    { at: dW, stride: G },
    (m, n, k) => f(xh, k * S + m) * f(gates, k * G + n),
    [K, G, T * N],
    `${name} weight gradient`,
  );
  return [
    { workload: name, product: "forward", flop: 2 * N * 4 * H * K, timing: time(forward, milliseconds) },
    { workload: name, product: "state gradient", flop: 2 * N * 4 * H * H, timing: time(stateGradient, milliseconds) },
    {
      workload: name,
      product: "weight gradient",
      flop: 2 * N * T * 4 * H * K,
      timing: time(weightGradient, milliseconds),
    },
  ];
}
