import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listNames } from "../../src/describe.ts";
import { input, layers, loadModel, model, sequential, standardScaler } from "../../src/index.ts";
import { LAYER_NAMES } from "../../src/layers/names.generated.ts";
import { expectError, numbers } from "../helpers/models.ts";

const { bidirectional, dense, lstm } = layers;

// biome-ignore lint/suspicious/noExplicitAny: files under test hold anything
type Json = any;

function smallFile(): Uint8Array<ArrayBuffer> {
  const net = sequential([lstm({ units: 1, inputShape: [2, 1] }), dense({ units: 1 })], { seed: 3 });
  net.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
  net.setScaling({ input: standardScaler().fit([[1], [4]]) });
  net.trainOnBatch(
    [
      [[1], [2]],
      [[3], [4]],
    ],
    [[1], [2]],
  );
  return net.save({ optimizer: true });
}

/** A file with this header before these numbers. */
function fileOf(header: unknown, body = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + head.length + body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  file.set(body, 8 + head.length);
  return file;
}

function partsOf(file: Uint8Array<ArrayBuffer>): { header: Json; model: Json; body: Uint8Array<ArrayBuffer> } {
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  return { header, model: JSON.parse(header.__metadata__.model), body: file.slice(start) };
}

/** The small file after a change of its header or architecture. */
function changed(change: (parts: { header: Json; model: Json }) => void, file = smallFile()): Uint8Array<ArrayBuffer> {
  const { header, model: architecture, body } = partsOf(file);
  change({ header, model: architecture });
  if (header.__metadata__?.model) header.__metadata__.model = JSON.stringify(architecture);
  return fileOf(header, body);
}

/** Loads; true for a model, false for a refusal that is as it should be. */
function loads(file: Uint8Array): boolean {
  try {
    const net = loadModel(file);
    expect(net.memoryBytes).toBeLessThan(2 ** 20);
    return true;
  } catch (error) {
    const { name, message } = error as Error;
    expect(["TypeError", "RangeError"]).toContain(name);
    expect((error as Error).constructor === TypeError || (error as Error).constructor === RangeError).toBe(true);
    expect(message).not.toMatch(/[\r\n]/);
    expect(message.length).toBeLessThan(1000);
    // Nothing that the runtime says when a check is missing.
    expect(message).not.toMatch(
      /undefined \(reading|not iterable|not a function|convert|call stack|Invalid typed array/,
    );
    return false;
  }
}

describe("files that are cut or damaged", () => {
  it("are refused at every length but the whole", () => {
    const file = smallFile();
    for (let length = 0; length < file.length; length++) {
      expect(loads(file.subarray(0, length)), `${length} of ${file.length} bytes`).toBe(false);
    }
    expect(loads(file)).toBe(true);
  });

  it("are refused with bytes after the end", () => {
    const file = smallFile();
    expect(loads(new Uint8Array([...file, 0]))).toBe(false);
    expect(loads(new Uint8Array([...file, ...file]))).toBe(false);
  });

  it("load or are refused clearly with any single byte changed", () => {
    const file = smallFile();
    for (let at = 0; at < file.length; at++) {
      const copy = file.slice();
      copy[at] ^= 1 << (at % 8);
      loads(copy);
    }
  });

  it("load or are refused clearly with any few bytes changed", () => {
    const file = smallFile();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), changes => {
        const copy = file.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        loads(copy);
      }),
      { seed: 1, numRuns: 1500 },
    );
  });

  it("are refused when they are other bytes altogether", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        expect(loads(bytes)).toBe(false);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe("files whose JSON is changed", () => {
  const everyPath = (value: Json, path: (string | number)[] = []): (string | number)[][] => [
    path,
    ...(typeof value === "object" && value !== null
      ? Object.keys(value).flatMap(key => everyPath(value[key], [...path, key]))
      : []),
  ];
  const put = (root: Json, path: (string | number)[], value: unknown): Json => {
    if (path.length === 0) return value;
    const copy = structuredClone(root);
    const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
    const key = path[path.length - 1];
    if (value === undefined) delete parent[key];
    else parent[key] = value;
    return copy;
  };
  const VALUES: unknown[] = [
    undefined,
    null,
    true,
    0,
    -1,
    1.5,
    1e9,
    2 ** 53,
    1e300,
    "",
    "constructor",
    "__proto__",
    "length",
    "line\nbreak",
    "x".repeat(5000),
    [],
    [[]],
    [null],
    [-1],
    ["a"],
    [1e9, 1e9],
    new Array(200).fill(1),
    {},
    { constructor: { name: "two\nlines" }, toString: 1 },
    [{ toString: 1 }],
    [[{ toString: null, constructor: null }]],
  ];
  const a = input({ shape: [null, 2] });
  const [y, h] = lstm({ units: 2, returnSequences: true, returnState: true }).applyAll(a);
  const both = bidirectional({ layer: lstm({ units: 1, kernelInitializer: { name: "normal", mean: 1 } }) }).apply(y);
  const graph = model({ inputs: a, outputs: [h, both] });
  graph.compile({ loss: ["mse", "huber"], optimizer: "sgd" });

  it.each([
    ["a small sequential model", smallFile()],
    ["a graph with a bidirectional layer", graph.save({ optimizer: true })],
  ])("load or are refused clearly, whatever stands in any place: %s", (_name, file) => {
    const { header, model: architecture, body } = partsOf(file);
    let refused = 0;
    for (const path of everyPath(architecture)) {
      for (const value of VALUES) {
        const text = JSON.stringify(put(architecture, path, value)) ?? "";
        if (!loads(fileOf({ ...header, __metadata__: { ...header.__metadata__, model: text } }, body))) refused++;
      }
    }
    for (const path of everyPath(header)) {
      for (const value of VALUES) if (!loads(fileOf(JSON.stringify(put(header, path, value)) ?? "", body))) refused++;
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe("headers", () => {
  const SAFETENSORS = "expected a safetensors file, maybe it is cut off or another format";
  const CHANGED = "it was not written by this package, or was changed since";

  it.each([
    [Uint8Array.of(1), "it has only 1 bytes"],
    [new Uint8Array(7), "it has only 7 bytes"],
    [new Uint8Array(8).fill(255), "its header claims 18446744073709551615 bytes"],
    [new Uint8Array([100, 0, 0, 0, 0, 0, 0, 0, 123]), "its header claims 100 bytes"],
    [fileOf("{"), "its header is not JSON"],
    [new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 255]), "its header is not JSON"],
    [fileOf([]), "its header is not an object"],
    [fileOf(null), "its header is not an object"],
    [fileOf({ __metadata__: 5 }), "its metadata is not a list of texts"],
    [fileOf({ __metadata__: { a: 5 } }), "its metadata is not a list of texts"],
    [fileOf({ w: 5 }), 'tensor "w" has no description'],
    [fileOf({ "a\nb": 5 }), 'tensor "a\\nb" has no description'],
    [fileOf({ w: { dtype: "F16" } }), 'tensor "w" is "F16", not "F32"'],
    [fileOf({ w: {} }), 'tensor "w" is undefined, not "F32"'],
    [fileOf({ w: { dtype: "F32", shape: [-1] } }), 'tensor "w" has no valid shape'],
    [fileOf({ w: { dtype: "F32", shape: new Array(33).fill(1) } }), 'tensor "w" has no valid shape'],
    [fileOf({ w: { dtype: "F32", shape: [1] } }), 'tensor "w" has no place'],
    [fileOf({ w: { dtype: "F32", shape: [1], data_offsets: [0, 4, 8] } }), 'tensor "w" has no place'],
    [
      fileOf({ w: { dtype: "F32", shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, new Uint8Array(4)),
      'tensor "w" of shape [1099511627776, 1099511627776] does not fit its place 0 to 4',
    ],
    [
      fileOf({ w: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, new Uint8Array(4)),
      'tensor "w" of shape [2] does not fit its place 0 to 8',
    ],
    [
      fileOf({ w: { dtype: "F32", shape: [1], data_offsets: [4, 0] } }, new Uint8Array(4)),
      'tensor "w" of shape [1] does not fit its place 4 to 0',
    ],
    [
      fileOf(
        {
          a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
          b: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
        },
        new Uint8Array(12),
      ),
      "its tensors overlap or leave holes",
    ],
    [
      fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [4, 8] } }, new Uint8Array(8)),
      "its tensors overlap or leave holes",
    ],
    [
      fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, new Uint8Array(8)),
      "it has bytes after the last tensor",
    ],
  ])("are refused with a reason: case %#", async (file, reason) => {
    await expectError(() => loadModel(file), "RangeError", `model file: ${reason}; ${SAFETENSORS}`);
  });

  it.each([
    [null, "null"],
    ["model.safetensors", '"model.safetensors"; loadModelFile(path) of "wasm-lstm/node" reads files'],
    [new ArrayBuffer(9), "an object (ArrayBuffer); pass new Uint8Array(buffer)"],
    [[1, 2, 3], "an array of 3"],
  ])("are refused when there are no bytes: %j", async (value, got) => {
    await expectError(
      () => loadModel(value as unknown as Uint8Array),
      "TypeError",
      `model file: expected its bytes as a Uint8Array, got ${got}`,
    );
  });

  it("take empty tensors beside others in any order", () => {
    const file = changed(({ header }) => {
      header.extra = { dtype: "F32", shape: [0, 1e9], data_offsets: [0, 0] };
    });
    expect(loads(file)).toBe(true);
  });

  it.each<[(parts: { header: Json; model: Json }) => void, string]>([
    [({ header }) => delete header["dense/kernel"], "its tensors overlap or leave holes; EXPECTED"],
    [
      ({ header }) => {
        header.other = header["dense/kernel"];
        delete header["dense/kernel"];
      },
      'it has no tensor "dense/kernel"; CHANGED',
    ],
    [
      ({ header }) => {
        header.other = header["optimizer/m/dense/kernel"];
        delete header["optimizer/m/dense/kernel"];
      },
      'it has no tensor "optimizer/m/dense/kernel"; CHANGED',
    ],
    [
      ({ header }) => {
        header["dense/kernel"].shape = [1];
      },
      'tensor "dense/kernel" should be [1, 1] and is [1]; CHANGED',
    ],
    [
      ({ model: m }) => {
        m.layers[1].options.units = 1e9;
      },
      'tensor "dense/kernel" should be [1, 1000000000] and is [1, 1]; CHANGED',
    ],
    [
      ({ model: m }) => {
        m.layers[0].options.units = 1e9;
      },
      'tensor "lstm/kernel" should be [1, 4000000000] and is [1, 4]; CHANGED',
    ],
    [({ model: m }) => delete m.layers, "layers is not a list; CHANGED"],
    [
      ({ model: m }) => {
        m.nodes[1].layer = 7;
      },
      "layer 7 is not there; CHANGED",
    ],
    [
      ({ model: m }) => {
        m.nodes[1].inputs = [[5, 0]];
      },
      "node 5 is not there; CHANGED",
    ],
    [
      ({ model: m }) => {
        m.nodes[1].inputs = [[0, 1]];
      },
      "output 1 is not there; CHANGED",
    ],
    [
      ({ model: m }) => {
        m.nodes[1].inputs = [["constructor", "name"]];
      },
      'node "constructor" is not there; CHANGED',
    ],
    [
      ({ model: m }) => {
        m.nodes[0].shape = [{ toString: 1 }];
      },
      "an input shape is not a list of sizes; CHANGED",
    ],
    [
      ({ model: m }) => {
        m.outputs = [];
        m.inputs = [];
      },
      "it has no inputs or no outputs; CHANGED",
    ],
    [
      ({ model: m }) => {
        const { kind, options } = m.layers[0];
        const wrapped = { kind: "bidirectional", options: { layer: { kind, options } } };
        m.layers[0] = { kind: "bidirectional", options: { layer: wrapped } };
      },
      "a layer inside a layer holds another; CHANGED",
    ],
    [
      ({ model: m }) => {
        for (let depth = 0; depth < 10; depth++) {
          m.layers[0] = { kind: "timeDistributed", options: { layer: { ...m.layers[0], name: "" } } };
        }
      },
      "a layer inside a layer holds another; CHANGED",
    ],
    [
      ({ model: m }) => {
        m.compile.losses = "mse";
      },
      "losses is not a list; CHANGED",
    ],
  ])("are refused when they contradict the architecture: case %#", async (change, reason) => {
    const text = reason.replace("EXPECTED", SAFETENSORS).replace("CHANGED", CHANGED);
    await expectError(() => loadModel(changed(change)), "RangeError", `model file: ${text}`);
  });

  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [null, "TypeError", "model file: seed: expected a whole number in [0, 4294967295], got null"],
    ["1", "TypeError", 'model file: seed: expected a whole number in [0, 4294967295], got "1"'],
    [-1, "RangeError", "model file: seed: expected a whole number in [0, 4294967295], got -1"],
    [0.5, "RangeError", "model file: seed: expected a whole number in [0, 4294967295], got 0.5"],
  ])("are refused with the seed %j", async (seed, type, message) => {
    const file = changed(({ model: m }) => {
      m.seed = seed;
    });
    await expectError(() => loadModel(file), type, message);
  });

  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [null, "TypeError", "model file: expected a layer, got null"],
    [
      { kind: "transformer" },
      "RangeError",
      `model file: layer: expected one of ${listNames(LAYER_NAMES)}, got "transformer"; ` +
        "a file holds no code: import the layer and call loadModel(bytes, { layers: { transformer } })",
    ],
    [{ kind: "dense" }, "TypeError", "dense units: expected a whole number >= 1, got undefined"],
  ])("are refused with the layer %j", async (layer, type, message) => {
    const file = changed(({ model: m }) => {
      m.layers[1] = layer;
    });
    await expectError(() => loadModel(file), type, message);
  });

  it("are refused with a seed that is no JSON number, and with one that is infinite", async () => {
    const { header, body } = partsOf(smallFile());
    const withSeed = (seed: string) => {
      const text = header.__metadata__.model.replace('"seed":3', `"seed":${seed}`);
      return fileOf({ ...header, __metadata__: { ...header.__metadata__, model: text } }, body);
    };
    await expectError(() => loadModel(withSeed("NaN")), "RangeError", /its architecture is not JSON/);
    await expectError(() => loadModel(withSeed("1e999")), "RangeError", /seed: expected .* got Infinity/);
  });

  it("are refused when another program wrote them", async () => {
    const tensors = { w: { dtype: "F32", shape: [1], data_offsets: [0, 4] } };
    await expectError(
      () => loadModel(fileOf(tensors, new Uint8Array(4))),
      "RangeError",
      'model file: expected a model saved by wasm-lstm (format "wasm-lstm/1"), got undefined; ' +
        "weights of other programs have no architecture to read",
    );
    await expectError(
      () => loadModel(fileOf({ __metadata__: { format: "pt" } })),
      "RangeError",
      /got "pt"; weights of other programs/,
    );
  });

  it("are refused when layers are nested deeper than the call stack", () => {
    const { header, model: architecture, body } = partsOf(smallFile());
    const open = '{"kind":"bidirectional","name":"","options":{"layer":';
    const deep = `${open.repeat(30_000)}{"kind":"lstm","name":"","options":{"units":1}}${"}}".repeat(30_000)}`;
    const text = JSON.stringify({ ...architecture, layers: ["DEEP"] }).replace('"DEEP"', deep);
    expect(loads(fileOf({ ...header, __metadata__: { ...header.__metadata__, model: text } }, body))).toBe(false);
  });

  it("get no memory for tensors that all claim the same bytes", async () => {
    const size = 2 ** 20;
    const entries: Record<string, unknown> = {};
    for (let i = 0; i < 20_000; i++) entries[`t${i}`] = { dtype: "F32", shape: [size], data_offsets: [0, 4 * size] };
    await expectError(() => loadModel(fileOf(entries, new Uint8Array(4 * size))), "RangeError", /overlap/);
  });
});

describe("sizes that a file claims", () => {
  it("are refused before anything is as large", async () => {
    for (const [units, heads] of [
      [2 ** 53 - 1, 2 ** 52],
      [1e9 + 7, 2],
    ]) {
      const file = changed(({ model }) => {
        model.layers[0] = { kind: "mLSTM", name: "", options: { units, heads } };
      });
      await expectError(() => loadModel(file), "RangeError", /mLSTM heads: expected a number that divides units/);
    }
  });
});

describe("keys of prototypes", () => {
  const { header, model: architecture, body } = partsOf(smallFile());
  const text = JSON.stringify(architecture);
  const spiked = [
    // in the metadata of the model, where anything is allowed
    text.replace('"metadata":{', '"metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}'),
    text.replace('"options":{', '"options":{"__proto__":{"polluted":1},'),
    text.replace('{"seed"', '{"__proto__":{"polluted":1},"seed"'),
    text.replace('"progress":{', '"progress":{"__proto__":{"step":7},'),
  ];

  it.each(spiked)("do no harm in the architecture: case %#", model => {
    expect(model).not.toBe(text);
    loads(fileOf({ ...header, __metadata__: { ...header.__metadata__, model } }, body));
    expect(({} as Json).polluted).toBeUndefined();
    expect(({} as Json).step).toBeUndefined();
  });

  it("come back from metadata as they went in, as own keys", () => {
    const net = loadModel(fileOf({ ...header, __metadata__: { ...header.__metadata__, model: spiked[0] } }, body));
    expect(Object.keys(net.metadata)).toEqual(["__proto__", "constructor"]);
    expect(net.metadata.polluted).toBeUndefined();
    expect(Object.keys(loadModel(net.save()).metadata)).toEqual(["__proto__", "constructor"]);
  });

  it("do no harm in the header", () => {
    const raw = JSON.stringify(header).replace("{", '{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]},');
    expect(loads(fileOf(raw, body))).toBe(false);
    const inMetadata = JSON.stringify(header).replace('"__metadata__":{', '"__metadata__":{"__proto__":"x",');
    expect(loads(fileOf(inMetadata, body))).toBe(true);
    expect(({} as Json).dtype).toBeUndefined();
  });

  it("are layer names like any other", () => {
    const net = sequential([lstm({ units: 1, name: "__proto__", inputShape: [2, 1] }), dense({ units: 1 })]);
    net.compile({ loss: "mse", optimizer: "adam" });
    const again = loadModel(net.save({ optimizer: true }));
    expect(again.layers[0].name).toBe("__proto__");
    const stream = again.stream();
    stream.step(1);
    const state = JSON.parse(JSON.stringify(stream.state));
    expect(Object.keys(state)).toEqual(["__proto__"]);
    stream.state = state;
    expect(again.predict(numbers([1, 2, 1])).shape).toEqual([1, 1]);
  });
});
