/** onnxruntime, on its wasm build or its native one, with one thread: inference only. */
import { onnxModel } from "./onnxModel.ts";
import { Cannot, type Loaded, type Peer, type Problem } from "./peer.ts";

interface OrtTensor {
  data: Float32Array;
}

interface Session {
  run(inputs: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** What is used of it. */
export interface Ort {
  env: { wasm: { numThreads?: number }; versions: Record<string, string | undefined> };
  InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  Tensor: new (type: "float32" | "int32", data: Float32Array | Int32Array, shape: number[]) => OrtTensor;
}

async function stepper(ort: Ort, session: Session, { x, T, C, H }: Problem): Promise<Loaded> {
  const rows = Array.from(
    { length: T },
    (_, t) => new ort.Tensor("float32", x.data.slice(t * C, (t + 1) * C), [1, 1, C]),
  );
  let h = new ort.Tensor("float32", new Float32Array(H), [1, 1, H]);
  let c = h;
  let t = 0;
  const run = async (calls: number) => {
    for (let i = 0; i < calls; i++, t++) ({ hNext: h, cNext: c } = await session.run({ x: rows[t % T], h, c }));
    return undefined;
  };
  await run(T);
  return { prediction: h.data.slice(), run };
}

/** The library as a peer. @param variant of which build it is */
export function onnxruntimePeer(ort: Ort, variant: "web" | "node"): Peer {
  if (variant === "web") ort.env.wasm.numThreads = 1;
  const providers = [variant === "web" ? "wasm" : "cpu"];
  const options = { executionProviders: providers, intraOpNumThreads: 1, interOpNumThreads: 1 };
  return {
    versions: { [`onnxruntime-${variant}`]: ort.env.versions[variant] ?? "unknown" },
    async load(task, problem) {
      if (task === "train") throw new Cannot("inference only");
      const session = await ort.InferenceSession.create(onnxModel(task, problem), options);
      const dispose = () => session.release();
      if (task === "step") return { ...(await stepper(ort, session, problem)), dispose };
      const { shape, data } = problem.x;
      const x = new ort.Tensor(data instanceof Int32Array ? "int32" : "float32", data, shape);
      const predict = async () => (await session.run({ x })).y.data;
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
