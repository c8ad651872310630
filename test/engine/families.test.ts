/** Kernels in families: each program has those that it needs, and they are the kernels that were built, byte for byte. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callsOf, familyNames, familyOf, lineOf, parts } from "../../assembly/families.js";
import { hoistConstants } from "../../assembly/hoist.js";
import { textReader } from "../../src/engine/binaryText.ts";
import { bareLoader, type Family, kernelsBinary, registerLoader } from "../../src/engine/kernels.ts";
import { link } from "../../src/engine/link.ts";
import { relaxed } from "../../src/engine/relaxed.generated.ts";
import { type Layer, layers, type MissingOptions, sequential } from "../../src/index.ts";
import { BASE, families } from "../helpers/families.ts";
import { numbers } from "../helpers/models.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";

const source = join(import.meta.dirname, "../../src");
const read = (text: string) => textReader(BASE.alphabet, text.length)(text);
const built = (file: string) => hoistConstants(readFileSync(new URL(`../../build/${file}.wasm`, import.meta.url)));
const sorted = ({ exports }: ReturnType<typeof parts>) => [...exports].sort((a, b) => (a.name < b.name ? -1 : 1));

describe("models of several families", () => {
  it("get a module with the families of their layers, and share one that has them", async () => {
    vi.resetModules();
    const { kernelsModule: moduleOf, registerKernels } = await import("../../src/engine/kernels.ts");
    registerKernels(BASE);
    const [first, second, third] = families;
    const one = moduleOf({ families: [first] });
    expect(moduleOf({ families: [] })).toBe(one);
    const both = moduleOf({ families: [second] });
    expect(both).not.toBe(one);
    expect(moduleOf({ families: [first, second] })).toBe(both);
    expect(moduleOf({ families: [first] })).toBe(both);
    registerKernels(BASE, third); // from now on all models have it
    expect(moduleOf({ families: [first] })).not.toBe(both);
  });
});

describe("all families together", () => {
  it.each([
    ["kernels", undefined],
    ["relaxed", read(relaxed)],
  ])("are %s.wasm as it was built, its constants out of the loops", (file, patch) => {
    const whole = parts(built(file));
    const linked = parts(
      link(
        read(BASE.text),
        families.map(({ text }) => read(text)),
        patch,
      ),
    );
    expect(linked.bodies.length).toBe(whole.bodies.length);
    expect(linked.prefix).toEqual(whole.prefix);
    expect(linked.bodies.every((body, i) => Buffer.compare(body, whole.bodies[i]) === 0)).toBe(true);
    expect(sorted(linked)).toEqual(sorted(whole));
  });

  it("are those that assembly/families.js names", () => {
    expect(families.map(({ name }) => name).sort()).toEqual([...familyNames].sort());
  });
});

describe.each(families.map(family => [family.name, family] as const))("the base and %s", (name, family) => {
  const line = (own: Family): Family[] => [...new Set([...(own.parents ?? []).flatMap(line), own])];
  const linked = link(
    read(BASE.text),
    line(family).map(({ text }) => read(text)),
  );

  it("are a module of their kernels alone", () => {
    const names = WebAssembly.Module.exports(new WebAssembly.Module(linked)).map(one => one.name);
    const all = parts(kernelsBinary()).exports.map(one => one.name);
    expect(names.sort()).toEqual(all.filter(one => lineOf(name).includes(familyOf(one))).sort());
  });

  it("have all functions that they call", () => {
    const absent = parts(linked).bodies.map(body => body.length === 4);
    const calls = callsOf(linked);
    const missing = calls.flatMap((called, i) => (absent[i] ? [] : called.filter(index => absent[index])));
    expect(missing).toEqual([]);
    expect(absent.filter(Boolean).length).toBeGreaterThan(70);
  });
});

describe("a layer brings all kernels that it runs", () => {
  /** Of this model, by its engine's instance. */
  let called = new Set<string>();

  beforeAll(() => {
    registerLoader((module, imports) => {
      const { exports } = new WebAssembly.Instance(module, imports);
      const noted = Object.entries(exports).map(([name, kernel]) => [
        name,
        (...args: number[]) => {
          called.add(name);
          return (kernel as (...args: number[]) => unknown)(...args);
        },
      ]);
      return { instance: { exports: Object.fromEntries(noted) } };
    });
  });
  afterAll(() => registerLoader(bareLoader));

  const missing = (options: MissingOptions) => (own: object) => layers.missing({ ...options, ...own });
  const cases: [string, (options: object) => Layer][] = [
    ...Object.entries(recurrentForms).map(([name, { layer, heads = 1 }]): [string, (options: object) => Layer] => [
      name,
      own => layer({ units: 4 * heads, ...own }),
    ]),
    ["bidirectional", own => layers.bidirectional({ layer: layers.gru({ units: 2 }), ...own })],
    ["timeDistributed", own => layers.timeDistributed({ layer: layers.dense({ units: 2 }), ...own })],
    ["missing, mean", missing({ strategy: "mean" })],
    ["missing, mask", missing({ strategy: "mask", indicators: true })],
    ["missing, last", missing({ strategy: "last", intervals: true })],
    ["missing, decay", missing({ strategy: "decay" })],
    ["permute", own => layers.permute({ dims: [2, 1], ...own })],
    ["zeroPadding1D", own => layers.zeroPadding1D(own)],
    ["cropping1D", own => layers.cropping1D(own)],
    ["upSampling1D", own => layers.upSampling1D(own)],
    ["attention", own => layers.attention(own)],
    ["additiveAttention", own => layers.additiveAttention(own)],
    ["multiHeadAttention", own => layers.multiHeadAttention({ numHeads: 2, keyDim: 2, ...own })],
    ["conv1D", own => layers.conv1D({ filters: 2, kernelSize: 2, padding: "causal", dilationRate: 2, ...own })],
    ["maxPooling1D", own => layers.maxPooling1D(own)],
    ["averagePooling1D", own => layers.averagePooling1D(own)],
    ["globalAveragePooling1D", own => layers.globalAveragePooling1D(own)],
    ["globalMaxPooling1D", own => layers.globalMaxPooling1D(own)],
    ["bidirectional, sum", own => layers.bidirectional({ layer: layers.gru({ units: 2 }), mergeMode: "sum", ...own })],
    ["gaussianNoise", own => layers.gaussianNoise({ stddev: 0.1, ...own })],
    ["layerNormalization", own => layers.layerNormalization(own)],
    ["batchNormalization", own => layers.batchNormalization(own)],
  ];
  const whole = [
    "bidirectional",
    "permute",
    "zeroPadding1D",
    "cropping1D",
    "upSampling1D",
    "maxPooling1D",
    "averagePooling1D",
    "attention",
    "additiveAttention",
    "multiHeadAttention",
  ];

  it.each(cases)("%s", async (_, make) => {
    called = new Set();
    const layer = make({ inputShape: [4, 3] });
    const net = sequential([layer, layers.dense({ units: 1 })], { seed: 1 });
    net.compile({ optimizer: "adam", loss: "mse" });
    const x = numbers([5, 4, 3]);
    const y = { shape: net.predict(x).shape, data: new Float32Array(net.predict(x).data.length) };
    if (y.shape[1] === 4) net.trainOnBatch({ x, lengths: [4, 3, 2, 4, 1] }, y);
    net.trainOnBatch(x, y);
    if (!whole.includes(layer.kind)) net.stream().step(new Float32Array(3));
    const own = layer.families.map(({ name }) => name);
    const foreign = [...called].filter(name => !["base", ...own.flatMap(lineOf)].includes(familyOf(name)));
    expect(foreign).toEqual([]);
    // A cell of your own may use any op.
    if (layer.kind !== "rnn")
      expect(own.every(name => [...called].some(kernel => familyOf(kernel) === name))).toBe(true);
  });
});

/** Each in a fresh copy of the package, where no other model has brought anything. */
describe("compile brings all kernels of losses and optimizers", () => {
  it.each([
    ...["huber", "logCosh", "kullbackLeiblerDivergence", "hinge", "cosineSimilarity", "meanAbsolutePercentageError"],
    ...["adam", "sgd", "rmsprop", "nadam", "lion", "adagrad"],
    "a loss of your own, after the model was made",
  ])("%s", async name => {
    vi.resetModules();
    const { registerKernels } = await import("../../src/engine/kernels.ts");
    const fresh = await import("../../src/index.ts");
    registerKernels(BASE);
    const net = fresh.sequential([fresh.layers.lstm({ units: 2, inputShape: [3, 2] })], { seed: 1 });
    const x = numbers([2, 3, 2]);
    net.predict(x);
    const { ops } = fresh;
    const own = () =>
      fresh.defineLoss({
        name: "own",
        loss: ({ prediction, target }) => ops.abs(ops.exp(ops.subtract(prediction, target))),
      })();
    const isLoss = name in fresh.losses;
    net.compile({
      loss: isLoss ? (name as "huber") : name in fresh.optimizers ? "mse" : own(),
      ...(name in fresh.optimizers ? { optimizer: name as "adam" } : {}),
    });
    const before = net.getWeights();
    expect(
      net.trainOnBatch(x, [
        [0.2, 0.3],
        [0.1, 0.4],
      ]).loss,
    ).toEqual(expect.any(Number));
    expect(net.getWeights()).not.toEqual(before);
  });
});

/** Kernels by the files that name them. */
function filesNaming(family: string): string[] {
  const names = parts(kernelsBinary()).exports.flatMap(({ name }) => (familyOf(name) === family ? [name] : []));
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  return files.filter(file => {
    if (!file.endsWith(".ts") || file.endsWith(".generated.ts")) return false;
    const text = readFileSync(join(source, file), "utf8");
    return names.some(name => new RegExp(`["\`.]${name}\\b`).test(text));
  });
}

it("no file outside the layers runs a kernel of a family that it does not bring", () => {
  const free = /^(recurrent|layers|interchange)\/|^ops\/(missing|value)\.ts$/; // whose layers are tested above
  for (const { name } of families) {
    for (const file of filesNaming(name).filter(one => !free.test(one))) {
      expect(readFileSync(join(source, file), "utf8"), file).toContain(`families/${name}.generated.ts`);
    }
  }
  expect(filesNaming("missing")).toContain("ops/missing.ts");
  expect(filesNaming("mLstm")).toContain("recurrent/mLstm.ts");
});
