/** TensorFlow.js: its layers on a backend of one thread. */
import { Cannot, EPSILON, type Loaded, type Peer, type Problem, type Tensor } from "./peer.ts";

interface TfTensor {
  dataSync(): ArrayLike<number>;
  dispose(): void;
  reshape(shape: number[]): TfTensor;
  toInt(): TfTensor;
  flatten(): TfTensor;
  max(): TfTensor;
}

interface TfModel {
  add(layer: object): void;
  compile(options: object): void;
  setWeights(weights: TfTensor[]): void;
  predict(x: TfTensor, options: object): TfTensor;
  trainOnBatch(x: TfTensor, y: TfTensor): Promise<number>;
  dispose(): void;
}

interface TfCell {
  build(shape: number[]): void;
  setWeights(weights: TfTensor[]): void;
  call(inputs: TfTensor[], options: object): TfTensor[];
}

type MakeLayer = (options: object) => object;

/** What is used of it. */
export interface Tf {
  version: { tfjs: string };
  env(): { set(name: string, value: boolean): void };
  setBackend(name: string): Promise<boolean>;
  sequential(): TfModel;
  layers: Record<"embedding" | "bidirectional" | "dense" | "lstm", MakeLayer> & {
    lstmCell(options: object): TfCell;
  };
  train: { adam(...options: number[]): object };
  tensor(data: Float32Array | Int32Array, shape: number[], type: string): TfTensor;
  zeros(shape: number[]): TfTensor;
  unstack(x: TfTensor): TfTensor[];
  gather(table: TfTensor, ids: TfTensor): TfTensor;
  grad(f: (x: TfTensor) => TfTensor): (x: TfTensor) => TfTensor;
  tidy<R>(f: () => R): R;
  dispose(tensors: TfTensor[]): void;
  disposeVariables(): void;
}

// tfjs has Keras 2's hard sigmoid by default; and its orthogonal start takes minutes, only to be replaced.
const SETTINGS = { recurrentActivation: "sigmoid", recurrentInitializer: "zeros" };

function build(tf: Tf, { kind, T, C, H, V }: Problem, train: boolean): TfModel {
  const { bidirectional, dense, embedding, lstm } = tf.layers;
  const units = { units: H, ...SETTINGS };
  const model = tf.sequential();
  if (kind === "sentiment") {
    model.add(embedding({ inputDim: V, outputDim: C, inputShape: [T] }));
    model.add(bidirectional({ layer: lstm(units), mergeMode: "concat" }));
    model.add(dense({ units: H, activation: "relu" }));
    model.add(dense({ units: 1, activation: "sigmoid" }));
  } else {
    model.add(lstm({ ...units, returnSequences: kind === "regression", inputShape: [T, C] }));
    if (kind === "regression") model.add(dense({ units: 1 }));
  }
  const loss = kind === "sentiment" ? "binaryCrossentropy" : "meanSquaredError";
  if (train) model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, EPSILON), loss });
  return model;
}

/** One step at a time: the layer's cell by itself, which is faster than `predict` of a stateful model. */
function stepper(tf: Tf, tensor: (array: Tensor) => TfTensor, { x, T, C, H, weights }: Problem): Loaded {
  const cell = tf.layers.lstmCell({ units: H, ...SETTINGS });
  cell.build([1, C]);
  cell.setWeights(weights.map(tensor));
  const rows = tf.unstack(tensor(x).reshape([T, 1, C]));
  let state = [tf.zeros([1, H]), tf.zeros([1, H])];
  let output: ArrayLike<number> = [];
  let t = 0;
  const run = (calls: number) => {
    for (let i = 0; i < calls; i++, t++) {
      const next = tf.tidy(() => cell.call([rows[t % T], ...state], {}));
      for (const old of state) old.dispose();
      state = next.slice(1); // the output before it is the state h once more
      output = state[0].dataSync();
    }
    return undefined;
  };
  run(T);
  return { prediction: output, run };
}

/** @throws Cannot if the backend has no kernel for the gradient of an Embedding */
function expectTrainable(tf: Tf, ids: TfTensor): void {
  try {
    tf.tidy(() =>
      tf.grad(table => tf.gather(table, ids.toInt().flatten()))(tf.zeros([ids.max().dataSync()[0] + 1, 1])),
    );
  } catch (error) {
    throw new Cannot(`an Embedding cannot be trained: ${(error as Error).message.split("\n")[0]}`);
  }
}

/**
 * The library as a peer.
 *
 * @param backend "wasm", whose package was imported and told to use one thread, or "cpu"
 */
export async function tfjsPeer(tf: Tf, backend: string): Promise<Peer> {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs cannot start its ${backend} backend`);
  const tensor = ({ shape, data }: Tensor) => tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");
  return {
    versions: { tfjs: tf.version.tfjs },
    load(task, problem) {
      tf.disposeVariables();
      if (task === "step") return stepper(tf, tensor, problem);
      const model = build(tf, problem, task === "train");
      model.setWeights(problem.weights.map(tensor));
      const [x, y] = [tensor(problem.x), tensor(problem.y)];
      const predict = () => tf.tidy(() => model.predict(x, { batchSize: problem.N }).dataSync());
      const prediction = predict();
      if (task === "train" && problem.kind === "sentiment") expectTrainable(tf, x);
      return {
        prediction,
        async run(calls) {
          let loss: number | undefined;
          for (let i = 0; i < calls; i++) {
            if (task === "train") loss = await model.trainOnBatch(x, y);
            else predict();
          }
          return loss;
        },
        dispose() {
          model.dispose();
          tf.dispose([x, y]);
        },
      };
    },
  };
}
