/** Windows over the steps of a sequence, as convolutions and pooling have them. */

export type Padding1D = "valid" | "same" | "causal";

/** Steps before the first and after the last one that windows reach over, and how many windows there are. */
export interface Windows {
  readonly before: number;
  readonly after: number;
  readonly steps: number;
}

/**
 * @param size of a window, from its first step to its last
 * @returns those of T steps; less than one where a window does not fit
 */
export function windowsOf(T: number, padding: Padding1D, size: number, stride: number): Windows {
  if (padding === "causal") return { before: size - 1, after: 0, steps: Math.ceil(T / stride) };
  if (padding === "valid") return { before: 0, after: 0, steps: Math.floor((T - size) / stride) + 1 };
  const steps = Math.ceil(T / stride);
  const missing = Math.max(0, (steps - 1) * stride + size - T);
  const before = Math.floor(missing / 2);
  return { before, after: missing - before, steps };
}
