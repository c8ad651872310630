/** This package as one of the peers. */
import { type Layer, layers, optimizers, sequential } from "../../../index.ts";
import { EPSILON, type Peer, type Problem } from "./peer.ts";

function build({ kind, T, C, H, V, weights }: Problem) {
  const models: Record<Problem["kind"], () => Layer[]> = {
    regression: () => [
      layers.lstm({ units: H, returnSequences: true, inputShape: [T, C] }),
      layers.dense({ units: 1 }),
    ],
    sentiment: () => [
      layers.embedding({ inputDim: V, outputDim: C, inputShape: [T] }),
      layers.bidirectional({ layer: layers.lstm({ units: H }) }),
      layers.dense({ units: H, activation: "relu" }),
      layers.dense({ units: 1, activation: "sigmoid" }),
    ],
    stream: () => [layers.lstm({ units: H, inputShape: [T, C] })],
  };
  const net = sequential(models[kind](), { seed: 1 });
  net.setWeights(weights);
  const loss = kind === "sentiment" ? "binaryCrossentropy" : "meanSquaredError";
  net.compile({ optimizer: optimizers.adam({ epsilon: EPSILON }), loss });
  return net;
}

export const ours: Peer = {
  versions: {},
  load(task, problem) {
    const net = build(problem);
    const { x, y, N, T, C, H } = problem;
    const predict = () => net.predict(x, { batchSize: N }).data;
    if (task === "train") {
      return {
        prediction: predict(),
        run(calls) {
          let loss = 0;
          for (let i = 0; i < calls; i++) ({ loss } = net.trainOnBatch(x, y));
          return loss;
        },
      };
    }
    if (task === "step") {
      const rows = Array.from({ length: T }, (_, t) => x.data.subarray(t * C, (t + 1) * C));
      const stream = net.stream();
      const h = new Float32Array(H);
      let t = 0;
      const run = (calls: number) => {
        for (let i = 0; i < calls; i++, t++) stream.step(rows[t % T], h);
        return undefined;
      };
      run(T);
      return { prediction: h.slice(), run };
    }
    return {
      prediction: predict(),
      run(calls) {
        for (let i = 0; i < calls; i++) predict();
        return undefined;
      },
    };
  },
};
