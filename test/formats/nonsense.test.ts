/** Files whose JSON is in order and says nonsense, numbers that no model has, and metadata that no file can hold. */
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.ts";
import {
  defineLoss,
  layers,
  loadModel,
  type Model,
  ndarray,
  ops,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { expectError, weightBits } from "../helpers/models.ts";

const { dense, lstm } = layers;

function trained(): Model {
  const net = sequential([lstm({ units: 3, inputShape: [4, 2] }), dense({ units: 1 })], { seed: 1 });
  net.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
  net.trainOnBatch(
    ndarray(
      Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)),
      [2, 4, 2],
    ),
    [[1], [2]],
  );
  return net;
}

// biome-ignore lint/suspicious/noExplicitAny: files under test hold anything
type Json = any;

/** A model's file with other JSON, as text so that it may be as deep as it likes, or other numbers. */
function changed(change: (model: Json, numbers: Map<string, Float32Array>) => void, patch = (text: string) => text) {
  const { tensors, metadata } = decodeSafetensors(trained().save({ optimizer: true }));
  const model = JSON.parse(metadata.model);
  change(model, new Map([...tensors].map(([name, { data }]) => [name, data])));
  const named = [...tensors].map(([name, numbers]) => ({ name, ...numbers }));
  return encodeSafetensors(named, { ...metadata, model: patch(JSON.stringify(model)) });
}

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("numbers of a file that are not finite", () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    it.each([
      ["lstm/kernel", 7, "[0, 7] of [2, 12]"],
      ["dense/bias", 0, "[0] of [1]"],
      ["optimizer/m/lstm/recurrentKernel", 35, "[2, 11] of [3, 12]"],
      ["optimizer/v/dense/kernel", 1, "[1, 0] of [3, 1]"],
    ])(`are refused with name and place: ${value} in %s`, async (name, at, place) => {
      const file = changed((_, numbers) => {
        const data = numbers.get(name);
        expect(data).toBeDefined();
        if (data) data[at] = value;
      });
      await expectError(
        () => loadModel(file),
        "RangeError",
        `model file: tensor "${name}" has ${value} at ${place}; expected finite numbers`,
      );
    });
  }
});

describe("what a file says of scaling, training and metadata", () => {
  const other = "it was not written by this package, or was changed since";
  it.each<[string, (model: Json) => void, "TypeError" | "RangeError", string]>([
    ["scaling 5", m => (m.scaling = 5), "TypeError", "model file: scaling: expected an options object, got 5"],
    ["scaling text", m => (m.scaling = "x"), "TypeError", 'model file: scaling: expected an options object, got "x"'],
    [
      "scaling of something else",
      m => (m.scaling = { inptu: {} }),
      "TypeError",
      'model file: scaling: unknown option "inptu", did you mean "input"? Known options are input, target',
    ],
    [
      "a scaler that is false",
      m => (m.scaling = { input: false }),
      "TypeError",
      "scalerFromJSON: expected the object that toJSON() gives, got false",
    ],
    ["compile 0", m => (m.compile = 0), "RangeError", `model file: compile is not an object; ${other}`],
    ["compile null", m => (m.compile = null), "RangeError", `model file: compile is not an object; ${other}`],
    ["compile list", m => (m.compile = []), "RangeError", `model file: compile is not an object; ${other}`],
    [
      "a loss with options of another",
      m => (m.compile.losses[0].options = { delta: 1 }),
      "TypeError",
      'meanSquaredError: unknown option "delta"; known options are reduction',
    ],
    [
      "metadata text",
      m => (m.metadata = "x"),
      "TypeError",
      'model file: metadata: expected an object of plain JSON, got "x"',
    ],
    [
      "metadata list",
      m => (m.metadata = [1]),
      "TypeError",
      "model file: metadata: expected an object of plain JSON, got an array of 1",
    ],
  ])("is refused where it makes no sense: %s", async (_, change, type, text) => {
    await expectError(() => loadModel(changed(change)), type, new RegExp(`${text.replace(/[[\](){}.?]/g, "\\$&")}`));
  });

  it.each([
    ["metadata", '"metadata":{"a":HERE}', /model file: metadata\.a\[0\].*: expected plain JSON of at most 100 levels/],
    ["scaling", '"scaling":{"input":HERE}', /scalerFromJSON: expected the object that toJSON\(\) gives/],
    ["losses", '"losses":HERE', /model file: loss: expected one of/],
  ])("is refused where it is nested 30,000 deep: %s", async (_, text, message) => {
    const [key] = text.split(":");
    const file = changed(
      model => {
        if (key === '"losses"') model.compile.losses = [];
        model.scaling = {};
        model.metadata = {};
      },
      json => json.replace(new RegExp(`${key}:(\\{\\}|\\[\\])`), text.replace("HERE", deep(30_000))),
    );
    expect(() => loadModel(file)).toThrow(message);
  });

  it("is taken where it leaves scalers or metadata out", () => {
    const file = changed(model => {
      delete model.scaling;
      delete model.metadata;
    });
    expect(loadModel(file).metadata).toEqual({});
    expect(loadModel(file).scaling).toEqual({});
  });
});

describe("metadata", () => {
  const net = trained();
  const save = (metadata: unknown) => {
    net.metadata = metadata as Record<string, unknown>;
    return () => net.save();
  };
  const cyclic: Record<string, unknown> = { b: [] };
  (cyclic.b as unknown[]).push(cyclic);

  it.each<[unknown, "TypeError" | "RangeError", string | RegExp]>([
    [undefined, "TypeError", "save metadata: expected an object of plain JSON, got undefined"],
    [5, "TypeError", "save metadata: expected an object of plain JSON, got 5"],
    [[], "TypeError", "save metadata: expected an object of plain JSON, got an array of 0"],
    [{ a: [{ b: 1n }] }, "TypeError", "save metadata.a[0].b: expected plain JSON, got a bigint"],
    [{ a: () => 1 }, "TypeError", "save metadata.a: expected plain JSON, got a function"],
    [{ a: [undefined] }, "TypeError", "save metadata.a[0]: expected plain JSON, got undefined"],
    [{ a: new Map() }, "TypeError", "save metadata.a: expected plain JSON, got an object (Map)"],
    [{ a: new Float32Array(2) }, "TypeError", "save metadata.a: expected plain JSON, got an object (Float32Array)"],
    [
      { loss: Number.NaN },
      "RangeError",
      "save metadata.loss: expected plain JSON, which has finite numbers only, got NaN",
    ],
    [
      cyclic,
      "RangeError",
      /save metadata\.b\[0\]\.b\[0\].*…: expected plain JSON of at most 100 levels, got more; does it/,
    ],
  ])("that a file cannot hold is refused with its place: case %#", async (metadata, type, text) => {
    await expectError(save(metadata), type, text);
  });

  it("comes back as it was saved", () => {
    const scaler = standardScaler().fit([[1], [3]]);
    const given = { a: [1, "x", null, true, { b: -0.5 }], none: undefined, scaler, when: new Date(0) };
    const loaded = loadModel(save(given)());
    expect(loaded.metadata).toEqual({
      a: given.a,
      scaler: { kind: "standard", mean: [2], deviation: [1] },
      when: "1970-01-01T00:00:00.000Z",
    });
    loaded.save();
  });
});

describe("options of an own loss that hold themselves", () => {
  it("are refused", async () => {
    const list: unknown[] = [];
    list.push(list);
    const own = { name: "own", options: { list }, loss: (x: never) => ops.exp(x) };
    await expectError(
      () => defineLoss(own as never),
      "RangeError",
      /defineLoss options\.list\[0\].*does it hold itself\?/,
    );
  });
});

describe("setWeights", () => {
  const holes = (given: unknown[]) => {
    delete given[1];
    return given;
  };
  const changing = (given: { shape: readonly number[]; data: Float32Array }[]) => {
    const [first, , , last] = given;
    return [
      ...given.slice(0, 3),
      {
        shape: last.shape,
        get data() {
          structuredClone(0, { transfer: [first.data.buffer] });
          return last.data;
        },
      },
      ...given.slice(4),
    ];
  };
  const number = (value: number) => (given: { shape: readonly number[]; data: Float32Array }[]) =>
    given.map((array, i) => (i === 4 ? { shape: array.shape, data: [value] } : array));

  it.each<[string, (given: never) => unknown[], RegExp | undefined]>([
    ["NaN", number(Number.NaN), /setWeights dense\/bias has NaN at \[0\] of \[1\]; expected finite numbers/],
    ["an infinity", number(-Infinity), /setWeights dense\/bias has -Infinity at \[0\] of \[1\]; expected finite/],
    [
      "what is infinite in float32",
      number(1e39),
      /setWeights dense\/bias has Infinity at \[0\] of \[1\]; expected finite/,
    ],
    ["a hole", holes, /setWeights lstm\/recurrentKernel: expected .*, got undefined/],
    ["a later array that takes an earlier one away", changing, undefined],
  ])("writes all or nothing: %s", (_, change, message) => {
    const net = trained();
    const before = weightBits(net);
    const given = net.getWeights().map(({ shape, data }) => ({ shape, data: data.map(() => 9) as Float32Array }));
    const set = () => net.setWeights(change(given as never) as never);
    if (message) {
      expect(set).toThrow(message);
      expect(weightBits(net)).toEqual(before);
    } else {
      set();
      expect(
        net
          .getWeights()
          .flatMap(({ data }) => [...data])
          .every(value => value === 9),
      ).toBe(true);
    }
  });
});
