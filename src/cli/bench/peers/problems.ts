/** The benchmark's workloads as plain data, which every library can take. */
import { layers, type NDArray, sequential } from "../../../index.ts";
import { sequence, type Workload } from "../workloads.ts";
import type { Checkable, Tensor } from "./peer.ts";

const plain = ({ shape, data }: NDArray): Tensor => ({
  shape: [...shape],
  data: data instanceof Float64Array ? Float32Array.from(data) : data,
});

/**
 * A batch.
 *
 * @param idsOf other tokens than the workload's, where it has some, from a vocabulary of this size
 */
export function batchProblem(workload: Workload, idsOf?: (V: number) => ArrayLike<number>): Checkable {
  const { name, N, T, C, H } = workload;
  const net = workload.build();
  const weights = net.getWeights().map(plain);
  const { x, y } = workload.data();
  const sentiment = name === "sentiment64";
  const V = sentiment ? weights[0].shape[0] : 0;
  if (idsOf) x.data.set(idsOf(V));
  const kind = sentiment ? "sentiment" : "regression";
  return { kind, N, T, C, H, V, weights, x: plain(x), y: plain(y), expected: net.predict(x).data };
}

/** A hundred steps of one sequence. */
export function streamProblem(H: number): Checkable {
  const T = 100;
  const net = sequential([layers.lstm({ units: H, inputShape: [T, H] })], { seed: 1 });
  const next = sequence(3);
  const x = { shape: [1, T, H], data: Float32Array.from({ length: T * H }, () => next() - 0.5) };
  const y = { shape: [0], data: new Float32Array() };
  const weights = net.getWeights().map(plain);
  return { kind: "stream", N: 1, T, C: H, H, V: 0, weights, x, y, expected: net.predict(x).data };
}
