/** The entries of the built package: the same things under every name, and only what a program uses in its bundle. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { afterAll, describe, expect, it } from "vitest";
import { ADDITIONS, NAMESPACES } from "../packaging/entries.js";
import { M_LSTM } from "../src/engine/families/mLstm.generated.ts";
import { MORE_ACTIVATIONS } from "../src/engine/families/moreActivations.generated.ts";
import * as source from "../src/index.ts";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dist = (file: string) => join(root, "dist", file);
const folder = mkdtempSync(join(tmpdir(), "entries-"));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (file: string) => import(/* @vite-ignore */ pathToFileURL(file).href);

/** A program that imports the package by its names, as a bundler for browsers makes one file of it. */
async function bundle(name: string, program: string) {
  const input = join(folder, `${name}.js`);
  writeFileSync(input, program);
  const packaged = {
    name: "packaged",
    resolveId(id: string) {
      if (!/^wasm-lstm/.test(id)) return null;
      const { module, default: file } = manifest.exports[id.replace("wasm-lstm", ".")];
      return join(root, module ?? file);
    },
  };
  const { output } = await build({
    input,
    plugins: [packaged],
    platform: "browser",
    write: false,
    output: { minify: true, codeSplitting: false },
  });
  const { code } = output[0];
  const file = join(folder, `${name}.bundle.mjs`);
  writeFileSync(file, code);
  // Kernels travel in lines of less than 400 letters.
  return { file, code, bytes: gzipSync(code, { level: 9 }).length };
}

const brings = (code: string, family: { text: string }) => code.includes(family.text.slice(1000, 1200));

describe("entries", () => {
  it("export the same, to bundlers and to runtimes, as the source", async () => {
    const [index, bundled] = [await load(dist("index.js")), await load(dist("bundle.js"))];
    expect(Object.keys(index)).toEqual(Object.keys(source).sort());
    expect(Object.keys(bundled)).toEqual(Object.keys(index));
    expect(bundled.sequential).toBe(index.sequential);
    for (const name of NAMESPACES) {
      const own = await load(dist(`${name}.js`));
      expect(Object.keys(own), name).toEqual(Object.keys(index[name]).sort());
      for (const key of Object.keys(own)) {
        expect(index[name][key]).toBe(own[key]);
        expect(bundled[name][key]).toBe(own[key]);
      }
      expect(manifest.exports).toHaveProperty([`./${name}`]);
      expect(manifest.typesVersions["*"]).toHaveProperty(name);
    }
  });
});

/** What a file exports that Node cannot import. */
async function exportsOf(input: string) {
  const external = /\.wasm\?module$/;
  const { output } = await build({
    input,
    external,
    platform: "neutral",
    write: false,
    output: { codeSplitting: false },
  });
  return { names: output[0].exports.sort(), code: output[0].code };
}

describe("entries for edge runtimes", () => {
  it.each([
    "index",
    ...NAMESPACES,
    ...ADDITIONS,
    "kernels",
    "relaxed",
    "forecast",
    "formats",
    "operators",
    "inference",
    "cells",
    "scaling",
  ])("%s exports the same, and refers to no worker", async name => {
    const { names, code } = await exportsOf(dist(`edge/${name}.js`));
    expect(names).toEqual((await exportsOf(dist(`${name}.js`))).names);
    expect(code).not.toMatch(/new Worker\b|worker_threads|worker\.js|createObjectURL/);
    expect(code.length).toBeLessThan(["forecast", "formats", "operators"].includes(name) ? 660_000 : 493_000);
    const path = name === "index" ? "." : `./${name}`;
    const conditions = Object.keys(manifest.exports[path]);
    expect(conditions.slice(0, 3)).toEqual(["types", "edge-light", "workerd"]);
    expect(conditions.at(-1)).toBe("default");
    for (const condition of ["edge-light", "workerd"]) {
      expect(manifest.exports[path][condition]).toBe(`./dist/edge/${name}.js`);
    }
  });

  it("import the kernels as files that are there", async () => {
    const { code } = await exportsOf(dist("edge/relaxed.js"));
    const files = [...code.matchAll(/"([^"]+\.wasm)\?module"/g)].map(([, path]) => path);
    expect(files.sort()).toEqual(["../kernels/kernels.wasm", "../kernels/relaxed.wasm"]);
    const kernels = new WebAssembly.Module(readFileSync(dist("kernels/kernels.wasm")));
    expect(WebAssembly.Module.imports(kernels)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(WebAssembly.Module.exports(kernels).map(({ name }) => name)).toContain("mLstmForward");
    expect(manifest.exports["./kernels.wasm"].default).toBe("./dist/kernels/kernels.wasm");
  });
});

it("text is a file by itself, small, that serves the models of every entry", async () => {
  const text = (await load(dist("text.js"))) as typeof import("../src/text/index.ts");
  expect(Object.keys(text)).toEqual(Object.keys(await import("../src/text/index.ts")).sort());
  const code = readFileSync(dist("text.js"), "utf8");
  expect(code).not.toMatch(/(from|import) ?"/);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(10_000);
  const characters = text.tokenizer({ level: "characters" }).fit("abc");
  const { dense, embedding, lstm } = source.layers;
  const net = source.sequential([
    embedding({ inputDim: characters.size, outputDim: 2, inputShape: [null] }),
    lstm({ units: 3 }),
    dense({ units: characters.size, activation: "softmax" }),
  ]);
  net.metadata.tokenizer = characters;
  const written = text.generate(net, { prompt: "a", steps: 8 });
  expect(written.text).toMatch(/^[abc]{8}$/);
  for (const entry of ["index", "inference"]) {
    const { loadModel } = await load(dist(`${entry}.js`));
    expect(text.generate(loadModel(net.save()), { prompt: "a", steps: 8 })).toEqual(written);
  }
  const { x, lengths } = text.padSequences(characters.encode(["abc", "b"]), { lengths: true });
  expect(net.predict({ x, lengths }).data).toEqual(net.predict([[2, 3, 4], [3]]).data);
});

it("curves is a file by itself, small", async () => {
  const curves = (await load(dist("curves.js"))) as typeof import("../src/curves/index.ts");
  expect(Object.keys(curves)).toEqual(["chart", "toSVG"]);
  const code = readFileSync(dist("curves.js"), "utf8");
  expect(code).not.toMatch(/(from|import) ?"/);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(7_000);
  expect(curves.toSVG({ loss: [2, 1] })).toContain("</svg>");
});

it("raw kernels compute over a memory of the program's own", async () => {
  const { rawKernels } = (await load(dist("kernels.js"))) as typeof import("../src/rawKernels.ts");
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = rawKernels(memory);
  const x = Math.ceil(kernels.memoryBase() / 16) * 16;
  new Float32Array(memory.buffer, x, 4).set([0, 1, -1, 2]);
  kernels.expForward(x + 16, x, 4);
  const y = [...new Float32Array(memory.buffer, x + 16, 4)];
  for (const [i, value] of [1, Math.E, 1 / Math.E, Math.E ** 2].entries()) expect(y[i]).toBeCloseTo(value, 5);
  expect(kernels).toHaveProperty("mLstmForward");
});

describe("a bundle of sequential, lstm and dense", () => {
  const program = (imports: string, layers: string) => `${imports}
    export const make = () => sequential([${layers}lstm({ units: 5, inputShape: [4, 3] }), ${layers}dense({ units: 1 })], { seed: 3 });`;
  const programs = {
    "from wasm-lstm/layers": program(
      'import { sequential } from "wasm-lstm"; import { dense, lstm } from "wasm-lstm/layers";',
      "",
    ),
    "by layers.lstm": program('import { layers, sequential } from "wasm-lstm";', "layers."),
  };

  it.each(Object.entries(programs))("%s is at most 74.5 kB, and trains to the same bits", async (name, text) => {
    const { file, code, bytes } = await bundle(name.replaceAll(/\W/g, "-"), text);
    expect(bytes).toBeLessThanOrEqual(74_500);
    expect(brings(code, M_LSTM)).toBe(false);
    const { lstm, dense } = source.layers;
    const nets: source.Model[] = [
      (await load(file)).make(),
      source.sequential([lstm({ units: 5, inputShape: [4, 3] }), dense({ units: 1 })], { seed: 3 }),
    ];
    const x = { shape: [2, 4, 3], data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)) };
    const [ours, theirs] = nets.map(net => {
      net.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
      for (let i = 0; i < 5; i++) net.trainOnBatch(x, [[1], [0]]);
      return [net.predict(x).data, net.save({ optimizer: true })];
    });
    expect(ours).toEqual(theirs);
  });

  it("has all layers if it loads files", async () => {
    const { file, code } = await bundle("load", 'export { loadModel } from "wasm-lstm";');
    expect(brings(code, M_LSTM)).toBe(true);
    const net = source.sequential([source.layers.mLSTM({ units: 4, inputShape: [3, 2] })]);
    const x = { shape: [1, 3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect((await load(file)).loadModel(net.save()).predict(x).data).toEqual(net.predict(x).data);
  });
});

describe("what a bundle has with what it imports alone", () => {
  type Made = typeof source & { run(): unknown };
  /** A program with some imports, all of which it may use. */
  const made = async (name: string, imports: string, body: string): Promise<Made> => {
    const program = `import { layers, sequential, standardScaler } from "wasm-lstm"; ${imports}
      const net = sequential([layers.lstm({ units: 2, inputShape: [null, 2] }), layers.dense({ units: 1 })], { seed: 3 });
      net.compile({ loss: "mse" });
      export function run() { ${body} }`;
    return load((await bundle(name, program)).file);
  };
  const leaves = (what: string, ability: string, entry = ability) =>
    `${what}: this entry of the package leaves ${ability} out; import "wasm-lstm/${entry}" too`;
  const noMore = (group: string) =>
    `; a bundle knows no others by name: import it from "wasm-lstm/${group}", or "wasm-lstm/everything" too`;

  it.each([
    ["streaming", "net.stream().step([1, 2])", leaves("stream", "streaming")],
    ["parts", 'net.part({ outputs: "lstm" })', leaves("part", "parts")],
    ["everything", "net.summary()", leaves("summary", "summaries", "everything")],
    ["lengths", "net.predict({ x: [[[1, 2]]], lengths: [1] })", leaves("x with lengths", "lengths")],
    [
      "lengths",
      "net.predict([[[1, 2]], [[1, 2], [3, 4]]])",
      "x: expected every row of axis 1 to have 1 entries, got one of 2; pad or cut the rows to one length, or import wasm-lstm/lengths",
    ],
    [
      "variants",
      'layers.lstm({ units: 2, peephole: "gers" })',
      'lstm peephole: this entry of the package has the plain cell alone; import "wasm-lstm/variants" too',
    ],
    [
      "variants",
      "layers.gru({ units: 2, layerNorm: true })",
      'gru layerNorm: this entry of the package has the plain cell alone; import "wasm-lstm/variants" too',
    ],
    [
      "activations",
      'layers.dense({ units: 2, activation: "silu" })',
      "dense activation: expected one of linear, relu, tanh, sigmoid, hardSigmoid, softplus, softsign, elu, selu, leakyRelu, " +
        'exponential, softmax, got "silu"; for more import "wasm-lstm/activations" too',
    ],
    [
      "everything",
      'net.compile({ loss: "huber" })',
      "loss: expected one of binaryCrossentropy, categoricalCrossentropy, meanAbsoluteError, meanSquaredError, " +
        `sparseCategoricalCrossentropy, got "huber"${noMore("losses")}`,
    ],
    [
      "everything",
      'net.compile({ loss: "mse", metrics: ["r2"] })',
      `metric: expected one of accuracy, meanAbsoluteError, meanSquaredError, rootMeanSquaredError, got "r2"${noMore("metrics")}`,
    ],
    [
      "everything",
      'net.compile({ loss: "mse", optimizer: "nadam" })',
      `optimizer: expected one of adam, rmsprop, sgd, got "nadam"${noMore("optimizers")}`,
    ],
  ])("%s: %s", async (entry, body, text) => {
    const name = `${entry}-${body.replace(/\W+/g, "-")}`;
    const { run } = await made(name, "", body);
    expect(run).toThrow(text);
    const more = await made(`${name}-more`, `import "wasm-lstm/${entry}";`, body);
    expect(more.run).not.toThrow();
    expect((await made(`${name}-all`, 'import "wasm-lstm/everything";', body)).run).not.toThrow();
  });

  it("has makers of which it has no names, and scalers in models", async () => {
    const { run } = await made(
      "makers",
      'import { huber } from "wasm-lstm/losses"; import { auc } from "wasm-lstm/metrics"; import { nadam } from "wasm-lstm/optimizers";',
      `net.setScaling({ target: standardScaler().fit([[0], [2]]) });
       net.compile({ loss: huber(), optimizer: nadam(), metrics: [auc()] });
       return net.trainOnBatch({ shape: [1, 2, 2], data: new Float32Array(4) }, [[1]]);`,
    );
    expect(run()).toMatchObject({ loss: 0 });
  });

  it("has the kernels of activations that are imported", async () => {
    const body = `const own = sequential([layers.dense({ units: 2, activation: "silu", inputShape: [1] })], { seed: 3 });
      return own.predict([[-1], [2]]).data;`;
    const { dense } = source.layers;
    const net = source.sequential([dense({ units: 2, activation: "silu", inputShape: [1] })], { seed: 3 });
    expect((await made("silu", 'import "wasm-lstm/activations";', body)).run()).toEqual(net.predict([[-1], [2]]).data);
    const without = await bundle(
      "without-silu",
      'export { sequential } from "wasm-lstm"; export { dense } from "wasm-lstm/layers";',
    );
    expect(brings(without.code, MORE_ACTIVATIONS)).toBe(false);
  });

  it.each([
    [
      "Conv",
      "layers.conv1D({ filters: 2, kernelSize: 2, inputShape })",
      /Conv "conv1D": this operator is not read by itself/,
    ],
    [
      "Erf",
      'layers.dense({ units: 2, activation: "gelu", inputShape })',
      /Erf .*: this operator is not read by itself/,
    ],
    [
      "products of pairs",
      "layers.attention()",
      /MatMul .*: a product of two that are computed from the inputs, or with a row/,
    ],
  ])("reads ONNX with what models mostly have, and %s by an import", async (_, layer, text) => {
    const imports =
      'import { input, model } from "wasm-lstm"; import "wasm-lstm/activations"; import { loadOnnx, saveOnnx } from "wasm-lstm/formats";';
    const body = `const inputShape = [4, 2];
      const layer = ${layer};
      const x = input({ shape: inputShape });
      const own = model({ inputs: x, outputs: layer.apply(/ttention/.test(layer.kind) ? [x, x] : x), seed: 3 });
      const ones = { shape: [1, 4, 2], data: new Float32Array(8).fill(1) };
      const [a, b] = [own, loadOnnx(saveOnnx(own))].map(each => each.predict(ones).data);
      return Math.max(...a.map((n, i) => Math.abs(n - b[i])));`;
    const name = `onnx-${layer.replace(/\W+/g, "-")}`;
    const { run } = await made(name, imports, body);
    expect(run).toThrow(text);
    expect(run).toThrow('import "wasm-lstm/operators" too, which reads more');
    const more = await made(`${name}-more`, `${imports} import "wasm-lstm/operators";`, body);
    expect(more.run()).toBeLessThan(1e-6);
  });

  it("has threads", async () => {
    const threads = "return sequential([layers.dense({ units: 1, inputShape: [1] })], { threads: 2 }).threads;";
    expect((await made("two-threads", "", threads)).run()).toBe(2);
  });

  it("has memories that models share", async () => {
    const { run } = await made(
      "memory",
      'import { modelMemory } from "wasm-lstm";',
      "return sequential([layers.dense({ units: 1, inputShape: [1] })], { memory: modelMemory() }).predict([[2]]).shape;",
    );
    expect(run()).toEqual([1, 1]);
  });
});
