/** An entry that registers nothing, or only what it wants: what it carries, and what it can do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BASE } from "../src/engine/families/base.generated.ts";
import { layers, sequential, standardScaler } from "../src/index.ts";
import type { loadModel as LoadModel } from "../src/models/load.ts";
import { bundleOf, source } from "./helpers/bundle.ts";
import { expectError, numbers } from "./helpers/models.ts";

/** One file of all that a program needs, minified, and the files that it is made of. */
async function bundle(program: string) {
  const { code, modules } = await bundleOf(program);
  const files = Object.entries(modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([file]) => file.replace(`${source}/`, ""));
  return { code, files };
}

describe("import { loadModel } where nothing is registered", () => {
  it("brings less than 35 kB of minified JavaScript, 13 kB gzipped: no kernels, no layer, nothing that trains or predicts", async () => {
    const { code, files } = await bundle('export { loadModel } from "./models/load.ts";');
    expect(code.length).toBeLessThan(35_450);
    expect(gzipSync(code).length).toBeLessThan(13_000);
    expect(code.length).toBeGreaterThan(15_000);
    expect(code).not.toContain(BASE.text.slice(0, 1000));
    expect(files).toContain("models/load.ts");
    expect(files.filter(file => file.includes("generated"))).toEqual(["engine/unpack.generated.ts"]);
    const makers = /^(layers|recurrent|cells|ops|losses|metrics|optimizers|schedules|callbacks|data)\//;
    expect(files.filter(file => makers.test(file) && !/\/(registry|op)\.ts$/.test(file))).toEqual([]);
    expect(
      files.filter(file =>
        /trainer|training\/fit|autograd|initializers|recognize|threads\/pool|node_modules/.test(file),
      ),
    ).toEqual([]);
  });
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "entry-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a program exports. */
async function run(name: string, program: string): Promise<{ loadModel: typeof LoadModel }> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, (await bundle(program)).code);
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

it("an entry without kernels says where they are", async () => {
  const { loadModel } = await run(
    "bare",
    `
      import { dense } from "./layers/dense.ts";
      import { register } from "./registries.ts";
      register({ layers: { dense } });
      export { loadModel } from "./models/load.ts";
    `,
  );
  const bytes = sequential([layers.dense({ units: 1, inputShape: [2] })]).save();
  await expectError(
    () => loadModel(bytes),
    "Error",
    'kernels: the build "baseline" was not registered; import "wasm-lstm" before you make a model',
  );
});

describe("an entry with two layers and kernels", () => {
  let loadModel: typeof LoadModel;

  beforeAll(async () => {
    ({ loadModel } = await run(
      "two",
      `
      import { BASE } from "./engine/families/base.generated.ts";
      import { registerKernels } from "./engine/kernels.ts";
      import { dense } from "./layers/dense.ts";
      import { registerAbilities } from "./models/abilities.ts";
      import { predictBatches } from "./models/predict.ts";
      import { lstm } from "./recurrent/lstm.ts";
      import { register } from "./registries.ts";
      registerKernels(BASE);
      registerAbilities({ predicting: { predictBatches } });
      register({ layers: { dense, lstm } });
      export { loadModel } from "./models/load.ts";
    `,
    ));
  });

  const x = numbers([2, 3, 2]);
  const net = sequential([layers.lstm({ units: 4, inputShape: [3, 2] }), layers.dense({ units: 1 })]);

  it("predicts to the same bits, also a model that was compiled", () => {
    expect(loadModel(net.save()).predict(x).data).toEqual(net.predict(x).data);
    net.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
    expect(loadModel(net.save({ optimizer: true })).predict(x).data).toEqual(net.predict(x).data);
  });

  it("says what it has left out", async () => {
    const loaded = loadModel(net.save());
    const lacks = (what: string, name: string) =>
      `${what}: this entry of the package leaves ${name} out; import "wasm-lstm", which has everything`;
    await expectError(() => loaded.compile({ loss: "mse" }), "Error", lacks("compile", "training"));
    await expectError(() => loaded.stream(), "Error", lacks("stream", "streaming"));
    await expectError(() => loaded.save(), "Error", lacks("save", "saving"));
    await expectError(() => loaded.summary(), "Error", lacks("summary", "summaries"));
    await expectError(() => loadModel(net.save(), { compile: true }), "Error", lacks("loadModel compile", "training"));
    net.setScaling({ target: standardScaler().fit([[1], [2]]) });
    await expectError(() => loadModel(net.save()), "Error", lacks("model file: scalers", "scaling"));
    await expectError(() => loaded.part({ outputs: "lstm" }), "Error", lacks("part", "parts"));
    net.setScaling({});
    const other = sequential([layers.gru({ units: 1, inputShape: [3, 2] })]);
    await expectError(
      () => loadModel(other.save()),
      "RangeError",
      'model file: layer: expected one of dense, lstm, got "gru"; ' +
        "a file holds no code: import the layer and call loadModel(bytes, { layers: { gru } })",
    );
  });

  it("computes on one thread, and says so", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(loadModel(net.save(), { threads: 2 }).threads).toBe(1);
    expect(warn.mock.calls).toEqual([
      [
        'wasm-lstm: loadModel threads: 2 asked for, 1 used: this entry of the package leaves threads out; import "wasm-lstm", which has everything',
      ],
    ]);
    warn.mockRestore();
  });
});
