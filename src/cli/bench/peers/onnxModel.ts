/** ONNX files of the workloads' models: opset 17, LSTM in layout 0 (time-major), batch-major at the borders as for everyone. */
import { Graph } from "./onnxFile.ts";
import type { Problem, Task, Tensor } from "./peer.ts";

// Where ONNX's gates i o f c stand among Keras' i f c o.
const GATES = [0, 3, 1, 2];

/** Keras' matrix [K, 4H] with the gates in ONNX's order, turned to [4H, K]. */
function turn({ shape: [K], data }: Tensor, H: number, target: Float32Array): void {
  GATES.forEach((gate, block) => {
    for (let j = 0; j < H; j++) {
      for (let k = 0; k < K; k++) target[(block * H + j) * K + k] = data[k * 4 * H + gate * H + j];
    }
  });
}

/**
 * Adds an LSTM node.
 *
 * @param weights kernel, recurrent kernel, bias: three for each direction
 * @param inputs x [T, N, C] and, if given, h and c [D, N, H]
 * @param outputs Y [T, D, N, H], Y_h and Y_c [D, N, H]
 */
function lstm(graph: Graph, weights: readonly Tensor[], H: number, inputs: string[], outputs: string[]): void {
  const [x, h = "", c = ""] = inputs;
  const D = weights.length / 3;
  const C = weights[0].shape[0];
  const W = new Float32Array(D * 4 * H * C);
  const R = new Float32Array(D * 4 * H * H);
  const B = new Float32Array(D * 8 * H); // the second half, a bias of the recurrent product, stays 0
  for (let d = 0; d < D; d++) {
    const [kernel, recurrent, bias] = weights.slice(3 * d);
    turn(kernel, H, W.subarray(d * 4 * H * C));
    turn(recurrent, H, R.subarray(d * 4 * H * H));
    turn({ shape: [1], data: bias.data }, H, B.subarray(d * 8 * H));
  }
  graph.constant("W", [D, 4 * H, C], W);
  graph.constant("R", [D, 4 * H, H], R);
  graph.constant("B", [D, 8 * H], B);
  const direction = D === 2 ? "bidirectional" : "forward";
  graph.node("LSTM", [x, "W", "R", "B", "", h, c], outputs, { hidden_size: H, direction });
}

/** @param activation an op, if there is one */
function dense(graph: Graph, weights: readonly Tensor[], input: string, output: string, activation?: string): void {
  const [kernel, bias] = weights;
  graph.constant(`${output}_kernel`, kernel.shape, kernel.data);
  graph.constant(`${output}_bias`, bias.shape, bias.data);
  graph.node("MatMul", [input, `${output}_kernel`], [`${output}_product`]);
  graph.node("Add", [`${output}_product`, `${output}_bias`], [activation ? `${output}_sum` : output]);
  if (activation) graph.node(activation, [`${output}_sum`], [output]);
}

const float = (...shape: number[]) => ({ type: "float32", shape }) as const;

/** The bytes of a .onnx file: x -> y for batch workloads and whole sequences; x, h, c -> hNext, cNext for one step. */
export function onnxModel(task: Task, { kind, N, T, C, H, weights }: Problem): Uint8Array {
  const graph = new Graph();
  if (task === "step") {
    lstm(graph, weights, H, ["x", "h", "c"], ["", "hNext", "cNext"]);
    const state = float(1, 1, H);
    return graph.finish({ x: float(1, 1, C), h: state, c: state }, { hNext: state, cNext: state });
  }
  if (kind === "sentiment") {
    const [table, ...rest] = weights;
    graph.constant("table", table.shape, table.data);
    graph.node("Transpose", ["x"], ["ids"], { perm: [1, 0] });
    graph.node("Gather", ["table", "ids"], ["vectors"]);
    lstm(graph, rest.slice(0, 6), H, ["vectors"], ["", "last"]);
    graph.node("Transpose", ["last"], ["sides"], { perm: [1, 0, 2] });
    graph.constant("joined", [2], BigInt64Array.of(BigInt(N), BigInt(2 * H)));
    graph.node("Reshape", ["sides", "joined"], ["features"]);
    dense(graph, rest.slice(6), "features", "hidden", "Relu");
    dense(graph, rest.slice(8), "hidden", "y", "Sigmoid");
    return graph.finish({ x: { type: "int32", shape: [N, T] } }, { y: float(N, 1) });
  }
  graph.constant("axis", [1], BigInt64Array.of(kind === "stream" ? 0n : 1n));
  graph.node("Transpose", ["x"], ["steps"], { perm: [1, 0, 2] });
  if (kind === "stream") {
    lstm(graph, weights, H, ["steps"], ["", "last"]);
    graph.node("Squeeze", ["last", "axis"], ["y"]);
    return graph.finish({ x: float(N, T, C) }, { y: float(N, H) });
  }
  lstm(graph, weights.slice(0, 3), H, ["steps"], ["sequence"]);
  graph.node("Squeeze", ["sequence", "axis"], ["states"]);
  dense(graph, weights.slice(3), "states", "outputs");
  graph.node("Transpose", ["outputs"], ["y"], { perm: [1, 0, 2] });
  return graph.finish({ x: float(N, T, C) }, { y: float(N, T, 1) });
}
