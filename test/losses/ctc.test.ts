/** CTC against PyTorch, against all alignments one by one, and differences; what it refuses; decoding. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Tape } from "../../src/autograd.ts";
import { Context } from "../../src/context.ts";
import { Engine } from "../../src/engine/engine.ts";
import { ctcDecode, layers, loadModel, losses, type Model, ndarray, optimizers, sequential } from "../../src/index.ts";
import { Tensor } from "../../src/tensor.ts";
import { expectClose } from "../helpers/compare.ts";
import { numericGradient } from "../helpers/finiteDifference.ts";
import { poison } from "../helpers/gradients.ts";
import { expectError, numbers } from "../helpers/models.ts";
import { seeded } from "../helpers/random.ts";

interface Case {
  name: string;
  shape: [number, number, number];
  logits: number[];
  targets: number[][];
  lengths: number[];
  blank: number;
  sampleWeight: number[];
  each: number[];
  value: number;
  gradient: number[];
}
interface Training {
  sizes: number[];
  x: number[];
  lengths: number[];
  targets: number[][];
  weights: number[][];
  losses: number[];
  predictions: number[];
}
const { cases, training }: { cases: Case[]; training: Training } = JSON.parse(
  readFileSync(new URL("../fixtures/ctc.json", import.meta.url), "utf8"),
);

/** Labels of all sequences, padded with -1. */
const padded = (targets: number[][]): number[][] => {
  const L = Math.max(1, ...targets.map(({ length }) => length));
  return targets.map(own => [...own, ...new Array(L - own.length).fill(-1)]);
};

/** The loss of logits and its gradient by them; what is after each sequence's length is hidden by a mask. */
function run(
  { shape, targets, lengths, blank }: Pick<Case, "shape" | "targets" | "lengths" | "blank">,
  z: ArrayLike<number>,
  weights?: number[],
  reduction: "sequences" | "labels" = "sequences",
) {
  const engine = new Engine();
  poison(engine.memory);
  const tape = new Tape(engine.memory);
  const context = new Context(engine, { tape, seed: 0, step: 0, weightsVersion: 0, states: new Map() });
  const [N, T] = shape;
  const prediction = new Tensor(context.tensorFrom(Float32Array.from(z), shape).pointer, shape, true);
  const mask = Int32Array.from({ length: N * T }, (_, i) => Number(i % T < lengths[Math.floor(i / T)]));
  prediction.mask = context.tensorFrom(mask, [N, T]);
  const labels = padded(targets);
  const y = context.tensorFrom(Int32Array.from(labels.flat()), [N, labels[0].length]);
  const rowWeights = weights ? context.tensorFrom(Float32Array.from(weights), [N]).pointer : 0;
  const loss = losses.ctc({ blank, fromLogits: true, reduction });
  expect(loss.problemOf?.(context, prediction, y)).toBeUndefined();
  const value = loss.forward(context, prediction, y, rowWeights);
  loss.backward(context, prediction, y, rowWeights);
  const { floats } = engine.memory;
  return { value, gradient: floats.slice(prediction.gradient >>> 2, (prediction.gradient >>> 2) + prediction.size) };
}

/** ln of the sum of e^x. */
const logSum = (...all: number[]): number => {
  const most = Math.max(...all);
  return most === -Infinity ? most : most + Math.log(all.reduce((sum, x) => sum + Math.exp(x - most), 0));
};

/** Minus the log of the probability of labels, and its gradient by the logits [T, V], in the log domain of float64. */
function byLogs(z: readonly number[][], labels: readonly number[], blank: number) {
  const T = z.length;
  const says = [blank, ...labels.flatMap(label => [label, blank])];
  const p = z.map(row => row.map(value => value - logSum(...row)));
  const skips = (s: number) => s > 1 && says[s] !== blank && says[s] !== says[s - 2];
  const alpha: number[][] = [];
  for (let t = 0; t < T; t++) {
    alpha[t] = says.map((label, s) => {
      const before =
        t === 0
          ? s < 2
            ? [0]
            : []
          : [alpha[t - 1][s], alpha[t - 1][s - 1], ...(skips(s) ? [alpha[t - 1][s - 2]] : [])];
      return p[t][label] + logSum(-Infinity, ...before.filter(x => x !== undefined));
    });
  }
  const beta: number[][] = [];
  for (let t = T - 1; t >= 0; t--) {
    beta[t] = says.map((_, s) => {
      if (t === T - 1) return s >= says.length - 2 ? 0 : -Infinity;
      const next = [s, s + 1, ...(skips(s + 2) ? [s + 2] : [])].filter(i => i < says.length);
      return logSum(-Infinity, ...next.map(i => beta[t + 1][i] + p[t + 1][says[i]]));
    });
  }
  const total = logSum(alpha[T - 1][says.length - 1], alpha[T - 1][says.length - 2]);
  const gradient = p.map((row, t) =>
    row.map((log, v) => {
      const ways = says.map((label, s) => (label === v ? alpha[t][s] + beta[t][s] - total : -Infinity));
      return Math.exp(log) - Math.exp(logSum(...ways));
    }),
  );
  return { value: -total, gradient };
}

it.each([
  ["usual", 1, 30],
  ["certain of something else at each step", 500, 30],
  ["beyond what powers in float64 tell apart", 3000, 12],
  ["of labels that repeat themselves", 40, 40],
])("logits %s: no way is lost, nothing is NaN", (_, size, T) => {
  const random = seeded(size + T);
  const [V, blank] = [5, 2];
  const labels = T === 40 ? [1, 1, 1, 3, 3, 0, 0] : [1, 4, 0, 0, 3];
  const z = Array.from({ length: T }, (_, t) =>
    Array.from({ length: V }, (_, v) => Math.fround(random.normal() + (v === (t * 3) % V ? size : 0))),
  );
  const { value, gradient } = run({ shape: [1, T, V], targets: [labels], lengths: [T], blank }, z.flat());
  const expected = byLogs(z, labels, blank);
  expectClose([value], [expected.value], { relative: 1e-6, absolute: 1e-6 }, "value");
  expectClose(gradient, expected.gradient.flat(), { absolute: 3e-6 }, "gradient");
});

describe.each(cases)("$name", one => {
  it("has PyTorch's values and gradients", () => {
    const { value, gradient } = run(one, one.logits, one.sampleWeight);
    // The sum of powers of a step's logits is of float32 numbers.
    expectClose([value], [one.value], { relative: 1e-6 }, "value");
    expectClose(gradient, one.gradient, { relative: 2e-6, absolute: 3e-7 }, "gradient");
  });

  it("divides by numbers of labels where that is asked for, as PyTorch's mean", () => {
    const { value, gradient } = run(one, one.logits, undefined, "labels");
    const counts = one.targets.map(own => Math.max(1, own.length));
    const [N] = one.shape;
    const mean = one.each.reduce((sum, each, n) => sum + each / counts[n], 0) / N;
    expectClose([value], [mean], { relative: 1e-6 }, "value");
    const whole = run(one, one.logits).gradient;
    const size = whole.length / N;
    expectClose(
      gradient,
      whole.map((d, i) => d / counts[Math.floor(i / size)]),
      { relative: 1e-6, absolute: 1e-7 },
    );
  });

  it("has the gradient of its own differences", () => {
    const { gradient } = run(one, one.logits, one.sampleWeight);
    const moved = (z: Float64Array) => run(one, z, one.sampleWeight).value;
    const numeric = numericGradient(moved, Float32Array.from(one.logits), 2 ** -7);
    expectClose(gradient, numeric, { relative: 2e-3, absolute: 2e-4 }, "differences");
  });
});

/** The log of the probability of labels, by all alignments. */
function byAlignments(logs: number[][], labels: number[], blank: number): number {
  const V = logs[0].length;
  let sum = 0;
  const walk = (t: number, path: number[], log: number): void => {
    if (t === logs.length) {
      const said = path.filter((c, i) => c !== blank && c !== path[i - 1]);
      if (said.join() === labels.join()) sum += Math.exp(log);
      return;
    }
    for (let j = 0; j < V; j++) walk(t + 1, [...path, j], log + logs[t][j]);
  };
  walk(0, [], 0);
  return Math.log(sum);
}

const random = seeded(3);
const [T, V] = [5, 3];
const z = Float32Array.from({ length: T * V }, () => 3 * random.uniform());
const logs = Array.from({ length: T }, (_, t) => {
  const row = Array.from(z.subarray(t * V, (t + 1) * V));
  const sum = Math.log(row.reduce((a, b) => a + Math.exp(b), 0));
  return row.map(value => value - sum);
});

it.each([[[1, 2]], [[1, 1]], [[2]], [[]], [[1, 2, 1, 2, 1]]])("is the sum over all alignments: %j", labels => {
  const { value } = run({ shape: [1, T, V], targets: [labels], lengths: [T], blank: 0 }, z);
  expectClose([-value], [byAlignments(logs, labels, 0)], { relative: 1e-6 });
});

function recognizer(
  units: number,
  activation: "softmax" | "linear" = "softmax",
  metrics = ["editDistance"] as ["editDistance"],
): Model {
  const net = sequential(
    [layers.lstm({ units: 5, returnSequences: true, inputShape: [null, 3] }), layers.dense({ units, activation })],
    { seed: 1 },
  );
  net.compile({
    loss: activation === "softmax" ? "ctc" : losses.ctc({ fromLogits: true }),
    optimizer: optimizers.sgd({ learningRate: 0.1 }),
    metrics,
  });
  return net;
}

it.each(["softmax", "linear"] as const)("trains an LSTM as PyTorch does over ten steps, behind %s", activation => {
  const [N, steps, C, H, classes] = training.sizes;
  const net = recognizer(classes, activation);
  const shapes = [[C, 4 * H], [H, 4 * H], [4 * H], [H, classes], [classes]];
  net.setWeights(training.weights.map((data, i) => ndarray(Float32Array.from(data), shapes[i])));
  const x = { x: ndarray(Float32Array.from(training.x), [N, steps, C]), lengths: training.lengths };
  const own = Array.from({ length: 10 }, () => net.trainOnBatch(x, padded(training.targets)).loss);
  expectClose(own, training.losses, { relative: 1e-5, absolute: 1e-7 });
  if (activation === "linear") return;
  const predicted = net.predict(x).data;
  const real = training.lengths.flatMap((length, n) =>
    Array.from(predicted.subarray(n * steps * classes, (n * steps + length) * classes)),
  );
  expectClose(real, training.predictions, { absolute: 1e-5 });
});

describe("a model", () => {
  const x = numbers([3, 6, 3]);
  const y = [[1, 2], [3], [2, 2, 1]];

  it("learns lists of labels of unequal length, and says what it heard", async () => {
    const net = recognizer(4);
    net.compile({ loss: "ctc", optimizer: optimizers.adam({ learningRate: 0.05 }), metrics: ["editDistance"] });
    const first = await net.evaluate(x, y);
    await net.fit(x, y, { epochs: 250, verbose: 0 });
    const last = await net.evaluate(x, y, { batchSize: 2 });
    expect(last.loss).toBeLessThan(0.2 * first.loss);
    expect(last.editDistance).toBe(0);
    for (const strategy of ["greedy", "beamSearch"] as const) {
      expect(ctcDecode(net.predict(x), { strategy }).map(([{ labels }]) => labels)).toEqual(y);
    }
    expect(await loadModel(net.save()).evaluate(x, y, { batchSize: 2 })).toEqual(last);
  });

  it("counts insertions, deletions and changes by all labels", async () => {
    const net = sequential([layers.dense({ units: 3, inputShape: [null, 3] })]);
    net.setWeights([
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      [0, 0, 0],
    ]);
    net.compile({ loss: losses.ctc({ fromLogits: true }), metrics: ["editDistance"] });
    const say = (...ids: number[]) => ids.map(id => [0, 1, 2].map(j => (j === id ? 5 : 0)));
    const heard = [say(1, 1, 0, 2, 2, 0), say(0, 1, 2, 1, 2, 0), say(2, 2, 0, 2, 1, 1)];
    for (const batchSize of [1, 3]) {
      // 1 2 is right; 1 2 1 2 for 2 1 has two too many; 2 2 1 for 1 2 has one too many and one changed.
      const { editDistance } = await net.evaluate(
        heard,
        [
          [1, 2],
          [2, 1],
          [1, 2],
        ],
        { batchSize },
      );
      expect(editDistance).toBeCloseTo((0 + 2 + 2) / 6, 10);
    }
    const { editDistance } = await net.evaluate({ x: heard, lengths: [4, 6, 6] }, [
      [1, 2],
      [2, 1],
      [1, 2],
    ]);
    expect(editDistance).toBeCloseTo(4 / 6, 10);
  });

  it("refuses labels that cannot be, and goes on", async () => {
    const net = recognizer(4);
    const refused = (y: number[][], message: string, lengths = [6, 6, 6]) =>
      expectError(() => net.trainOnBatch({ x, lengths }, y), "RangeError", message);
    const room =
      "step 1: y: expected at least 5 steps for the 3 labels of sample 1 of the batch, one for each and one between two " +
      "that are the same, got 4; give it longer inputs, or leave it out";
    await refused([[1], [2, 2, 2], [3]], room, [6, 4, 6]);
    await refused([[1], [4], [3]], "step 1: y: expected labels in 0..3, got 4 in sample 1 of the batch");
    expect(net.trainOnBatch(x, y).loss).toBe(recognizer(4).trainOnBatch(x, y).loss);
    await expectError(
      () => sequential([layers.dense({ units: 3, inputShape: [2] })]).compile({ loss: "ctc" }),
      "RangeError",
      "compile loss ctc: expected an output [N, T, classes] with more than 0 classes, got [N, 3]",
    );
    await expectError(
      () => recognizer(4, "softmax", ["accuracy"] as never),
      "RangeError",
      /compile metrics: "accuracy"/,
    );
  });
});

describe("ctcDecode", () => {
  it("finds the most probable labels over all alignments, where all prefixes are kept", () => {
    const all: { labels: number[]; log: number }[] = [];
    const add = (labels: number[]): void => {
      const log = byAlignments(logs, labels, 0);
      if (log > -Infinity) all.push({ labels, log });
      if (labels.length < T) for (let j = 1; j < V; j++) add([...labels, j]);
    };
    add([]);
    all.sort((a, b) => b.log - a.log);
    const options = { strategy: "beamSearch", topPaths: 6, beamWidth: 500 } as const;
    const probabilities = ndarray(Float64Array.from(logs.flat(), Math.exp), [1, T, V]);
    const [found] = ctcDecode(probabilities, options);
    expect(found.map(({ labels }) => labels)).toEqual(all.slice(0, 6).map(({ labels }) => labels));
    expectClose(
      found.map(f => f.logProbability),
      all.slice(0, 6).map(({ log }) => log),
      { relative: 1e-9 },
    );
    const [same] = ctcDecode(ndarray(z, [1, T, V]), { ...options, fromLogits: true });
    expect(same.map(({ labels }) => labels)).toEqual(found.map(({ labels }) => labels));
  });

  it("greedily takes the best class of each step, of real steps alone", () => {
    const of = (...ids: number[]) => ids.map(id => [0, 1, 2].map(j => (j === id ? 0.8 : 0.1)));
    const p = [of(1, 1, 0, 1, 2), of(0, 2, 2, 1, 1)];
    expect(ctcDecode(p).map(([{ labels }]) => labels)).toEqual([
      [1, 1, 2],
      [2, 1],
    ]);
    expect(ctcDecode(p, { lengths: [3, 3] }).map(([{ labels }]) => labels)).toEqual([[1], [2]]);
    expect(ctcDecode(p, { blank: 2 }).map(([{ labels }]) => labels)).toEqual([
      [1, 0, 1],
      [0, 1],
    ]);
    expect(ctcDecode(p)[0][0].logProbability).toBeCloseTo(5 * Math.log(0.8), 6);
  });

  it("refuses what does not fit", async () => {
    await expectError(
      () => ctcDecode([[1, 2]]),
      "RangeError",
      "ctcDecode predictions: expected [N, T, classes] with more than 0 classes, got [1, 2]",
    );
    await expectError(
      () => ctcDecode([[[1, 2]]], { lengths: [2] }),
      "RangeError",
      "ctcDecode lengths: expected 1 whole numbers in [0, 1], got 2",
    );
    await expectError(() => ctcDecode([[[1, 2]]], { strategy: "beam" as never }), "RangeError", /strategy/);
  });
});
