/** onnxruntime, on its wasm build or its native one, with one thread: inference only. */
import { Cannot } from "../cannot.js";
import { onnxModel } from "../onnxModel.js";

/** @typedef {import("onnxruntime-web")} Runtime */

/** @param {string} variant "web" or "node" @returns {Promise<import("../host.js").Host>} */
export async function open(variant) {
  /** @type {Runtime} */
  const ort = (await import(`onnxruntime-${variant}`)).default;
  if (variant === "web") ort.env.wasm.numThreads = 1;
  /** @type {import("onnxruntime-web").InferenceSession.SessionOptions} */
  const options = {
    executionProviders: [variant === "web" ? "wasm" : "cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  };
  return {
    versions: { [`onnxruntime-${variant}`]: ort.env.versions[/** @type {"web" | "node"} */ (variant)] ?? "unknown" },
    async load(task, problem) {
      if (task === "train") throw new Cannot("inference only");
      const session = await ort.InferenceSession.create(onnxModel(task, problem), options);
      const dispose = () => session.release();
      if (task === "step") return { ...(await stepper(ort, session, problem)), dispose };
      const { x } = problem;
      const feeds = {
        x: x.data instanceof Int32Array ? new ort.Tensor("int32", x.data, x.shape) : new ort.Tensor(x.data, x.shape),
      };
      const predict = async () => /** @type {Float32Array} */ ((await session.run(feeds)).y.data);
      return {
        prediction: (await predict()).slice(),
        async run(calls) {
          for (let i = 0; i < calls; i++) await predict();
          return undefined;
        },
        dispose,
      };
    },
  };
}

/**
 * @param {Runtime} ort
 * @param {import("onnxruntime-web").InferenceSession} session
 * @param {import("../workloads.js").Problem} problem
 * @returns {Promise<import("../host.js").Loaded>}
 */
async function stepper(ort, session, { x, T, C, H }) {
  const rows = Array.from({ length: T }, (_, t) => new ort.Tensor(x.data.slice(t * C, (t + 1) * C), [1, 1, C]));
  let h = new ort.Tensor(new Float32Array(H), [1, 1, H]);
  let c = h;
  let t = 0;
  const run = async (/** @type {number} */ calls) => {
    for (let i = 0; i < calls; i++, t++) {
      const outputs = await session.run({ x: rows[t % T], h, c });
      h = /** @type {typeof h} */ (outputs.hNext);
      c = /** @type {typeof h} */ (outputs.cNext);
    }
    return undefined;
  };
  await run(T);
  return { prediction: /** @type {Float32Array} */ (h.data).slice(), run };
}
