/** Inputs, targets, losses, their weights, metrics and weights of samples by the names of a model's inputs and outputs. */
import { describe, expect, it } from "vitest";
import { type CompileOptions, input, layers, loadModel, type Model, model, sequential } from "../../src/index.ts";
import { bits, expectError, ids, numbers, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { concatenate, dense, lstm } = layers;
const [N, T] = [6, 5];

/** A sequence and static features, a number and a class. */
function twoHeads(): Model {
  const series = input({ shape: [null, 2], name: "series" });
  const facts = input({ shape: [3], name: "facts" });
  const body = concatenate().apply([
    lstm({ units: 4, name: "body" }).apply(series),
    dense({ units: 2, name: "seen" }).apply(facts),
  ]);
  const price = dense({ units: 1, name: "price" }).apply(body);
  const kind = dense({ units: 3, activation: "softmax", name: "kind" }).apply(body);
  return model({ inputs: [series, facts], outputs: [price, kind], seed: 3 });
}

const series = numbers([N, T, 2], 1);
const facts = numbers([N, 3], 2);
const lengths = [5, 3, 1, 4, 5, 2];
const price = numbers([N, 1], 3);
const kind = ids([N], 3, 4);
const weights = [0.5, 2, 0, 1, 3, 0.25];
const loss = { price: "mse", kind: "sparseCategoricalCrossentropy" } as const;
const listed = ["mse", "sparseCategoricalCrossentropy"] as const;

const compiled = (options: Omit<CompileOptions, "optimizer">): Model => {
  const net = twoHeads();
  net.compile({ optimizer: "adam", ...options });
  return net;
};

describe("by name and in a list is the same", () => {
  it("in fit, evaluate, predict and gradients, in any order of the names", async () => {
    const [a, b] = [compiled({ loss }), compiled({ loss: listed })];
    const options = { epochs: 2, batchSize: 4, verbose: 0, validationSplit: 0.2 } as const;
    const { history } = await a.fit({ facts, series: { x: series, lengths } }, { kind, price }, options);
    const other = await b.fit([{ x: series, lengths }, facts], [price, kind], options);
    expect(history).toEqual(other.history);
    expect(Object.keys(history).sort()).toEqual(
      ["kindLoss", "loss", "priceLoss", "valKindLoss", "valLoss", "valPriceLoss"].sort(),
    );
    expect(weightBits(a)).toEqual(weightBits(b));
    const x = { series: { x: series, lengths }, facts };
    expect(await a.evaluate(x, { price, kind })).toEqual(
      await b.evaluate({ x: [series, facts], lengths }, [price, kind]),
    );
    expect(a.predictAll(x)).toEqual(b.predictAll({ x: { facts, series }, lengths }));
    expect(a.gradients(x, { price, kind })).toEqual(b.gradients([{ x: series, lengths }, facts], [price, kind]));
    expect((await a.predictAllAsync(x))[1].data).toEqual(b.predictAll([{ x: series, lengths }, facts])[1].data);
  });

  it("for weights of samples: those that are left out count 1", async () => {
    const [a, b] = [compiled({ loss }), compiled({ loss })];
    const x = [series, facts];
    expect(a.trainOnBatch(x, [price, kind], { sampleWeight: { kind: weights } })).toEqual(
      b.trainOnBatch(x, [price, kind], { sampleWeight: [null, weights] }),
    );
    const validationData = [{ series, facts }, { price, kind }, { price: weights }] as const;
    const { history } = await a.fit(x, { price, kind }, { verbose: 0, validationData: [...validationData] });
    const again = await b.fit(x, [price, kind], { verbose: 0, validationData: [x, [price, kind], [weights, null]] });
    expect(history).toEqual(again.history);
  });

  it("of a single input and a single output too", async () => {
    const make = () => {
      const x = input({ shape: [T, 2], name: "series" });
      const net = model({ inputs: x, outputs: dense({ units: 1, name: "price" }).apply(lstm({ units: 3 }).apply(x)) });
      net.compile({ loss: "mse", metrics: { price: "mae" } });
      return net;
    };
    const [a, b] = [make(), make()];
    const logs = a.trainOnBatch({ series: { x: series, lengths } }, { price }, { sampleWeight: { price: weights } });
    expect(logs).toEqual(b.trainOnBatch({ x: series, lengths }, price, { sampleWeight: weights }));
    expect(Object.keys(logs)).toEqual(["loss", "mae"]);
    expect(a.predict({ series })).toEqual(b.predict(series));
    const stream = a.stream();
    expect(Object.keys(stream.state)).toEqual(["lstm"]);
  });

  it("in streams", () => {
    const [a, b] = ["a", "b"].map(name => input({ shape: [null, 2], name }));
    const start = input({ shape: [3], name: "start" });
    const cell = layers.gru({ units: 3 });
    const net = model({ inputs: [a, start, b], outputs: cell.apply([layers.add().apply([a, b]), start]) });
    const begin = numbers([3], 7).data;
    const [one, two] = [net.stream({ inputs: { start: begin } }), net.stream({ inputs: begin })];
    const steps = [numbers([2], 8).data, numbers([2], 9).data];
    expect(bits(one.step({ b: steps[1], a: steps[0] }))).toEqual(bits(two.step(steps)));
    expect(() => one.step({ a: steps[0], c: steps[1] })).toThrow(
      `stream step: expected names of the model's inputs, a, b, got "c"`,
    );
    expect(() => one.step({ a: steps[0], b: [1] })).toThrow("stream step x.b: expected 2 numbers, got 1");
    expect(bits(one.step(steps))).toEqual(bits(two.step(steps)));
  });
});

it("inputs have lengths of their own, given or of lists of unequal length", () => {
  const build = () => {
    const [a, b] = ["a", "b"].map(name => input({ shape: [null, 2], name }));
    const outputs = [lstm({ units: 3, name: "one" }).apply(a), lstm({ units: 2, name: "other" }).apply(b)];
    return model({ inputs: [a, b], outputs, seed: 2 });
  };
  const net = build();
  const rows = series.toArray() as number[][][];
  const cut = (own: readonly number[]) => rows.map((row, n) => row.slice(0, own[n]));
  const shorter = [1, 2, 3, 4, 5, 5];
  const wanted = [lengths, shorter].map((own, i) =>
    cut(own).map(row => {
      const alone = [row, row];
      return [...net.predictAll(alone.map(each => [each]))[i].data];
    }),
  );
  for (const x of [
    { a: { x: series, lengths }, b: { x: series, lengths: shorter } },
    [
      { x: series, lengths },
      { x: series, lengths: shorter },
    ],
    { a: cut(lengths), b: { x: series, lengths: shorter } },
    [cut(lengths), cut(shorter)],
  ]) {
    const got = net
      .predictAll(untyped(x))
      .map(({ data, shape: [, units] }) =>
        Array.from({ length: N }, (_, n) => [...data.subarray(n * units, (n + 1) * units)]),
      );
    expect(got).toEqual(wanted);
  }
});

it("targets of several outputs may be lists as long as the input that they belong to", () => {
  const [a, b] = ["a", "b"].map(name => input({ shape: [null, 2], name }));
  const steps = (name: string) => lstm({ units: 1, returnSequences: true, name });
  const net = model({ inputs: [a, b], outputs: [steps("one").apply(a), steps("other").apply(b)] });
  net.compile({ loss: "mse" });
  const rows = series.toArray() as number[][][];
  const cut = (own: readonly number[]) => rows.map((row, n) => row.slice(0, own[n]));
  const shorter = [1, 2, 3, 4, 5, 4];
  const first = (x: number[][][]) => x.map(row => row.map(([value]) => [value]));
  const ragged = net.gradients([cut(lengths), cut(shorter)], [first(cut(lengths)), first(cut(shorter))]);
  const whole = [lengths, shorter].map(own => ({ x: series, lengths: own }));
  expect(ragged).toEqual(net.gradients(whole, [first(rows), first(rows)]));
  expect(() => net.gradients([cut(lengths), cut(shorter)], [first(cut([1, 1, 1, 1, 1, 2])), first(rows)])).toThrow(
    "y.one: expected sequences as long as those of the inputs",
  );
});

describe("lossWeights", () => {
  const x = [series, facts];
  const y = [price, kind];

  it("weigh losses in their sum and in all gradients; the losses of outputs are as they were", () => {
    const plain = compiled({ loss });
    const parts = [0, 1].map(i =>
      compiled({ loss, lossWeights: [1 - i, i] }).gradients(x, y, { sampleWeight: weights }),
    );
    for (const lossWeights of [[0.3, 2.5], { kind: 2.5, price: 0.3 }]) {
      const net = compiled({ loss, lossWeights });
      const logs = plain.trainOnBatch(x, y, { sampleWeight: weights });
      plain.loadWeights(net.save());
      net.gradients(x, y, { sampleWeight: weights }).forEach(({ data }, i) => {
        data.forEach((value, j) => {
          const sum = 0.3 * parts[0][i].data[j] + 2.5 * parts[1][i].data[j];
          expect(Math.abs(value - sum)).toBeLessThan(1e-6);
        });
      });
      const weighted = net.trainOnBatch(x, y, { sampleWeight: weights });
      expect(weighted.loss).toBeCloseTo(0.3 * weighted.priceLoss + 2.5 * weighted.kindLoss, 6);
      expect(Object.keys(weighted)).toEqual(Object.keys(logs));
    }
  });

  it("of 1 change nothing, not a bit; those that are left out are 1", () => {
    const [a, b] = [compiled({ loss }), compiled({ loss, lossWeights: { price: 1 } })];
    expect(a.trainOnBatch(x, y)).toEqual(b.trainOnBatch(x, y));
    expect(weightBits(a)).toEqual(weightBits(b));
  });

  it("of 0 leave a head as it is", () => {
    const net = compiled({ loss, lossWeights: { kind: 0 } });
    const before = net.layer("kind").getWeights();
    net.trainOnBatch(x, y);
    expect(net.layer("kind").getWeights()).toEqual(before);
  });
});

describe("metrics by name", () => {
  it("are of their output alone, and numbered there", () => {
    const net = compiled({
      loss,
      metrics: { price: ["mae", "mse", "mae"], kind: "accuracy" },
      weightedMetrics: { price: "mae" },
    });
    const logs = net.trainOnBatch([series, facts], { price, kind });
    expect(Object.keys(logs)).toEqual([
      ...["loss", "priceLoss", "priceMae", "priceMse", "priceMae_1", "priceMae_2", "kindLoss", "kindAccuracy"],
    ]);
  });

  it("are saved, with the names of inputs and weights of losses", () => {
    const net = compiled({
      loss,
      lossWeights: { price: 0.5 },
      metrics: { kind: ["accuracy"] },
      weightedMetrics: { kind: [] },
    });
    net.trainOnBatch([series, facts], { price, kind });
    const loaded = loadModel(net.save({ optimizer: true }));
    const x = { facts, series: { x: series, lengths } };
    expect(loaded.trainOnBatch(x, { price, kind })).toEqual(net.trainOnBatch(x, { price, kind }));
    expect(weightBits(loaded)).toEqual(weightBits(net));
    expect(loaded.summary()).toBe(net.summary());
  });
});

describe("mistakes name the argument, and leave the model as it was", () => {
  const net = compiled({ loss });
  const inputs = "x: expected names of the model's inputs, series, facts, got";
  const outputs = "expected names of the model's outputs, price, kind, got";
  const all = (what: string) => `expected all of the model's ${what}, got none for`;
  const x = [series, facts];
  const y = [price, kind];

  it.each<[string, (given: Model) => unknown, "RangeError" | "TypeError", string]>([
    [
      "an unknown input",
      given => given.predictAll({ serie: series, facts }),
      "RangeError",
      `${inputs} "serie", did you mean "series"?`,
    ],
    [
      "a missing input",
      given => given.predictAll({ series }),
      "RangeError",
      `x: ${all("inputs, series, facts")} "facts"`,
    ],
    [
      "null for an input",
      given => given.predictAll(untyped({ series, facts: null })),
      "RangeError",
      `x: ${all("inputs, series, facts")} "facts"`,
    ],
    [
      "a wrong shape",
      given => given.predictAll({ series: facts, facts }),
      "RangeError",
      "x.series: expected [N, any, 2], got [6, 3]",
    ],
    [
      "unequal numbers of samples",
      given => given.predictAll({ series, facts: numbers([2, 3]) }),
      "RangeError",
      "expected the same number of samples everywhere, got x.series: 6, x.facts: 2",
    ],
    [
      "lengths of what is no sequence",
      given => given.predictAll({ series, facts: { x: facts, lengths } }),
      "RangeError",
      "x.facts lengths: expected a model that takes sequences [N, T, ...] or token ids [N, T], got x.facts of [N, 3]; leave lengths out",
    ],
    [
      "too large lengths",
      given => given.predictAll({ series: { x: series, lengths: [9, 1, 1, 1, 1, 1] }, facts }),
      "RangeError",
      "x.series lengths: expected whole numbers in [0, 5], as x.series has 5 steps, got 9 at element 0",
    ],
    [
      "a misspelt lengths",
      given => given.predictAll(untyped([{ x: series, length: lengths }, facts])),
      "TypeError",
      'x.series with lengths: unknown option "length", did you mean "lengths"? Known options are x, lengths',
    ],
    [
      "an unknown target",
      given => given.trainOnBatch(x, { prise: price, kind }),
      "RangeError",
      `y: ${outputs} "prise", did you mean "price"?`,
    ],
    [
      "a missing target",
      given => given.trainOnBatch(x, { price }),
      "RangeError",
      `y: ${all("outputs, price, kind")} "kind"`,
    ],
    [
      "a target of another shape",
      given => given.trainOnBatch(x, { price: facts, kind }),
      "RangeError",
      "y.price: expected [N, 1], got [6, 3]",
    ],
    [
      "weights of an unknown output",
      given => given.trainOnBatch(x, y, { sampleWeight: { prize: weights } }),
      "RangeError",
      `trainOnBatch sampleWeight: ${outputs} "prize", did you mean "price"?`,
    ],
    [
      "negative weights",
      given => given.trainOnBatch(x, y, { sampleWeight: { price: [1, 1, 1, 1, 1, -1] } }),
      "RangeError",
      "trainOnBatch sampleWeight[0]: expected finite numbers >= 0, got -1 at [5]",
    ],
    [
      "an unknown loss",
      given => given.compile({ loss: { price: "mse", kinds: "mse" } }),
      "RangeError",
      `compile loss: ${outputs} "kinds", did you mean "kind"?`,
    ],
    [
      "a missing loss",
      given => given.compile({ loss: { price: "mse" } }),
      "RangeError",
      `compile loss: ${all("outputs, price, kind")} "kind"; one without a loss belongs to another model() of the same tensors`,
    ],
    [
      "weights of losses below 0",
      given => given.compile({ loss, lossWeights: { kind: -1 } }),
      "RangeError",
      "compile lossWeights of kind: expected a finite number >= 0, got -1",
    ],
    [
      "weights of losses that are NaN",
      given => given.compile({ loss, lossWeights: [1, Number.NaN] }),
      "RangeError",
      "compile lossWeights of kind: expected a finite number >= 0, got NaN",
    ],
    [
      "too many weights of losses",
      given => given.compile({ loss, lossWeights: [1, 1, 1] }),
      "RangeError",
      "compile lossWeights: expected one for each of 2 outputs, got 3",
    ],
    [
      "weights of losses with a hole",
      // biome-ignore lint/suspicious/noSparseArray: what is tried
      given => given.compile({ loss, lossWeights: untyped([, 1]) }),
      "TypeError",
      "compile lossWeights of price: expected a finite number >= 0, got undefined",
    ],
    [
      "losses with a hole",
      // biome-ignore lint/suspicious/noSparseArray: what is tried
      given => given.compile({ loss: untyped(["mse", ,]) }),
      "TypeError",
      "loss: expected a name or one made by losses.huber() and others, got undefined",
    ],
    [
      "far too many losses",
      given => given.compile({ loss: untyped(new Array(2 ** 31)) }),
      "RangeError",
      "compile loss: expected one for each of 2 outputs, got 2147483648",
    ],
    [
      "a number for two losses",
      given => given.compile({ loss, lossWeights: untyped(2) }),
      "TypeError",
      "compile lossWeights: expected a list of numbers, or numbers by the names of outputs, got 2",
    ],
    [
      "metrics of an unknown output",
      given => given.compile({ loss, metrics: { prize: "mae" } }),
      "RangeError",
      `compile metrics: ${outputs} "prize", did you mean "price"?`,
    ],
    [
      "a metric that is none of its output's",
      given => given.compile({ loss, metrics: { kind: "mae" } }),
      "RangeError",
      'compile metrics: "mae": expected targets of [N, 3], as the prediction is, got class ids of [N] for y.kind; use "accuracy"',
    ],
  ])("%s", async (_, act, type, text) => {
    const before = weightBits(net);
    await expectError(() => act(net), type, text);
    expect(weightBits(net)).toEqual(before);
    expect(compiled({ loss }).trainOnBatch({ series, facts }, y)).toEqual(
      (() => {
        const copy = twoHeads();
        copy.loadWeights(net.save());
        copy.compile({ optimizer: "adam", loss });
        return copy.trainOnBatch(x, { kind, price });
      })(),
    );
  });

  it("one input twice", async () => {
    const a = input({ shape: [2] });
    await expectError(
      () => model({ inputs: [a, a], outputs: concatenate().apply([a, a]) }),
      "RangeError",
      "model inputs: expected each input() once, got one twice; give each input a tensor of its own",
    );
  });

  it("two inputs of one name, and a name with a meaning of its own", async () => {
    const [a, b] = [1, 2].map(() => input({ shape: [2], name: "a" }));
    const make = () => model({ inputs: [a, b], outputs: concatenate().apply([a, b]) });
    await expectError(make, "RangeError", 'model: two inputs are named "a"; give each a name of its own');
    await expectError(
      () => input({ shape: [2], name: "lengths" }),
      "RangeError",
      'input name: expected another name than "lengths", which { x, lengths } has a meaning for',
    );
    await expectError(
      () => input({ shape: [2], name: untyped(3) }),
      "TypeError",
      /input name: expected letters, digits.* got 3$/,
    );
  });

  it("an object without a name that is known says what it said before", async () => {
    const single = sequential([dense({ units: 1, inputShape: [2] })]);
    await expectError(
      () => single.predict(untyped({ y: 1 })),
      "TypeError",
      /x: expected nested number arrays.* got an object$/,
    );
  });
});
