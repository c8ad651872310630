/** `wasm-lstm` as Node reads it, by pieces: what programs see is what they see with everything read at once. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { input, layers, model, sequential, standardScaler } from "../src/index.ts";

const dist = new URL("../dist/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "start-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What Node takes for `wasm-lstm`. */
const START = "sync/index.js";

/** What a program prints, in a process of its own, by one of the files in dist/. */
function printed(entry: string | undefined, program: string, root = dist): string {
  const file = join(folder, "program.mjs");
  writeFileSync(
    file,
    `import { createHash } from "node:crypto";
    import { readFileSync } from "node:fs";
    ${
      entry
        ? `import * as all from ${JSON.stringify(new URL(entry, root).href)};
    const { layers, loadModel, losses, model, ndarray, ops, input, sequential } = all;`
        : ""
    }
    const read = name => readFileSync(new URL(name, import.meta.url));
    const hash = bytes => createHash("sha256").update(bytes).digest("hex");
    const print = value => console.log(typeof value === "string" ? value : JSON.stringify(value));
    const numbers = (...shape) => ({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)) });
    const attempt = action => { try { action(); print("no error"); } catch (error) { print(error.name + ": " + error.message); } };
    console.warn = text => print("warning: " + text);
    ${program}`,
  );
  return execFileSync(process.execPath, [file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

const x = { shape: [4, 5, 2], data: Float32Array.from({ length: 40 }, (_, i) => Math.cos(i)) };
const y = { shape: [4, 1], data: Float32Array.from({ length: 4 }, (_, i) => i / 4) };

beforeAll(async () => {
  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);
  const net = sequential(
    [
      layers.lstm({ units: 3, inputShape: [null, 2], name: "body" }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 1, name: "head" }),
    ],
    { seed: 5 },
  );
  write("bare.safetensors", net.save());
  net.setScaling({ input: standardScaler().fit(x), target: standardScaler().fit(y) });
  net.metadata = { note: ["kept"] };
  write("plain.safetensors", net.save());
  net.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae"] });
  await net.fit(x, y, { epochs: 2, verbose: 0 });
  write("trained.safetensors", net.save());
  write("checkpoint.safetensors", net.save({ optimizer: true }));

  const both = layers.bidirectional({ layer: layers.gru({ units: 2 }), inputShape: [5, 2] });
  write("second.safetensors", sequential([both, layers.dense({ units: 1 })]).save());

  const from = input({ shape: [5, 2] });
  const cell = layers.mLSTM({ units: 4, heads: 2 }).apply(from);
  const form = layers.lstm({ units: 2, peephole: "gers" }).apply(from);
  const joined = layers.concatenate().apply([cell, form]);
  const outputs = layers.dense({ units: 2, activation: "gelu" }).apply(joined);
  write("rare.safetensors", model({ inputs: from, outputs }).save());

  const bytes = Buffer.from(readFileSync(join(folder, "trained.safetensors")));
  const at = bytes.indexOf("meanSquaredError");
  bytes.write("meanSquaredErrxr", at);
  write("badLoss.safetensors", bytes);
});

it("exports what the main entry does, under the same names", () => {
  const names = "print(Object.keys(all)); print([...new Set(Object.values(all).map(value => typeof value))]);";
  const namespaces = `for (const [name, value] of Object.entries(all)) if (typeof value === "object") print([name, Object.keys(value), "lstm" in value, typeof value.l1]);`;
  expect(printed(START, names)).toBe(printed("index.js", names));
  const shown = printed(START, namespaces);
  expect(shown).toBe(printed("index.js", namespaces));
  expect(shown).toContain('"lstm"');
  const inspected = `import { inspect } from "node:util"; print(inspect(all.losses)); attempt(() => { all.losses.own = 1; });`;
  expect(printed(START, inspected)).toContain("huber");
  expect(printed(START, inspected)).toContain("TypeError");
});

it("predicts with none of the rest on disk", () => {
  const alone = join(folder, "alone");
  for (const file of [START, "node/start.cjs", "node/core.cjs", "kernels/start.wasm"]) {
    mkdirSync(dirname(join(alone, file)), { recursive: true });
    copyFileSync(new URL(file, dist), join(alone, file));
  }
  writeFileSync(join(alone, "package.json"), '{ "type": "module" }');
  const program = `for (const name of ["plain", "trained"]) {
      const net = loadModel(read(name + ".safetensors"));
      print([...net.predict(numbers(3, 5, 2)).data, ...net.predict({ x: numbers(2, 5, 2), lengths: [2, 5] }).data, ...net.predict([[[1, 2]], [[1, 2], [3, 4]]]).data]);
      print(net.metadata);
    }`;
  const away = new URL(`file://${alone}/`);
  expect(printed(START, program, away)).toBe(printed("index.js", program));
  expect(printed(START, `${program} attempt(() => sequential([]));`, away)).toContain(
    "Cannot find module './index.cjs'",
  );
  for (const name of ["moreLayers", "more"])
    copyFileSync(new URL(`node/${name}.cjs`, dist), join(alone, `node/${name}.cjs`));
  const second = 'print([...loadModel(read("second.safetensors")).predict(numbers(3, 5, 2)).data]);';
  expect(printed(START, second, away)).toBe(printed("index.js", second));
  rmSync(join(alone, "kernels"), { recursive: true });
  copyFileSync(new URL("node/texts.cjs", dist), join(alone, "node/texts.cjs"));
  expect(printed(START, program, away)).toBe(printed("index.js", program)); // by the kernels' text
});

it("stands for every entry that shares the library, but for the script of a worker, which is a program", () => {
  const { exports } = JSON.parse(readFileSync(new URL("../package.json", dist), "utf8"));
  const sharing = Object.entries<Record<string, string & Record<string, string>>>(exports).filter(
    ([, { default: file }]) =>
      /\.js$/.test(file ?? "") && /chunks\/library\.js/.test(readFileSync(new URL(`../${file}`, dist), "utf8")),
  );
  expect(sharing.length).toBeGreaterThan(15);
  for (const [name, { default: file, node }] of sharing) {
    if (name === "./worker/script") continue;
    expect(node, name).toEqual({ module: file, default: file.replace("dist/", "dist/sync/") });
  }
});

it("can be used at any moment of another entry's import", () => {
  for (const delay of [0, 0.5, 1, 2, 3, 5, 8, 12]) {
    const said = printed(
      START,
      `const other = import(new URL("layers.js", ${JSON.stringify(new URL("sync/", dist).href)}));
      for (const end = performance.now() + ${delay}; performance.now() < end; ) await new Promise(done => setImmediate(done));
      const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
      print([(await other).dense === layers.dense, net.predict([[1, 2]]).shape]);`,
    );
    expect(said, `${delay} ms`).toBe("[true,[1,1]]\n");
  }
});

describe("to the bits, and with the same words, as with everything at once", () => {
  it.each([
    [
      "training goes on",
      `const net = loadModel(read("trained.safetensors"));
      print((await net.fit(numbers(6, 5, 2), numbers(6, 1), { epochs: 3, verbose: 0 })).history);
      print(await net.evaluate(numbers(6, 5, 2), numbers(6, 1)));
      print(hash(net.save({ optimizer: true })));`,
    ],
    [
      "a loaded model is saved again",
      `for (const name of ["plain", "trained"]) {
        const net = loadModel(read(name + ".safetensors"));
        net.predict(numbers(1, 5, 2));
        print(hash(net.save())); print(net.summary());
      }
      print(hash(loadModel(read("trained.safetensors"), { compile: false }).save()));`,
    ],
    [
      "layers frozen before the first step of training",
      `const net = loadModel(read("trained.safetensors"));
      net.layer("body").trainable = false;
      await net.fit(numbers(6, 5, 2), numbers(6, 1), { epochs: 1, verbose: 0 });
      print(hash(net.save({ optimizer: true })));
      net.trainable = false;
      net.compile({ loss: "mae", optimizer: "sgd" });
      print(net.trainOnBatch(numbers(6, 5, 2), numbers(6, 1)));`,
    ],
    [
      "layers that go to another model",
      `const old = loadModel(read("trained.safetensors"));
      const from = input({ shape: [5, 2] });
      const first = layers.dense({ units: 2 }).apply(from);
      const net = model({ inputs: from, outputs: old.apply(first) }, { seed: 3 });
      net.compile({ loss: "mse", optimizer: "adam" });
      await net.fit(numbers(6, 5, 2), numbers(6, 1), { epochs: 2, verbose: 0 });
      print(await old.evaluate(numbers(6, 5, 2), numbers(6, 1)));
      print(old.optimizer.name);
      print(hash(old.save({ optimizer: true })));`,
    ],
    [
      "a part trained while the whole is asked",
      `const net = loadModel(read("trained.safetensors"));
      const part = net.part({ outputs: "body" });
      part.compile({ loss: "mse", optimizer: "adam" });
      const logs = [];
      await part.fit(numbers(6, 5, 2), numbers(6, 3), { epochs: 2, verbose: 0, callbacks: [{ onEpochEnd: () => { logs.push(hash(net.save({ optimizer: true }))); } }] });
      print(logs); print(await net.evaluate(numbers(6, 5, 2), numbers(6, 1)));`,
    ],
    [
      "rare layers",
      `const net = loadModel(read("rare.safetensors"), { threads: 2 });
      print([...net.predict(numbers(3, 5, 2)).data]); print(net.threads);`,
    ],
    [
      "streams",
      `const net = loadModel(read("trained.safetensors"));
      const stream = net.stream();
      print([stream.step([1, 2]), stream.step([3, 4])]);`,
    ],
    [
      "weights and scalers",
      `const net = loadModel(read("plain.safetensors"));
      print(net.layers[0].getWeights().map(({ shape }) => shape));
      net.layer("head").setWeights(net.layer("head").getWeights().map(({ shape, data }) => ndarray(data.map(value => value * 2), shape)));
      net.setWeights(net.getWeights());
      net.setScaling({ input: all.standardScaler().fit(numbers(9, 2)) });
      net.loadWeights(read("trained.safetensors"));
      print([...net.predict(numbers(2, 5, 2)).data]);
      print([...(await net.predictAsync(numbers(2, 5, 2))).data]);`,
    ],
    [
      "models that are made",
      `const own = all.defineLayer({ name: "twice", call: ({ x }) => ops.multiply(x, 2) });
      all.register({ layers: { twice: own } });
      const net = sequential([layers.gru({ units: 3, inputShape: [5, 2] }), own(), layers.dense({ units: 1 })], { seed: 2 });
      net.compile({ loss: losses.huber({ delta: 2 }), optimizer: "nadam" });
      print(net.trainOnBatch(numbers(4, 5, 2), numbers(4, 1)));
      print(hash(net.save())); print(hash(loadModel(net.save()).save()));`,
    ],
    [
      "mistakes",
      `attempt(() => loadModel(new Uint8Array(3)));
      attempt(() => loadModel(read("program.mjs")));
      attempt(() => loadModel(Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0])));
      const net = loadModel(read("plain.safetensors"));
      attempt(() => net.predict(numbers(3, 2, 5)));
      attempt(() => net.predict(numbers(5, 2)));
      attempt(() => net.predict([[[1, 2], [3]]]));
      attempt(() => net.predict(numbers(3, 5, 2), { batch_size: 2 }));
      attempt(() => net.layer("haed"));
      attempt(() => net.trainOnBatch(numbers(3, 5, 2), numbers(3, 1)));
      attempt(() => net.optimizer);
      attempt(() => net.compile({ loss: "hubert" }));
      attempt(() => net.setScaling({ inputs: 1 }));
      attempt(() => { net.metadata = { own: () => 1 }; net.save(); });
      attempt(() => loadModel(read("plain.safetensors"), { thread: 2 }));
      attempt(() => loadModel(read("plain.safetensors"), { threads: 0 }));
      attempt(() => loadModel(read("plain.safetensors"), { simd: "relaxed" }));
      attempt(() => loadModel(read("plain.safetensors"), { layers: { lstm: 3 } }));
      attempt(() => layers.lstm({ unit: 3 }));
      await net.fit(numbers(3, 5, 2), numbers(3, 1)).catch(error => print(error.message));`,
    ],
  ])("%s", { timeout: 60_000 }, (_, given) => {
    for (const program of new Set([given, given.replaceAll("trained.", "checkpoint.")])) {
      const byPieces = printed(START, program);
      expect(byPieces.length).toBeGreaterThan(20);
      expect(byPieces).toBe(printed("index.js", program));
    }
  });

  it("an optimizer's state of bytes that are used for something else", () => {
    const program = `const bytes = read("checkpoint.safetensors");
      const net = loadModel(bytes);
      bytes.fill(7);
      print(net.trainOnBatch(numbers(6, 5, 2), numbers(6, 1)));
      print(hash(net.save({ optimizer: true })));`;
    expect(printed(START, program)).toBe(printed("index.js", program));
  });
});

it("says what is wrong with a file's training when that is first asked for, and says it again", () => {
  const wrong = 'model file: loss: expected one of .*, got "meanSquaredErrxr"';
  const said = printed(
    START,
    `const net = loadModel(read("badLoss.safetensors"));
    print(net.predict(numbers(1, 5, 2)).shape);
    for (let i = 0; i < 2; i++) attempt(() => net.trainOnBatch(numbers(4, 5, 2), numbers(4, 1)));
    attempt(() => net.save());`,
  );
  expect(said).toMatch(new RegExp(`^\\[1,1\\]\n(RangeError: ${wrong}.*\n){3}$`));
  expect(printed("index.js", 'attempt(() => loadModel(read("badLoss.safetensors")));')).toMatch(new RegExp(wrong));
});

it("reads the kernels of the small entries from files, to the same bits", () => {
  const { exports } = JSON.parse(readFileSync(new URL("../package.json", dist), "utf8"));
  const [text, file] = ["module", "default"].map(condition =>
    ["inference", "cells", "scaling"].map(name => join("..", exports[`./${name}`].node[condition])),
  );
  expect(file).not.toEqual(text);
  const [byText, byFile] = [text, file].map(([entry, ...more]) =>
    printed(
      entry,
      `print(loadModel(read("bare.safetensors")).predict(numbers(2, 5, 2)).data);
      attempt(() => loadModel(read("rare.safetensors")));
      attempt(() => loadModel(read("plain.safetensors")));
      for (const file of ${JSON.stringify(more.map(name => new URL(name, dist).href))}) await import(file);
      for (const name of ["bare", "rare", "plain"]) print(loadModel(read(name + ".safetensors")).predict(numbers(2, 5, 2)).data);
      print(loadModel(read("bare.safetensors")).stream().step([1, 2]));`,
    ),
  );
  expect(byText).toContain('import "wasm-lstm/cells" too');
  expect(byFile).toBe(byText);
});

it("is one with the other entries, whichever comes first", () => {
  const entries = ["index.js", "layers.js", "formats.js", "forecast.js", "everything.js", "node.js", "worker/index.js"];
  const at = (name: string) => JSON.stringify(new URL(`sync/${name}`, dist).href);
  for (const order of [entries, [...entries].reverse()]) {
    const said = printed(
      undefined,
      `for (const file of ${JSON.stringify(order)}) await import(new URL(file, ${at("")}));
      const main = await import(${at("index.js")}), own = await import(${at("layers.js")});
      print(main.layers.lstm === own.lstm);
      const net = main.sequential([own.dense({ units: 1, inputShape: [2] })]);
      attempt(() => net.compile({ loss: "hubert" }));
      print(main.loadModel(net.save()).summary());
      print(main.loadModel(read("rare.safetensors")).layers.length);`,
    );
    expect(said).toContain("true\n");
    expect(said).toContain('did you mean "huber"?');
  }
});
