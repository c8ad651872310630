/** TensorFlow.js: layers API on the wasm backend with one thread, or on the plain JavaScript backend. */
import tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { Cannot } from "../cannot.js";

/**
 * @param {import("../workloads.js").Problem} problem
 * @param {boolean} train
 */
function build({ kind, T, C, H, V }, train) {
  // tfjs has Keras 2's hard sigmoid by default; and its orthogonal start takes minutes, only to be replaced.
  const units = /** @type {const} */ ({ units: H, recurrentActivation: "sigmoid", recurrentInitializer: "zeros" });
  const model = tf.sequential();
  if (kind === "sentiment") {
    model.add(tf.layers.embedding({ inputDim: V, outputDim: C, inputShape: [T] }));
    model.add(tf.layers.bidirectional({ layer: /** @type {any} */ (tf.layers.lstm(units)), mergeMode: "concat" }));
    model.add(tf.layers.dense({ units: H, activation: "relu" }));
    model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }));
  } else {
    model.add(tf.layers.lstm({ ...units, returnSequences: kind === "regression", inputShape: [T, C] }));
    if (kind === "regression") model.add(tf.layers.dense({ units: 1 }));
  }
  if (train) {
    const loss = kind === "sentiment" ? "binaryCrossentropy" : "meanSquaredError";
    model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-12), loss });
  }
  return model;
}

/** @param {import("../tensors.js").Tensor} array */
const tensor = ({ shape, data }) => tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");

/**
 * One step at a time: the layer's cell by itself, which is faster than `predict` of a stateful model.
 *
 * @param {import("../workloads.js").Problem} problem
 * @returns {import("../host.js").Loaded}
 */
function stepper({ x, T, C, H, weights }) {
  const cell = tf.layers.lstmCell({ units: H, recurrentActivation: "sigmoid", recurrentInitializer: "zeros" });
  cell.build([1, C]);
  cell.setWeights(weights.map(tensor));
  const rows = tf.unstack(tensor(x).reshape([T, 1, C]));
  let state = [tf.zeros([1, H]), tf.zeros([1, H])];
  /** @type {ArrayLike<number>} */
  let output = [];
  let t = 0;
  const run = (/** @type {number} */ calls) => {
    for (let i = 0; i < calls; i++, t++) {
      const next = tf.tidy(
        () => /** @type {import("@tensorflow/tfjs").Tensor[]} */ (cell.call([rows[t % T], ...state], {})),
      );
      for (const old of state) old.dispose();
      state = next.slice(1); // the output before it is the state h once more
      output = state[0].dataSync();
    }
    return undefined;
  };
  run(T);
  return { prediction: output, run };
}

/** @param {string} backend @returns {Promise<import("../host.js").Host>} */
export async function open(backend) {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setThreadsCount(1);
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs cannot start its ${backend} backend`);
  return {
    versions: { tfjs: tf.version.tfjs },
    async load(task, problem) {
      tf.disposeVariables();
      if (task === "step") return stepper(problem);
      const model = build(problem, task === "train");
      model.setWeights(problem.weights.map(tensor));
      const x = tensor(problem.x);
      const y = tensor(problem.y);
      const predict = () =>
        tf.tidy(() =>
          /** @type {import("@tensorflow/tfjs").Tensor} */ (model.predict(x, { batchSize: problem.N })).dataSync(),
        );
      const prediction = predict();
      if (task === "train" && problem.kind === "sentiment") await expectTrainable(x);
      return {
        prediction,
        async run(calls) {
          if (task !== "train") {
            for (let i = 0; i < calls; i++) predict();
            return undefined;
          }
          let loss = 0;
          for (let i = 0; i < calls; i++) loss = /** @type {number} */ (await model.trainOnBatch(x, y));
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

/**
 * Tries the gradient of an Embedding.
 *
 * @param {import("@tensorflow/tfjs").Tensor} ids
 * @throws Cannot if the backend has no kernel for it
 */
async function expectTrainable(ids) {
  try {
    tf.tidy(() =>
      tf.grad(table => tf.gather(table, ids.toInt().flatten()))(tf.zeros([ids.max().dataSync()[0] + 1, 1])),
    );
  } catch (error) {
    throw new Cannot(`an Embedding cannot be trained: ${/** @type {Error} */ (error).message.split("\n")[0]}`);
  }
}
