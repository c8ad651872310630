/** Every layer, loss, metric, optimizer and schedule is given what is wrong: a clear error that names it, and models that still work. */
import { describe, expect, it } from "vitest";
import { type Layer, layers, losses, type Model, metrics, optimizers, schedules, sequential } from "../src/index.ts";
import { errorOf, ids, numbers, weightBits } from "./helpers/models.ts";
import { untyped } from "./helpers/untyped.ts";

type Maker = (options?: object) => unknown;
const groups: Record<string, Record<string, Maker>> = { layers, losses, metrics, optimizers, schedules } as never;
/** Those that take something else first. */
const { rnn: _, ...named } = groups.layers;
const makers = Object.entries({ ...groups, layers: named }).flatMap(([group, all]) =>
  Object.entries(all).map(([name, make]): [string, string, Maker] => [group, name, make]),
);

/** Options that a maker cannot do without, and those of inner layers. */
const NEEDED: Record<string, () => object> = {
  lambda: () => ({ call: ({ x }: { x: unknown }) => x }),
  operation: () => ({ op: "relu", options: {} }),
  timeDistributed: () => ({ layer: layers.dense({ units: 1 }) }),
  bidirectional: () => ({ layer: layers.lstm({ units: 1 }) }),
  tiedDense: () => ({ tiedTo: layers.embedding({ inputDim: 2, outputDim: 2 }) }),
};

const isClear = (error: Error, ...parts: string[]): void => {
  expect(error instanceof TypeError || error instanceof RangeError, `${error}`).toBe(true);
  for (const part of parts) expect(error.message).toContain(part);
  expect(error.message.length).toBeGreaterThan(20);
  expect(error.message).not.toMatch(/undefined is not|is not iterable|Cannot read|\[object /);
};

/** Options that several makers cannot do without. */
const POOL: Record<string, unknown> = {
  units: 3,
  rate: 0.5,
  stddev: 1,
  filters: 2,
  kernelSize: 2,
  inputDim: 5,
  outputDim: 2,
  n: 2,
  dims: [2, 1],
  targetShape: [-1],
  numHeads: 2,
  keyDim: 2,
  strategy: "zero",
  quantiles: [0.1, 0.5, 0.9],
  initialLearningRate: 0.1,
  decaySteps: 10,
  firstDecaySteps: 10,
  decayRate: 0.5,
  maxLr: 0.1,
  totalSteps: 10,
  boundaries: [1],
  values: [1, 2],
};
const needed = async (name: string, make: Maker): Promise<object> => {
  const known = await optionsOf(name, make);
  const own = Object.entries(POOL).filter(([key]) => known.includes(key));
  return { ...Object.fromEntries(own), ...(name === "activation" ? { activation: "relu" } : {}), ...NEEDED[name]?.() };
};

/** What a maker's options are called, as its own error tells. */
async function optionsOf(name: string, make: Maker): Promise<string[]> {
  const { message } = await errorOf(() => make({ ...NEEDED[name]?.(), noSuchOption: 1 }));
  return /[Kk]nown options are (.*)$/.exec(message)?.[1].split(", ") ?? [];
}

describe.each(makers)("%s.%s", (_group, name, make) => {
  it("refuses unknown options, and what are no options", async () => {
    isClear(await errorOf(() => make({ ...NEEDED[name]?.(), noSuchOption: 1 })), "noSuchOption");
    for (const wrong of [1, "text", null, [1], new Date()]) {
      const error = await errorOf(() => make(untyped(wrong)));
      isClear(error, name);
    }
  });

  it("refuses wrong values of each of its options, and names the option", async () => {
    const others = await needed(name, make);
    make(others);
    for (const option of await optionsOf(name, make)) {
      let refused = 0;
      for (const wrong of ["no such thing!", Number.NaN, [[]], Symbol("x")]) {
        try {
          make({ ...others, ...NEEDED[name]?.(), [option]: wrong });
        } catch (error) {
          refused++;
          isClear(error as Error, option);
        }
      }
      expect(refused, option).toBeGreaterThan(0);
    }
  });
});

describe.each(Object.keys(named))("layers.%s", name => {
  it("is built on inputs of any rank, or refuses them by its name", async () => {
    for (const shape of [[4], [6, 4], [3, 6, 4], [2, 3, 6, 4], [null], [null, 4]]) {
      const own = await needed(name, named[name]);
      let net: Model | undefined;
      try {
        net = sequential([named[name]({ ...own, name: "mine", inputShape: shape }) as Layer]);
      } catch (error) {
        isClear(error as Error, "mine");
      }
      const slot = net?.slots[0];
      if (!net || !slot) continue;
      const size = [2, ...shape.map(n => n ?? 3)];
      try {
        net.predict(slot.ids ? ids(size, 5) : numbers(size));
      } catch (error) {
        isClear(error as Error, "mine");
      }
      for (const wrong of [numbers([2]), numbers([2, 9, 9, 9, 9]), [["a"]], {}, null, [[Number.NaN]]]) {
        isClear(await errorOf(() => net.predict(untyped(wrong))), "x");
      }
    }
  });
});

/** A model whose output a loss takes, its good targets, and bad ones. */
const outputs: Record<
  string,
  { units?: number; activation?: string; target?: "ids" | "labels" | "one-hot" | "signs" }
> = {
  sparseCategoricalCrossentropy: { activation: "softmax", target: "ids" },
  categoricalCrossentropy: { activation: "softmax", target: "one-hot" },
  categoricalFocalCrossentropy: { activation: "softmax", target: "one-hot" },
  kld: { activation: "softmax", target: "one-hot" },
  binaryCrossentropy: { activation: "sigmoid", target: "labels" },
  binaryFocalCrossentropy: { activation: "sigmoid", target: "labels" },
  hinge: { target: "signs" },
  squaredHinge: { target: "signs" },
  poisson: { activation: "softplus", target: "labels" },
  meanSquaredLogarithmicError: { activation: "softplus", target: "labels" },
  gaussianNll: { units: 2 },
  ctc: { activation: "softmax", target: "ids" },
};

describe.each(Object.keys(losses))("losses.%s in a model", name => {
  const { units = 3, activation = "linear", target } = outputs[name] ?? {};
  const isIds = target === "ids";
  const build = () => {
    const net = sequential(
      [
        layers.lstm({ units: 3, returnSequences: true, inputShape: [4, 2] }),
        layers.dense({ units, activation: untyped(activation) }),
      ],
      { seed: 1 },
    );
    const options = name === "quantile" ? { quantiles: [0.1, 0.5, 0.9] } : {};
    net.compile({ optimizer: "adam", loss: untyped(groups.losses[name](options)) });
    return net;
  };
  const [N, T] = [3, 4];
  const width = name === "gaussianNll" || name === "quantile" ? 1 : units;
  const x = numbers([N, T, 2]);
  const drawn = ids([N, name === "ctc" ? 2 : T], 2, 4);
  // Of CTC, class 0 is the blank.
  const labels = { shape: drawn.shape, data: Int32Array.from(drawn.data, id => id + Number(name === "ctc")) };
  const plain = numbers([N, T, width], 2);
  const good: Record<string, Float32Array> = {
    labels: Float32Array.from(plain.data, value => Number(value > 0)),
    signs: Float32Array.from(plain.data, value => Math.sign(value)),
    "one-hot": Float32Array.from(plain.data, (_, i) => Number(i % width === 1)),
  };
  const y = isIds ? labels : target ? { shape: plain.shape, data: good[target] } : plain;
  const withNumber = (value: number) => ({
    shape: y.shape,
    data: Array.from(y.data, (own, i) => (i === 1 ? value : own)),
  });

  it("refuses wrong targets and weights; the model learns on as if nothing had been", async () => {
    const [net, twin] = [build(), build()];
    const fits: [string, () => unknown][] = [
      ["y", () => net.trainOnBatch(x, numbers([N, T, width + 1]))],
      ["y", () => net.trainOnBatch(x, numbers([N + 1, T, width]))],
      ["y", () => net.trainOnBatch(x, untyped("text"))],
      ["y", () => net.trainOnBatch(x, untyped({}))],
      ["y", () => net.trainOnBatch(x, untyped([["a"]]))],
      ["y", () => net.trainOnBatch(x, withNumber(Number.NaN))],
      ["y", () => net.trainOnBatch(x, withNumber(Number.POSITIVE_INFINITY))],
      ["x", () => net.trainOnBatch({ shape: x.shape, data: x.data.map((v, i) => (i === 3 ? Number.NaN : v)) }, y)],
      ["x", () => net.trainOnBatch(numbers([N, T, 3]), y)],
      ...[[1, -1, 1], [1, Number.NaN, 1], [1, Infinity, 1], [1, 1], "w", [[[1]]], {}].map(
        (sampleWeight): [string, () => unknown] => [
          "sampleWeight",
          () => net.trainOnBatch(x, y, untyped({ sampleWeight })),
        ],
      ),
      ["sampleWeights", () => net.trainOnBatch(x, y, untyped({ sampleWeights: [1, 1, 1] }))],
      ["sampleWeight", () => net.fit(x, y, untyped({ sampleWeight: [1, -2, 1], verbose: 0 }))],
      ["sampleWeight", () => net.evaluate(x, y, untyped({ sampleWeight: [1, Number.NaN, 1] }))],
      ...(isIds
        ? [7, 1.5, ...(name === "ctc" ? [] : [-1])].map((id): [string, () => unknown] => [
            "y",
            () => net.trainOnBatch(x, withNumber(id)),
          ])
        : []),
      ...(isIds && name !== "ctc"
        ? [{ 0: -1 }, { 0: Number.NaN }, { a: 1 }, 3].map((classWeight): [string, () => unknown] => [
            "classWeight",
            () => net.trainOnBatch(x, y, untyped({ classWeight })),
          ])
        : []),
    ];
    for (const [i, [part, action]] of fits.entries()) {
      const error = await errorOf(action).catch(() => new Error(`nothing was refused at ${i}`));
      isClear(error, part);
    }
    for (const each of [net, twin]) for (let i = 0; i < 2; i++) each.trainOnBatch(x, y);
    expect(weightBits(net)).toEqual(weightBits(twin));
  });
});

it("names that nothing has are refused where they are given", async () => {
  const net = () => sequential([layers.dense({ units: 2, inputShape: [2] })]);
  for (const key of ["loss", "optimizer", "metrics", "weightedMetrics"]) {
    for (const wrong of ["noSuchName", "__proto__", "constructor", 7, () => 0, {}]) {
      const given = key.endsWith("etrics") ? [wrong] : wrong;
      isClear(
        await errorOf(() => net().compile(untyped({ loss: "mse", [key]: given }))),
        key.endsWith("etrics") ? "metric" : key,
      );
    }
  }
  isClear(await errorOf(() => optimizers.adam({ learningRate: untyped("fast") })), "learningRate");
});
