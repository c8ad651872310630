/** Segments that are computed again: the same bits, in less memory. */
import { describe, expect, it } from "vitest";
import { input, layers, type Model, model, type NDArray, ndarray, sequential } from "../../src/index.ts";
import type { CheckpointSteps } from "../../src/recurrent/run/segments.ts";
import { expectClose } from "../helpers/compare.ts";
import { seeded } from "../helpers/random.ts";
import { fusedForms } from "../helpers/recurrentForms.ts";

const { bidirectional, dense, embedding, lstm, masking } = layers;

interface Case {
  N: number;
  T: number;
  build(checkpointSteps: CheckpointSteps, T: number): Model;
  ids?: number;
}

const C = 3;
const compiled = (net: Model): Model => {
  net.compile({ loss: "mse", optimizer: "sgd" });
  return net;
};
const build = (list: Parameters<typeof sequential>[0]): Model => compiled(sequential(list, { seed: 3 }));

const cases: Record<string, Case> = {
  "last output": {
    N: 300,
    T: 23,
    build: (checkpointSteps, T) =>
      build([lstm({ units: 5, checkpointSteps, inputShape: [T, C] }), dense({ units: 2 })]),
  },
  "sequences, stacked": {
    N: 300,
    T: 23,
    build: (checkpointSteps, T) =>
      build([
        lstm({ units: 5, returnSequences: true, checkpointSteps, inputShape: [T, C] }),
        lstm({ units: 6, returnSequences: true, checkpointSteps }),
        dense({ units: 2 }),
      ]),
  },
  "one sequence": {
    N: 1,
    T: 4000,
    build: (checkpointSteps, T) =>
      build([lstm({ units: 5, checkpointSteps, inputShape: [T, C] }), dense({ units: 2 })]),
  },
  "both directions, masked": {
    N: 200,
    T: 31,
    build: (checkpointSteps, T) =>
      build([
        masking({ inputShape: [T, C] }),
        bidirectional({ layer: lstm({ units: 5, returnSequences: true, checkpointSteps }) }),
        dense({ units: 2 }),
      ]),
  },
  "tokens, padded": {
    N: 200,
    T: 31,
    ids: 9,
    build: (checkpointSteps, T) =>
      build([
        embedding({ inputDim: 9, outputDim: 4, maskZero: true, inputShape: [T] }),
        lstm({ units: 5, checkpointSteps }),
        dense({ units: 2 }),
      ]),
  },
  ...Object.fromEntries(
    fusedForms.flatMap(([name, { layer, heads = 1 }]): [string, Case][] => [
      [
        `${name}: sequences, masked, states in and out`,
        {
          // Several segments also of a cell that takes 32 steps together.
          N: 100,
          T: 36,
          build: (checkpointSteps, T) => {
            const x = input({ shape: [T, C] });
            const options = { units: 6 * heads, returnSequences: true, checkpointSteps };
            const [y, ...states] = layer({ ...options, returnState: true }).applyAll(masking().apply(x));
            const outputs = dense({ units: 2 }).apply(layer(options).apply([y, ...states]));
            return compiled(model({ inputs: x, outputs, seed: 3 }));
          },
        },
      ],
      [
        `${name}: tokens`,
        {
          // Several segments also of a cell that takes 32 steps together.
          N: 100,
          T: 36,
          ids: 9,
          build: (checkpointSteps, T) =>
            build([
              embedding({ inputDim: 9, outputDim: 4, inputShape: [T] }),
              layer({ units: 6 * heads, checkpointSteps }),
              dense({ units: 2 }),
            ]),
        },
      ],
    ]),
  ),
};

function data({ N, T, ids }: Case, sequences: boolean) {
  const random = seeded(7);
  const length = (n: number) => (n * 7) % (T + 1); // some are empty
  const real = (n: number, t: number) => N === 1 || t < length(n);
  const x = ids
    ? ndarray(
        Int32Array.from({ length: N * T }, (_, i) => (real(Math.floor(i / T), i % T) ? 1 + (i % (ids - 1)) : 0)),
        [N, T],
      )
    : ndarray(
        Float32Array.from(random.array(N * T * C), (value, i) =>
          real(Math.floor(i / (T * C)), Math.floor(i / C) % T) ? value : 0,
        ),
        [N, T, C],
      );
  const shape = sequences ? [N, T, 2] : [N, 2];
  return { x, y: ndarray(Float32Array.from(random.array(shape.reduce((a, b) => a * b))), shape) };
}

describe.each(Object.entries(cases))("%s", (name, set) => {
  it.each<[CheckpointSteps]>([["auto"], [9], [1e6]])(
    "gradients and outputs have the same bits with checkpointSteps %s",
    every => {
      const [whole, cut] = [set.build(0, set.T), set.build(every, set.T)];
      const { x, y } = data(set, /sequences|directions/.test(name));
      const bits = (arrays: readonly { data: ArrayLike<number> }[]) =>
        arrays.map(({ data }) => [...new Int32Array(Float32Array.from(data).buffer)]);
      const [expected, gradients] = [whole, cut].map(net => bits(net.gradients(x, y)));
      expect(expected.flat().some(value => value !== 0)).toBe(true);
      expect(gradients).toEqual(expected);
      expect(bits([cut.predict(x)])).toEqual(bits([whole.predict(x)]));
    },
  );
});

/** Samples [from, to) of an array. */
function samples({ shape, data }: NDArray, from: number, to: number): NDArray {
  const size = data.length / shape[0];
  return ndarray(data.slice(from * size, to * size), [to - from, ...shape.slice(1)]);
}

describe("sums over several pieces of rows are those over few sequences at a time, which are one piece each", () => {
  const PART = 20;
  const fixed = Object.entries(cases).filter(([name, { N }]) => N > PART && !/dropout|zoneout|regularized/i.test(name));

  it.each(fixed)("%s", (name, set) => {
    const net = set.build(0, set.T);
    const { x, y } = data(set, /sequences|directions/.test(name));
    const sums = net.getWeights().map(({ data }) => new Float64Array(data.length));
    let total = 0;
    for (let from = 0; from < set.N; from += PART) {
      const part = [x, y].map(array => samples(array, from, from + PART));
      // The mean is over real steps where outputs have a mask, else over samples.
      const weight = name.includes("masked") ? part[0].data.filter(value => value !== 0).length : PART;
      total += weight;
      net.gradients(part[0], part[1]).forEach((gradient, i) => {
        gradient.data.forEach((value, j) => {
          sums[i][j] += weight * value;
        });
      });
    }
    net.gradients(x, y).forEach(({ data }, i) => {
      const expected = sums[i].map(sum => sum / total);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // Thousands of float32 terms that cancel; a piece in the wrong place is wrong by the size of the gradient itself.
      expectClose(data, expected, { absolute: 1e-5 * largest + 1e-9 }, net.network.plan.specs[i].path);
    });
  });
});

it("memory does not grow with the length", () => {
  const bytes = (T: number, checkpointSteps: CheckpointSteps) => {
    const net = build([lstm({ units: 16, checkpointSteps, inputShape: [null, 1] }), dense({ units: 1 })]);
    const x = ndarray(new Float32Array(T).fill(0.1), [1, T, 1]);
    net.trainOnBatch(x, [[1]]);
    return net.memoryBytes;
  };
  expect(bytes(40_000, 0)).toBeGreaterThan(15e6);
  expect(bytes(40_000, "auto")).toBeLessThan(3e6);
});

it.each([
  [-1, 'lstm checkpointSteps: expected "auto", a whole number of steps, or 0 to keep them all, got -1'],
  [1.5, 'lstm checkpointSteps: expected "auto", a whole number of steps, or 0 to keep them all, got 1.5'],
  ["root", 'lstm checkpointSteps: expected "auto", a whole number of steps, or 0 to keep them all, got "root"'],
])("refuses %s", (value, message) => {
  expect(() => lstm({ units: 2, checkpointSteps: value as number })).toThrow(message);
});
