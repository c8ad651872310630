/** Models as ONNX files: read again here, and run by ONNX Runtime for the web. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { layers, type Model, type NDArray, sequential } from "../../../src/index.ts";
import { loadOnnx, saveOnnx } from "../../../src/interchange/index.ts";
import { OPERATIONS } from "../../../src/interchange/onnx/write/operations.ts";
import { ACTIVATIONS, COMPOSED } from "../../../src/interchange/onnx/write/writing.ts";
import { errorOf } from "../../helpers/models.ts";
import { attending, type Written, written } from "./models.ts";

vi.spyOn(console, "warn").mockImplementation(() => {});

const models = written();
const cases = models.map(each => [each.name, each] as const);
const predicted = (net: Model, { x, lengths }: Written): NDArray[] => {
  const inputs = x.length === 1 ? x[0] : x;
  return net.predictAll(lengths ? { x: inputs, lengths } : inputs);
};
/** The largest difference, of numbers beyond 1 in parts of them. */
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]) / Math.max(1, Math.abs(b[i]))));

/** The numbers of steps that are real: what a layer puts out at others is its own. */
function real({ shape, data }: NDArray, lengths: readonly number[] | undefined): number[] {
  const all = Array.from(data);
  if (!lengths || shape.length < 3) return all;
  const [, T, width] = shape;
  return all.filter((_, i) => Math.floor(i / width) % T < lengths[Math.floor(i / (T * width))]);
}

/** Weights by their places in the model, as their bits. */
const weightsOf = (net: Model) =>
  net.network.plan.specs
    .map(({ path }, i) => [path, [...new Uint32Array(net.getWeights()[i].data.slice().buffer)]] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

// For check_onnx_files.py, which asks onnx.checker and ONNX Runtime.
const folder = process.env.ONNX_FILES;

function keep({ name, x, lengths }: Written, bytes: Uint8Array, outputs: readonly NDArray[]): void {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name.replaceAll(/\W+/g, "-"));
  writeFileSync(`${file}.onnx`, bytes);
  const plain = ({ shape, data }: NDArray) => ({ shape, ids: data instanceof Int32Array, data: [...data] });
  writeFileSync(`${file}.json`, JSON.stringify({ x: x.map(plain), lengths, y: outputs.map(plain) }));
}

describe("what is read as other layers", () => {
  it.each(attending().map(each => [each.name, each] as const))(
    "%s: predicts the same when it is read again, with the bits of all weights",
    (_, each) => {
      const bytes = saveOnnx(each.net);
      const again = loadOnnx(bytes);
      const once = saveOnnx(again);
      const bits = (net: Model) => weightsOf(net).map(([, own]) => own.join());
      // The shared table is there twice, one of them turned; a scale is an option.
      const own = bits(each.net).filter(weight => weight.includes(","));
      expect(bits(again)).toEqual(expect.arrayContaining(own));
      for (const net of [again, loadOnnx(once)]) {
        const [now, then] = [predicted(net, each), predicted(each.net, each)];
        expect(now.map(({ shape }) => shape)).toEqual(then.map(({ shape }) => shape));
        for (const [i, output] of then.entries()) expect(farthest(now[i].data, output.data)).toBeLessThan(1e-6);
      }
      keep(each, bytes, predicted(each.net, each));
      keep({ ...each, name: `${each.name} once more` }, once, predicted(again, each));
    },
  );

  it("has a shared table once", () => {
    const { net } = attending().find(({ name }) => name.startsWith("tiedDense")) as Written;
    const table = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1").split("/embeddings").length - 1;
    expect(table(saveOnnx(net))).toBe(3); // itself, and two that read it
    expect(() => saveOnnx(net, { lengths: true })).not.toThrow();
    const [attends] = attending();
    expect(() => saveOnnx(attends.net, { lengths: true })).toThrow(
      "attention beside lengths: what is padding would count",
    );
  });
});

describe("what is written", () => {
  it.each(cases)("%s: is read again, with the bits of all weights", (_, each) => {
    const bytes = saveOnnx(each.net, { lengths: each.lengths !== undefined });
    const again = loadOnnx(bytes);
    expect(weightsOf(again).map(([, bits]) => bits)).toEqual(weightsOf(each.net).map(([, bits]) => bits));
    const [now, then] = [predicted(again, each), predicted(each.net, each)];
    expect(now.map(({ shape }) => shape)).toEqual(then.map(({ shape }) => shape));
    then.forEach((output, i) => {
      expect(farthest(real(now[i], each.lengths), real(output, each.lengths))).toBeLessThan(1e-6);
    });
    // Once more, it is the same.
    expect(weightsOf(loadOnnx(saveOnnx(again, { lengths: each.lengths !== undefined })))).toEqual(weightsOf(again));
    keep(each, bytes, then);
  });
});

const peers = new URL("../../../bench/peers/package.json", import.meta.url);
const installed = existsSync(new URL("node_modules/onnxruntime-web", peers));

describe("these models", () => {
  const layersOf = () =>
    [...models, ...attending()].flatMap(({ net }) =>
      net.layers.flatMap(layer => {
        const { options } = layer as unknown as { options: Record<string, unknown> };
        return [{ kind: layer.kind, options }, ...(options.layer ? [options.layer as Made] : [])];
      }),
    );
  interface Made {
    kind: string;
    options: Record<string, unknown>;
  }
  const seen = layersOf();

  it("have every layer, op and activation that is written", async () => {
    const other = sequential([layers.mLSTM({ units: 2, inputShape: [3, 2] })]);
    const { message } = await errorOf(() => saveOnnx(other));
    const [, kinds] = message.match(/there are (.*)/) as string[];
    const met = new Set(seen.map(({ kind }) => kind));
    expect(kinds.split(", ").filter(kind => !met.has(kind))).toEqual([]);
    const ops = new Set(seen.map(({ options }) => options.op));
    expect(Object.keys(OPERATIONS).filter(op => !ops.has(op))).toEqual([]);
    const text = JSON.stringify(seen);
    const activations = [...Object.keys(ACTIVATIONS), ...Object.keys(COMPOSED)];
    expect(activations.filter(name => !text.includes(`"${name === "tanhGelu" ? "approximate" : name}"`))).toEqual([]);
  });

  it("have every option of theirs with more than one value", () => {
    // What predictions do not depend on, and what saveOnnx refuses.
    const without =
      /Initializer$|^(checkpointSteps|dropout|inputShape|momentum|rate|recurrentDropout|stddev|trainable)$/;
    const refused = ["inputGate", "layerNorm", "stateful", "zoneout"];
    const values = new Map<string, Set<string>>();
    for (const { kind, options } of seen) {
      const keys = seen.filter(each => each.kind === kind).flatMap(each => Object.keys(each.options));
      for (const key of new Set(keys)) {
        const name = `${kind} ${key}`;
        values.set(name, (values.get(name) ?? new Set()).add(JSON.stringify(options[key]) ?? "none"));
      }
    }
    const names = [...values].flatMap(([name, set]) => (set.size < 2 ? [name] : []));
    const forgotten = names.filter(name => {
      const key = name.split(" ")[1];
      return !without.test(key) && !refused.includes(key);
    });
    expect(forgotten).toEqual([]);
  });
});

describe("ONNX Runtime for the web", () => {
  it.skipIf(!installed && !process.env.CI)("predicts the same, for every model", { timeout: 120_000 }, async () => {
    const ort = createRequire(peers)("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    for (const each of [...models, ...attending()]) {
      const session = await ort.InferenceSession.create(saveOnnx(each.net, { lengths: each.lengths !== undefined }));
      const feeds: Record<string, unknown> = {};
      for (const [i, { shape, data }] of each.x.entries()) {
        const name = each.x.length === 1 ? "x" : `x${i}`;
        feeds[name] = new ort.Tensor(data instanceof Int32Array ? "int32" : "float32", data, shape);
      }
      if (each.lengths) feeds.lengths = new ort.Tensor("int32", Int32Array.from(each.lengths), [each.lengths.length]);
      const results = await session.run(feeds);
      const outputs = predicted(each.net, each);
      for (const [i, output] of outputs.entries()) {
        const { dims, data } = results[outputs.length === 1 ? "y" : `y${i}`];
        expect([...dims], each.name).toEqual(output.shape);
        const found = real({ shape: output.shape, data } as unknown as NDArray, each.lengths);
        expect(farthest(found, real(output, each.lengths)), each.name).toBeLessThan(1e-6);
      }
      await session.release();
    }
  });
});
