import { afterEach, describe, expect, it, vi } from "vitest";
import { batches, type FitOptions, input, layers, type Model, model, ndarray, sequential } from "../../src/index.ts";
import { expectError, numbers } from "../helpers/models.ts";

const [x, y] = [numbers([20, 4, 2]), numbers([20, 1])];
const rows = (of: typeof x, from: number, to: number) => {
  const size = of.data.length / of.shape[0];
  return ndarray(of.data.subarray(from * size, to * size), [to - from, ...of.shape.slice(1)]);
};

function net(extra: "stateful" | undefined = undefined): Model {
  const made = sequential(
    [
      layers.lstm({ units: 3, inputShape: [4, 2], stateful: extra === "stateful", dropout: 0.2 }),
      layers.dense({ units: 1 }),
    ],
    { seed: 5 },
  );
  made.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
  return made;
}

/** Batches of 5, as fit makes them of the arrays in their order. */
function* parts(count = 4, size = 5) {
  for (let i = 0; i < count; i++) yield [rows(x, i * size, (i + 1) * size), rows(y, i * size, (i + 1) * size)] as const;
}

async function* slowly(count = 4) {
  for (const [own, target] of parts(count)) {
    await new Promise(resolve => setTimeout(resolve, 1));
    yield { x: own, y: target };
  }
}

const QUIET = { verbose: 0 } as const;

/** What two epochs over the arrays make. */
async function byArrays(options: FitOptions = {}) {
  const made = net();
  const { history } = await made.fit(x, y, { batchSize: 5, shuffle: false, epochs: 2, ...QUIET, ...options });
  return { history, weights: made.getWeights(), logs: await made.evaluate(x, y, { batchSize: 5 }), y: made.predict(x) };
}

const list = [...parts()];
const forms = {
  "a function that returns a generator": () => batches(() => parts()),
  "a function that returns an async generator": () => batches(() => slowly()),
  "a function that returns a promise of a list": () => batches(async () => list),
  "a list": () => batches(list),
  "an iterable": () => batches({ [Symbol.iterator]: () => parts() }),
  "an async iterable": () => batches({ [Symbol.asyncIterator]: () => slowly() }),
  "an iterator of both epochs": () => {
    const both = [...list, ...list][Symbol.iterator]();
    return batches({ next: () => both.next() });
  },
};

it.each(["data", "validation data"])("end by a signal while they wait for %s that never comes", async which => {
  const made = net();
  const stop = new AbortController();
  async function* stuck() {
    yield* parts(1);
    stop.abort();
    await new Promise(() => {});
  }
  const from = batches(stuck);
  const options = { ...QUIET, epochs: 3, signal: stop.signal };
  const { history, stopReason } =
    which === "data" ? await made.fit(from, options) : await made.fit(x, y, { ...options, validationData: from });
  expect(stopReason).toBe("aborted");
  expect(history.loss).toHaveLength(1);
  const aborted = await made.fit(batches(stuck), { ...QUIET, stepsPerEpoch: 4, signal: AbortSignal.abort() });
  expect(aborted.history).toEqual({});
  await made.fit(x, y, QUIET);
});

it("a signal that never comes changes nothing, and leaves no listener", async () => {
  const { signal } = new AbortController();
  const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
  const made = net();
  await made.fit(
    batches(() => slowly()),
    { ...QUIET, epochs: 2, signal },
  );
  expect(made.getWeights()).toEqual((await byArrays()).weights);
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
});

describe.each(Object.entries(forms))("batches of %s", (name, make) => {
  it("teach the bits that arrays do", async () => {
    const made = net();
    const options = name.startsWith("an iterator") ? { stepsPerEpoch: 4 } : {};
    const { history } = await made.fit(make(), { epochs: 2, ...QUIET, ...options });
    const logs = await made.evaluate(make(), { steps: 4 });
    const wanted = await byArrays();
    expect({ history, weights: made.getWeights(), logs }).toEqual({ ...wanted, y: undefined });
  });
});

it("are predicted on, of x alone, or with targets and weights behind that are left out", async () => {
  const made = net();
  const { data } = made.predict(x);
  expect(made.predict(batches(list)).data).toEqual(data);
  expect(made.predict(batches(list.map(([own, target]) => [own, target, [1, 1, 1, 1, 1]]))).data).toEqual(data);
  expect(made.predict(batches(list.map(([own]) => own))).data).toEqual(data);
  expect(made.predict(batches(() => list.map(([own, target]) => ({ x: own, y: target })))).data).toEqual(data);
  expect((await made.predictAsync(batches(() => slowly()))).data).toEqual(data);
  expect(made.predictAll(batches(list.map(([own]) => own)), { batchSize: 2 })[0].shape).toEqual([20, 1]);
});

it("of several inputs are predicted on, in lists or by name, with or without targets", () => {
  const [a, b] = [input({ shape: [3], name: "a" }), input({ shape: [3, 1], name: "b" })];
  const joined = layers.concatenate().apply([a, layers.lstm({ units: 2 }).apply(b)]);
  const two = model({ inputs: [a, b], outputs: layers.dense({ units: 1 }).apply(joined) });
  const [first, second] = [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [[1], [2], [3]],
      [[4], [5], [6]],
    ],
  ];
  const { data } = two.predict([first, second]);
  const [listed, named] = [[first, second], { a: first, b: second }];
  for (const item of [
    listed,
    named,
    [listed, [1, 2]],
    [named, [1, 2]],
    [listed, [1, 2], [1, 1]],
    { x: listed, y: [1, 2] },
  ]) {
    expect(two.predict(batches([item])).data).toEqual(data);
  }
});

it("are named in the error where what gives them comes as it is", async () => {
  for (const given of [parts(), slowly(), parts, { next: () => ({ done: true }) }]) {
    const made = net();
    await expectError(() => made.fit(given as never, QUIET as never), "TypeError", /fit: .* go into batches\(\)/);
    await expectError(() => made.evaluate(given as never), "TypeError", /evaluate: .* go into batches\(\)/);
    await made.fit(x, y, { batchSize: 5, ...QUIET });
  }
});

it("options come second or third, weights with the batch", async () => {
  const [first, second] = [net(), net()];
  const sampleWeight = [1, 2, 3, 0, 1];
  await first.fit(batches([[rows(x, 0, 5), rows(y, 0, 5), sampleWeight] as const]), QUIET);
  await second.fit(rows(x, 0, 5), rows(y, 0, 5), { ...QUIET, sampleWeight, shuffle: false });
  expect(first.getWeights()).toEqual(second.getWeights());
});

it("validates on batches, of a generator or of arrays", async () => {
  const wanted = await byArrays({ validationData: [x, y] });
  for (const validationData of [batches(() => slowly()), [x, y] as const]) {
    const made = net();
    const { history } = await made.fit(
      batches(() => parts()),
      { epochs: 2, batchSize: undefined, validationData, ...QUIET },
    );
    expect(Object.keys(history)).toEqual(["loss", "mae", "valLoss", "valMae"]);
    expect(history.loss).toEqual(wanted.history.loss);
    expect(history.valLoss.map(loss => loss.toFixed(5))).toEqual(wanted.history.valLoss.map(loss => loss.toFixed(5)));
  }
});

it("lets go of a generator that is not read to its end", async () => {
  let open = 0;
  function* counted() {
    open++;
    try {
      yield* parts();
    } finally {
      open--;
    }
  }
  const made = net();
  await made.fit(batches(counted), { epochs: 3, stepsPerEpoch: 2, ...QUIET });
  expect(open).toBe(0);
  await made.fit(batches(counted), { callbacks: [{ onBatchEnd: (_batch, _logs, run) => run.stop() }], ...QUIET });
  expect(open).toBe(0);
  await made.evaluate(batches(counted), { steps: 1 });
  expect(open).toBe(0);
});

it("calls a function with the number of the epoch", async () => {
  const epochs: number[] = [];
  const read = (epoch: number) => {
    epochs.push(epoch);
    return parts();
  };
  await net().fit(batches(read), { initialEpoch: 2, epochs: 5, ...QUIET });
  expect(epochs).toEqual([2, 3, 4]);
});

describe("the steps of an epoch", () => {
  it("go on in the data where the last ended", async () => {
    const [whole, cut] = [net(), net()];
    await whole.fit(x, y, { batchSize: 5, epochs: 3, ...QUIET });
    const { history } = await cut.fit(x, y, { batchSize: 5, epochs: 4, stepsPerEpoch: 3, ...QUIET });
    expect(history.loss).toHaveLength(4);
    expect(cut.getWeights()).toEqual(whole.getWeights());
    const listed = net();
    await listed.fit(batches(list), { epochs: 4, stepsPerEpoch: 3, ...QUIET });
    const wanted = net();
    await wanted.fit(x, y, { batchSize: 5, epochs: 3, shuffle: false, ...QUIET });
    expect(listed.getWeights()).toEqual(wanted.getWeights());
  });

  it("are known to callbacks", async () => {
    const seen: unknown[] = [];
    const callbacks = [
      {
        onEpochEnd: (...[, , run]: Parameters<NonNullable<import("../../src/index.ts").Callback["onEpochEnd"]>>) =>
          seen.push([run.epoch, run.batch, run.batchesPerEpoch]),
      },
    ];
    await net().fit(
      batches(() => parts()),
      { epochs: 2, callbacks, ...QUIET },
    );
    await net().fit(x, y, { initialEpoch: 1, epochs: 2, stepsPerEpoch: 3, callbacks, ...QUIET });
    expect(seen).toEqual([
      [0, 4, Infinity],
      [1, 4, Infinity],
      [1, 3, 3],
    ]);
  });
});

it("validates after some epochs, on some batches", async () => {
  const validationData = [x, y] as const;
  const lengths = async (options: FitOptions) => {
    const { history } = await net().fit(x, y, { epochs: 4, validationData, ...QUIET, ...options });
    return history.valLoss?.length;
  };
  expect(await lengths({ validationFreq: 2 })).toBe(2);
  expect(await lengths({ validationFreq: [1, 2, 4] })).toBe(3);
  const made = net();
  const { history } = await made.fit(x, y, { batchSize: 5, validationData, validationSteps: 2, ...QUIET });
  const { loss } = await made.evaluate(rows(x, 0, 10), rows(y, 0, 10), { batchSize: 5 });
  expect(history.valLoss).toEqual([loss]);
  expect(await made.evaluate(x, y, { batchSize: 5, steps: 2 })).toMatchObject({ loss });
});

describe("errors", () => {
  afterEach(() => vi.restoreAllMocks());
  const usable = async (made: Model) => {
    const before = made.getWeights();
    expect(made.predict(x).data.every(Number.isFinite)).toBe(true);
    await made.fit(x, y, QUIET);
    expect(made.getWeights()).not.toEqual(before);
  };
  const fails: [string, () => never, FitOptions, "Error" | "RangeError" | "TypeError", string][] = [
    ["no batch", () => batches([]) as never, {}, "RangeError", "fit: epoch 1: expected batches, got none"],
    [
      "no batch of a function",
      () => batches(() => []) as never,
      {},
      "RangeError",
      "fit: epoch 1: expected batches, got none",
    ],
    [
      "a generator for two epochs",
      () => batches(parts()) as never,
      { epochs: 2 },
      "RangeError",
      "fit: epoch 2: expected batches, got none; a generator can be read once: give batches() a function that returns a fresh one for each epoch",
    ],
    [
      "a generator that ends early",
      () => batches(parts()) as never,
      { stepsPerEpoch: 3, epochs: 2 },
      "RangeError",
      "fit: the data ended after 1 batches of epoch 2, and stepsPerEpoch asks for 3; a generator can be read once: give batches() a function that returns a fresh one for each epoch",
    ],
    [
      "a function's generator that ends early",
      () => batches(() => parts()) as never,
      { stepsPerEpoch: 6 },
      "RangeError",
      "fit: the data ended after 4 batches of epoch 1, and stepsPerEpoch asks for 6; give more, or ask for fewer",
    ],
    [
      "a generator that throws",
      () =>
        batches(function* () {
          yield* parts(2);
          throw new Error("the disk is gone");
        }) as never,
      {},
      "Error",
      "fit: the data of epoch 1 threw after 2 batches: the disk is gone",
    ],
    [
      "a function that throws",
      () =>
        batches(() => {
          throw new Error("no file");
        }) as never,
      {},
      "Error",
      "fit: the data of epoch 1 threw after 0 batches: no file",
    ],
    [
      "a function that returns something else",
      () => batches((() => 3) as never) as never,
      {},
      "Error",
      "fit: the data of epoch 1 threw after 0 batches: expected the function to return a generator or an iterable, got 3",
    ],
    [
      "a ragged batch",
      () => batches([list[0], [numbers([5, 4, 3]), list[1][1]]]) as never,
      {},
      "RangeError",
      "fit: epoch 1, batch 2 of the data: x: expected [N, 4, 2], got [5, 4, 3]",
    ],
    [
      "fewer targets than inputs",
      () => batches([[list[0][0], rows(y, 0, 3)]]) as never,
      {},
      "RangeError",
      "fit: epoch 1, batch 1 of the data: expected as many targets as inputs, got 5 of x and 3 of y",
    ],
    [
      "samples in place of batches",
      () => batches([[1, 2, 3, 4]] as never) as never,
      {},
      "TypeError",
      "fit: epoch 1, batch 1 of the data: expected [x, y], [x, y, sampleWeight] or { x, y, sampleWeight }, got an array of 4",
    ],
    [
      "a batch size",
      () => batches(() => parts()) as never,
      { batchSize: 3 },
      "RangeError",
      "fit batchSize: expected none with batches(), which come as they are; leave it out",
    ],
  ];
  it.each(fails)("%s", async (_, data, options, type, text) => {
    const made = net();
    await expectError(() => made.fit(data(), undefined as never, { ...QUIET, ...options }), type, text);
    await usable(made);
  });

  it("of data that is nothing of the kind", () => {
    for (const data of [3, null, undefined, "text", new Float32Array(3)]) {
      expect(() => batches(data as never)).toThrow("batches: expected a generator, an iterable or a function");
    }
  });

  it("of batches of other sizes for a stateful layer", async () => {
    const made = net("stateful");
    const data = batches([list[0], [rows(x, 5, 8), rows(y, 5, 8)] as const]);
    await expect(made.fit(data, QUIET)).rejects.toThrow(
      "fit: epoch 1, batch 2 of the data: a stateful layer expected batches of one size, here 5, got 3 samples",
    );
  });

  it("of evaluate and predict", async () => {
    await expect(net().evaluate(batches([]))).rejects.toThrow("evaluate: expected batches, got none");
    expect(() => net().predict(batches(() => slowly()))).toThrow("predict: expected batches that are there at once");
    expect(() => net().predict(batches([]))).toThrow("predict: expected batches, got none");
  });
});
