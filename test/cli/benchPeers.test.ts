/** The benchmark beside other libraries: what is found, what is refused, and the real ones where bench/peers has them. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { compare } from "../../src/cli/bench/peers/compare.ts";
import { ours } from "../../src/cli/bench/peers/ours.ts";
import { Cannot, type Peer } from "../../src/cli/bench/peers/peer.ts";
import { batchProblem, streamProblem } from "../../src/cli/bench/peers/problems.ts";
import { benchPeers, isFault, peersOf } from "../../src/cli/bench/peers.ts";
import { workloads } from "../../src/cli/bench/workloads.ts";
import { errorOf } from "../helpers/models.ts";
import { makeFolder, run } from "./run.ts";

const folder = makeFolder();
afterAll(() => folder.remove());
const [sequence50, sentiment64] = workloads;

function install(name: string, code: string): void {
  mkdirSync(join(folder.path, "node_modules", name), { recursive: true });
  folder.write(`node_modules/${name}/index.js`, code);
}

it("says what to install where nothing is", async () => {
  const { name, message } = await errorOf(() => peersOf(folder.path));
  expect({ name, message }).toEqual({
    name: "Error",
    message:
      `--peers: nothing to compare with: tfjs wasm is not found from ${folder.path} (npm install @tensorflow/tfjs ` +
      `@tensorflow/tfjs-backend-wasm); onnxruntime-web is not found from ${folder.path} (npm install onnxruntime-web)`,
  });
});

it("says what does not start, and does not time what disagrees", async () => {
  install("@tensorflow/tfjs", "exports.env = () => ({ set() {} }); exports.setBackend = async () => false;");
  install("@tensorflow/tfjs-backend-wasm", "exports.setThreadsCount = () => {};");
  install(
    "onnxruntime-web",
    `exports.env = { wasm: {}, versions: { web: "9.9" } };
     exports.Tensor = class {};
     const run = async () => ({ y: { data: new Float32Array(640).fill(0.5) } });
     exports.InferenceSession = { create: async () => ({ run, release() {} }) };`,
  );
  const found = await peersOf(folder.path);
  const said: string[] = [];
  const [train, infer] = await benchPeers(found, [sequence50], [], 1, text => said.push(text));
  expect(said[0]).toBe("tfjs wasm is found, but does not start: tfjs cannot start its wasm backend");
  expect(said[1]).toMatch(/^\nworkload +what +wasm-lstm, ms +onnxruntime-web 9\.9$/);
  expect(train.notes).toEqual({ "onnxruntime-web": "inference only" });
  expect(infer.notes["onnxruntime-web"]).toMatch(/^disagrees by \d\.\de-1$/);
  expect(Object.keys(infer.ms)).toEqual(["wasm-lstm"]);
  expect(Object.values({ ...train.notes, ...infer.notes }).map(isFault)).toEqual([true]);
});

describe("compare", () => {
  const problem = batchProblem(sequence50);
  const withLoss = (factor: number): Peer => ({
    versions: {},
    async load(task, given) {
      const loaded = await ours.load(task, given);
      return { ...loaded, run: async calls => factor * ((await loaded.run(calls)) ?? 0) };
    },
  });

  it("times who agrees, also in losses", async () => {
    const [own, same, other] = await compare("train", problem, ours, [withLoss(1), withLoss(1.01)], 1);
    expect(own).toBeGreaterThan(0);
    expect(same).toBeGreaterThan(0);
    expect(other).toMatch(/^disagrees: loss [\d.]+ at step 1$/);
  });

  it("says why there is no figure", async () => {
    const throws = (error: Error): Peer => ({
      versions: {},
      load() {
        throw error;
      },
    });
    const others = [throws(new Cannot("inference only")), throws(new Error("out of memory"))];
    const [, ...reasons] = await compare("train", problem, ours, others, 1);
    expect(reasons).toEqual(["inference only", "fails: out of memory"]);
    expect(reasons.map(reason => isFault(String(reason)))).toEqual([false, true]);
  });

  it("also runs streams", async () => {
    const [own, same] = await compare("step", streamProblem(32), ours, [ours], 1);
    expect([typeof own, typeof same]).toEqual(["number", "number"]);
  });
});

it("agrees with the real ones", async ({ skip }) => {
  const peers = fileURLToPath(new URL("../../bench/peers", import.meta.url));
  if (!existsSync(join(peers, "node_modules"))) skip("not installed: npm --prefix bench/peers ci --ignore-scripts");
  const found = await peersOf(peers);
  expect(found.absent).toEqual([]);
  const rows = await benchPeers(found, [sequence50, sentiment64], [32], 1, () => {});
  const table = rows.map(({ workload, what, ms, notes }) => [
    workload,
    what,
    ...Object.keys(ms),
    ...Object.values(notes),
  ]);
  const ort = "onnxruntime-web";
  expect(table).toEqual([
    ["sequence50", "training step", "wasm-lstm", "tfjs wasm", "inference only"],
    ["sequence50", "inference", "wasm-lstm", "tfjs wasm", ort],
    ["sentiment64", "training step", "wasm-lstm", expect.stringMatching(/^an Embedding cannot/), "inference only"],
    ["sentiment64", "inference", "wasm-lstm", "tfjs wasm", ort],
    ["stream32", "one step", "wasm-lstm", "tfjs wasm", ort],
  ]);
});

it.each([
  [["--threads", "2"], "--threads"],
  [["--compare", "x.json"], "--compare"],
])("refuses --peers with %j", async (argv, other) => {
  const { code, stderr } = await run(["bench", "--peers", ...argv]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `wasm-lstm: --peers: makes a table of its own, without ${other}\n`,
  });
});
