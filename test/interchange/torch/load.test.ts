/** State dicts that PyTorch and safetensors wrote, in this package's layers. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeSafetensors } from "../../../src/formats/safetensors.ts";
import { type Layer, layers, type Model, type NDArray, sequential } from "../../../src/index.ts";
import { loadTorchWeights, saveTorchWeights, torchGRU, torchLSTM, torchRNN } from "../../../src/interchange/index.ts";
import { numbers, scramble } from "../../helpers/models.ts";

const folder = new URL("../../fixtures/interchange/torch/", import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

const { bidirectional, dense, embedding, lstm } = layers;
const ids = () => embedding({ inputDim: 9, outputDim: 4, inputShape: [null] });
const fc = (units = 3) => dense({ units });
const size = { hiddenSize: 5 };

const stack = () =>
  sequential([ids(), ...torchLSTM({ ...size, numLayers: 2, bidirectional: true, dropout: 0.1 }), fc()]);
const MODELS: Record<string, () => Model> = {
  lstm: stack,
  gru: () => sequential([...torchGRU({ ...size, inputSize: 4, numLayers: 2, bidirectional: true }), fc()]),
  "gru.safetensors": () => sequential([...torchGRU({ ...size, inputSize: 4, numLayers: 3 }), fc()]),
  "rnn-relu": () =>
    sequential([...torchRNN({ ...size, inputSize: 4, numLayers: 2, bidirectional: true, nonlinearity: "relu" }), fc()]),
  "lstm-projected": () =>
    sequential([...torchLSTM({ ...size, inputSize: 4, numLayers: 2, bidirectional: true, projSize: 3 }), fc()]),
  "lstm-no-bias": () => sequential([...torchLSTM({ ...size, inputSize: 4, bias: false }), fc()]),
  "gru-no-bias": () => sequential([...torchGRU({ ...size, inputSize: 4, bias: false }), fc()]),
  mixed: () =>
    sequential([
      layers.conv1D({ filters: 6, kernelSize: 3, inputShape: [null, 4] }),
      layers.batchNormalization({ epsilon: 1e-5 }),
      lstm({ units: 5 }),
      layers.layerNormalization({ epsilon: 1e-5 }),
      dense({ units: 2, useBias: false }),
    ]),
  twins: () =>
    sequential([
      lstm({ units: 4, returnSequences: true, inputShape: [null, 4] }),
      dense({ units: 4, name: "a" }),
      layers.timeDistributed({ layer: dense({ units: 4 }), name: "b" }),
    ]),
};
const NAMES: Record<string, Record<string, string>> = {
  "twins.safetensors": { lstm: "body", a: "first", b: "second" },
};
const files = readdirSync(folder)
  .filter(name => name.endsWith(".json"))
  .map(name => name.replace(".json", ""));
const modelOf = (file: string) => {
  const plain = file.replace(/\.\w+$/, "");
  const make = MODELS[file] ?? MODELS[plain] ?? MODELS[plain.split("-")[0]];
  return make();
};

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe("PyTorch's weights", () => {
  it.each(files)("%s predicts as PyTorch does", file => {
    const net = modelOf(file);
    const names = NAMES[file];
    loadTorchWeights(net, bytesOf(file), names ? { names } : {});
    const { x, y } = fixture(file);
    const predicted = net.predict({ shape: x.shape, data: Float32Array.from(x.data) });
    expect(predicted.shape).toEqual(y.shape);
    expect(farthest(predicted.data, y.data)).toBeLessThan(1e-6);
    if (names) return;
    // What goes out comes back to the same bits.
    const again = modelOf(file);
    loadTorchWeights(again, saveTorchWeights(net));
    expect(again.getWeights()).toEqual(net.getWeights());
  });

  it("tells which module each layer got", () => {
    expect(loadTorchWeights(stack(), bytesOf("lstm.pt"))).toEqual({
      embedding: "e",
      lstm_l0: "r_l0",
      lstm_l1: "r_l1",
      dense: "fc",
    });
  });

  it("loads the layers that names list, and leaves the others", () => {
    const net = stack();
    const before = net.getWeights();
    loadTorchWeights(net, bytesOf("lstm.pt"), { names: { dense: "fc", lstm_l1: "r_l1" } });
    const changed = net.getWeights().map((weight, i) => weight.data.some((value, k) => value !== before[i].data[k]));
    expect(changed).toEqual([false, ...new Array(6).fill(false), ...new Array(6).fill(true), true, true]);
  });

  it("takes two biases as one of their sum, and those of a GRU as they are", () => {
    const net = sequential([...torchGRU({ ...size, inputSize: 4, numLayers: 3 }), fc()]);
    loadTorchWeights(net, bytesOf("gru.safetensors"));
    const saved = saveTorchWeights(net, { names: { gru_l0: "r_l0", gru_l1: "r_l1", gru_l2: "r_l2", dense: "fc" } });
    // Sorted as safetensors sorts them, the numbers are those of the file.
    const again = sequential([
      ...torchGRU({ ...size, inputSize: 4, numLayers: 3, name: "r" }),
      dense({ units: 3, name: "fc" }),
    ]);
    expect(loadTorchWeights(again, saved)).toEqual({ r_l0: "r_l0", r_l1: "r_l1", r_l2: "r_l2", fc: "fc" });
    expect(again.getWeights()).toEqual(net.getWeights());
  });
});

describe("what is written", () => {
  const sizes = { inputSize: 3, hiddenSize: 4, numLayers: 2, name: "rnn" };
  const both = { ...sizes, bidirectional: true };
  it.each<[string, () => Layer[], string, object]>([
    ["lstm", () => torchLSTM(both), "LSTM", { size: 8, bidirectional: true }],
    ["projected", () => torchLSTM({ ...both, projSize: 2 }), "LSTM", { size: 4, bidirectional: true, proj_size: 2 }],
    ["gru", () => torchGRU(both), "GRU", { size: 8, bidirectional: true }],
    ["no-bias", () => torchGRU({ ...sizes, bias: false }), "GRU", { size: 4, bias: false }],
    [
      "relu",
      () => torchRNN({ ...both, nonlinearity: "relu" }),
      "RNN",
      { size: 8, bidirectional: true, nonlinearity: "relu" },
    ],
  ])("%s has the names of PyTorch, and comes back to the same bits", (name, stack, kind, options) => {
    const make = () => sequential([...stack(), dense({ units: 2, name: "fc" })]);
    const net = make();
    scramble(net);
    const bytes = saveTorchWeights(net);
    const header = new TextDecoder().decode(
      bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))),
    );
    expect(Object.keys(JSON.parse(header))).toContain("rnn.weight_hh_l1");
    const again = make();
    loadTorchWeights(again, bytes);
    expect(again.getWeights()).toEqual(net.getWeights());
    const folder = process.env.ONNX_FILES; // for check_onnx_files.py
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const x = numbers([2, 5, 3]);
    const plain = ({ shape, data }: NDArray) => ({ shape, data: [...data] });
    writeFileSync(`${folder}/${name}.safetensors`, bytes);
    writeFileSync(`${folder}/${name}.json`, JSON.stringify({ kind, options, x: plain(x), y: plain(net.predict(x)) }));
  });
});

describe("stacks", () => {
  it("begin with weights within PyTorch's limits, without a forget bias", () => {
    const net = sequential(torchLSTM({ inputSize: 3, hiddenSize: 16, bidirectional: true }), { seed: 4 });
    for (const { data } of net.getWeights()) {
      expect(Math.max(...data)).toBeLessThan(0.25);
      expect(Math.min(...data)).toBeGreaterThanOrEqual(-0.25);
      expect(Math.max(...data)).toBeGreaterThan(0.15);
    }
  });

  it("have dropout between their layers, and not behind the last", () => {
    const kinds = torchGRU({ hiddenSize: 2, numLayers: 3, dropout: 0.2 }).map(layer => layer.kind);
    expect(kinds).toEqual(["gru", "dropout", "gru", "dropout", "gru"]);
  });

  it("give the last outputs on request", () => {
    const [layer] = torchRNN({ inputSize: 2, hiddenSize: 3, bidirectional: true, returnSequences: false });
    expect(layer.outputShapes([[7, 2]])).toEqual([[6]]);
  });
});

describe("what is refused, by name", () => {
  const one = (options: object) => () => sequential([lstm({ units: 4, inputShape: [null, 4], ...options })]);
  const linear = () => sequential([dense({ units: 2, inputShape: [2] })]);
  const load = (net: () => Model, file: string | Uint8Array, options?: object) => () =>
    loadTorchWeights(net(), typeof file === "string" ? bytesOf(file) : file, options);
  const save = (net: () => Model, options?: object) => () => saveTorchWeights(net(), options);
  const text = (words: string) => new TextEncoder().encode(words);
  const two = () =>
    sequential([
      lstm({ units: 4, returnSequences: true, inputShape: [null, 4] }),
      dense({ units: 4, name: "a" }),
      dense({ units: 4, name: "b" }),
    ]);

  it.each<[string, () => unknown, RegExp]>([
    ["an empty file", load(linear, new Uint8Array()), /an empty file/],
    ["a text", load(linear, text("not a model")), /safetensors/],
    ["an object for bytes", load(linear, {} as Uint8Array), /expected its bytes as a Uint8Array/],
    ["a whole module", load(linear, "whole.pt"), /only state dicts are read: .*state_dict\(\)/],
    ["two state dicts", load(linear, "two.pt"), /2 state dicts in it \(generator, critic\)/],
    ["none", load(linear, "none.pt"), /no state dict/],
    ["whole numbers for weights", load(linear, "whole-numbers.pt"), /weight: expected floating-point numbers, got I32/],
    ["NaN for a weight", load(linear, "nan.pt"), /dense\/kernel has NaN at \[0, 0\]/],
    ["half a file", load(stack, bytesOf("lstm.pt").slice(0, 4000)), /its zip/],
    ["half an old file", load(stack, bytesOf("lstm-legacy.pth").slice(0, 4000)), /cut off/],
    ["a module too many", load(linear, "lstm.pt"), /layer "dense" \(nn.Linear: weight \[2, 2\], bias \[2\]\)/],
    [
      "weights in two parts",
      load(
        linear,
        encodeSafetensors(
          [
            { name: "fc.bias", shape: [2], data: Float32Array.of(1, 2) },
            { name: "fc.parametrizations.weight.original0", shape: [2, 1], data: Float32Array.of(1, 2) },
            { name: "fc.parametrizations.weight.original1", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
          ],
          {},
        ),
      ),
      /layer "dense".*got 0; .*; fold weight_norm in first: remove_parametrizations\(\)/,
    ],
    ["modules left over", load(() => sequential([ids(), fc(5)]), "lstm.pt"), /layer "dense"/],
    [
      "another size",
      load(
        () => sequential([ids(), ...torchLSTM({ hiddenSize: 4, numLayers: 2, bidirectional: true }), fc()]),
        "lstm.pt",
      ),
      /layer "lstm_l0" \(nn.LSTM: weight_ih \[16, 4\].*the file has e \(weight \[9, 4\]\), r_l0 \(weight_ih \[20, 4\]/,
    ],
    [
      "one direction too few",
      load(() => sequential([ids(), ...torchLSTM({ ...size, numLayers: 2 }), fc()]), "lstm.pt"),
      /layer "lstm_l0"/,
    ],
    [
      "twins without names",
      load(two, "twins.safetensors"),
      /first, second have the same shapes.*names: \{ a: "…", b: "…" \}/,
    ],
    [
      "a layer that is not there",
      load(linear, "lstm.pt", { names: { dens: "fc" } }),
      /no layer with weights "dens", did you mean "dense"/,
    ],
    [
      "a module that is not there",
      load(linear, "lstm.pt", { names: { dense: "fd" } }),
      /no module "fd", did you mean "fc"/,
    ],
    [
      "a name that is none",
      load(linear, "lstm.pt", { names: { dense: 3 } }),
      /names dense: expected the name of a module, got 3/,
    ],
    ["names that are none", load(linear, "lstm.pt", { names: ["fc"] }), /names: expected an object of names/],
    [
      "a module of another shape by name",
      load(linear, "lstm.pt", { names: { dense: "fc" } }),
      /layer "dense" .* does not fit the module fc \(weight \[3, 10\], bias \[3\]\)/,
    ],
    ["an option that there is not", load(linear, "lstm.pt", { strict: false }), /unknown option "strict"/],
    [
      "another activation",
      load(one({ activation: "relu" }), "lstm.pt"),
      /layer "lstm": activation is "relu", and nn.LSTM has "tanh" alone/,
    ],
    [
      "another activation of gates",
      save(one({ recurrentActivation: "hardSigmoid" })),
      /layer "lstm": recurrentActivation is "hardSigmoid"/,
    ],
    ["peepholes", save(one({ peephole: "gers" })), /layer "lstm": peephole is "gers", and nn.LSTM has no such thing/],
    ["coupled gates", save(one({ coupledGates: true })), /coupledGates/],
    ["layer normalization", save(one({ layerNorm: true })), /layerNorm/],
    ["a clipped cell state", save(one({ cellClip: 3 })), /cellClip/],
    ["clipped gates", save(one({ clip: 3 })), /clip is 3/],
    ["squared input gates", save(one({ inputGate: "squared" })), /inputGate/],
    ["zoneout, which changes predictions", save(one({ zoneout: 0.1 })), /zoneout/],
    [
      "a GRU that resets before",
      save(() => sequential([layers.gru({ units: 2, resetAfter: false, inputShape: [3, 2] })])),
      /layer "gru": resetAfter is false, and nn.GRU has true alone/,
    ],
    [
      "a layer that PyTorch has not",
      save(() => sequential([layers.sLSTM({ units: 2, inputShape: [3, 2] })])),
      /layer "sLSTM": sLSTM has no counterpart in PyTorch/,
    ],
    [
      "the inside of bidirectional",
      save(() =>
        sequential([
          bidirectional({ layer: layers.gru({ units: 2, recurrentActivation: "tanh" }), inputShape: [3, 2] }),
        ]),
      ),
      /layer "bidirectional": recurrentActivation is "tanh"/,
    ],
    ["one name for two layers", save(two, { names: { a: "fc", b: "fc" } }), /two layers are to be "fc.weight"/],
    ["a name for a layer that is not there", save(two, { names: { c: "fc" } }), /no layer with weights "c"/],
    ["no model", () => saveTorchWeights({} as Model), /expected a model, got an object/],
    [
      "arrays that begin with time",
      () => torchLSTM({ hiddenSize: 2, batchFirst: false }),
      /batchFirst: expected true, got false; arrays are \[N, T, C\] here/,
    ],
    [
      "a projection as large as the state",
      () => torchLSTM({ hiddenSize: 2, projSize: 2 }),
      /projection: expected fewer than units/,
    ],
    ["a projected GRU", () => torchGRU({ hiddenSize: 2, projSize: 1 } as never), /unknown option "projSize"/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(/^(load|save)?[tT]orch|^lstm|^model file/);
  });

  it("leaves all weights as they were", () => {
    const net = stack();
    const before = net.getWeights();
    expect(() => loadTorchWeights(net, bytesOf("gru.pt"))).toThrow();
    expect(net.getWeights()).toEqual(before);
  });
});

describe("pickles execute nothing", () => {
  const pickle = (...parts: (string | number)[]) =>
    Uint8Array.from(parts.flatMap(part => (typeof part === "number" ? [part] : [...new TextEncoder().encode(part)])));
  const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
  const old = (...parts: (string | number)[]) =>
    pickle(...MAGIC, 0x80, 2, "K\x01.", 0x80, 2, "}.", 0x80, 2, ...parts, 0x80, 2, "].");
  const net = () => sequential([dense({ units: 2, inputShape: [2] })]);
  it.each<[string, Uint8Array, RegExp]>([
    ["os.system", old("cos\nsystem\n(X", 2, 0, 0, 0, "lstR."), /asks to call os.system; only state dicts/],
    ["builtins.eval", old("c__builtin__\neval\n(X", 1, 0, 0, 0, "1tR."), /__builtin__.eval/],
    ["a class", old("ctorch.nn\nLinear\n)", 0x81, "."), /a whole module or another object/],
    ["attributes of an object", old("cos\nsystem\n}b."), /gives attributes/],
    ["__proto__ as a key", old("}X", 9, 0, 0, 0, "__proto__}X", 1, 0, 0, 0, "aK\x01ss."), /no state dict/],
    ["a list in itself", old("]q", 0, "h", 0, "a."), /no state dict/],
    [
      "a tensor larger than its storage",
      old(
        "ctorch._utils\n_rebuild_tensor_v2\n((X",
        7,
        0,
        0,
        0,
        "storagectorch\nFloatStorage\nX",
        1,
        0,
        0,
        0,
        "0X",
        3,
        0,
        0,
        0,
        "cpuK",
        4,
        "NtQK",
        0,
        "J",
        0,
        0,
        0,
        0x40,
        0x85,
        "K",
        0,
        0x85,
        0x89,
        "NtR.",
      ),
      /does not fit its place/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => loadTorchWeights(net(), bytes)).toThrow(message);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });
});
