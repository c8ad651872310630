/** A list of sequences of unequal length is `{ x, lengths }`. */
import { describe, expect, it, vi } from "vitest";
import {
  input,
  type Layer,
  layers,
  loadModel,
  type Model,
  model,
  sequential,
  standardScaler,
} from "../../src/index.ts";
import { bits, expectError, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { bidirectional, concatenate, dense, embedding, gru, lstm, missing } = layers;
const { NaN: nan } = Number;

interface Case {
  make: () => Layer[];
  ragged: unknown[];
  padded: unknown;
  lengths: number[];
}
const steps = {
  ragged: [
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6]],
    [],
    [
      [7, 8],
      [9, 1],
      [2, 3],
    ],
  ],
  lengths: [2, 1, 0, 3],
};
const zero = [0, 0];
const padded = [
  [[1, 2], [3, 4], zero],
  [[5, 6], zero, zero],
  [zero, zero, zero],
  [
    [7, 8],
    [9, 1],
    [2, 3],
  ],
];

const CASES: Record<string, Case> = {
  "steps of features": { ...steps, padded, make: () => [lstm({ units: 3, inputShape: [null, 2] })] },
  "both directions": {
    ...steps,
    padded,
    make: () => [bidirectional({ layer: gru({ units: 3 }), inputShape: [null, 2] })],
  },
  "steps of one feature, the last axis left out": {
    ragged: [[1, 2], [3], [4, 5, 6], [7]],
    padded: [
      [1, 2, 0],
      [3, 0, 0],
      [4, 5, 6],
      [7, 0, 0],
    ],
    lengths: [2, 1, 3, 1],
    make: () => [lstm({ units: 3, inputShape: [null, 1] })],
  },
  "typed arrays": {
    ragged: [Float32Array.of(1, 2), Float64Array.of(3), Int32Array.of(4, 5, 6), []],
    padded: [
      [1, 2, 0],
      [3, 0, 0],
      [4, 5, 6],
      [0, 0, 0],
    ],
    lengths: [2, 1, 3, 0],
    make: () => [lstm({ units: 3, inputShape: [null, 1] })],
  },
  ids: {
    ragged: [[1, 2], [3], [0, 4, 4], [2]],
    padded: [
      [1, 2, 0],
      [3, 0, 0],
      [0, 4, 4],
      [2, 0, 0],
    ],
    lengths: [2, 1, 3, 1],
    make: () => [embedding({ inputDim: 5, outputDim: 3, inputShape: [null] }), lstm({ units: 3 })],
  },
  "missing values": {
    ragged: [
      [
        [1, nan],
        [3, 4],
      ],
      [[nan, nan]],
      [],
      [
        [7, 8],
        [nan, 1],
        [2, 3],
      ],
    ],
    padded: [
      [[1, nan], [3, 4], zero],
      [[nan, nan], zero, zero],
      [zero, zero, zero],
      [
        [7, 8],
        [nan, 1],
        [2, 3],
      ],
    ],
    lengths: steps.lengths,
    make: () => [missing({ strategy: "decay", time: untyped(undefined), inputShape: [null, 2] }), lstm({ units: 3 })],
  },
};

describe.each(Object.entries(CASES))("%s", (_, { make, ragged, padded, lengths }) => {
  const y = [[1], [2], [3], [4]];
  const build = () => {
    const net = sequential([...make(), dense({ units: 1 })], { seed: 1 });
    net.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
    return net;
  };
  const x = untyped({ x: padded, lengths });
  const list = untyped(ragged);

  it("gives the same as { x, lengths } wherever inputs are taken", async () => {
    const [a, b] = [build(), build()];
    expect(a.predict(list)).toEqual(b.predict(x));
    expect(a.predictAll(list)).toEqual(b.predictAll(x));
    expect(await a.evaluate(list, y)).toEqual(await b.evaluate(x, y));
    expect(a.gradients(list, y)).toEqual(b.gradients(x, y));
    expect(a.trainOnBatch(list, y)).toEqual(b.trainOnBatch(x, y));
    const settings = { epochs: 2, batchSize: 2, verbose: 0 } as const;
    const trained = async (net: Model, data: never) => [
      (await net.fit(data, y, { ...settings, validationSplit: 0.25 })).history,
      (await net.fit(data, y, { ...settings, validationData: [data, y] })).history,
    ];
    expect(await trained(a, list)).toEqual(await trained(b, x));
    expect(weightBits(a)).toEqual(weightBits(b));
    expect(loadModel(a.save()).predict(list)).toEqual(b.predict(x));
    expect(a.part({ outputs: "dense" }).predict(list)).toEqual(b.predict(x));
  });
});

describe("targets of every step", () => {
  const build = (units: number, loss: "mse" | "sparseCategoricalCrossentropy") => {
    const net = sequential(
      [
        lstm({ units: 3, returnSequences: true, inputShape: [null, 2] }),
        dense({ units, activation: loss === "mse" ? "linear" : "softmax" }),
      ],
      { seed: 1 },
    );
    net.compile({ loss });
    return net;
  };
  const x = { x: padded, lengths: steps.lengths };

  it("are lists of sequences too, of numbers or of classes, and may be scaled", async () => {
    const net = build(1, "mse");
    const y = [[[1], [2]], [[3]], [], [[4], [5], [6]]];
    const whole = [
      [[1], [2], [9]],
      [[3], [9], [9]],
      [[9], [9], [9]],
      [[4], [5], [6]],
    ];
    for (const scaling of [{}, { input: standardScaler().fit(padded), target: standardScaler().fit(whole) }]) {
      net.setScaling(scaling);
      const expected = await net.evaluate(x, whole);
      expect(await net.evaluate(steps.ragged, y)).toEqual(expected);
      expect(await net.evaluate(x, y)).toEqual(expected);
      expect(await net.evaluate(steps.ragged, untyped([[1, 2], [3], [], [4, 5, 6]]))).toEqual(expected);
    }
    const classes = build(3, "sparseCategoricalCrossentropy");
    const ids = [[0, 1], [2], [], [2, 1, 0]];
    const wholeIds = [
      [0, 1, 0],
      [2, 0, 0],
      [0, 0, 0],
      [2, 1, 0],
    ];
    expect(await classes.evaluate(steps.ragged, ids)).toEqual(await classes.evaluate(x, wholeIds));
  });

  it("are as long as the inputs", async () => {
    const net = build(1, "mse");
    await expectError(
      () => net.trainOnBatch(steps.ragged, [[[1], [2]], [[3]], [[1]], [[4], [5], [6]]]),
      "RangeError",
      "y: expected sequences as long as those of the inputs, got 1 steps and 0 at 2",
    );
    await expectError(
      () => net.trainOnBatch(padded, [[[1], [2]], [[3]], [], [[4], [5], [6]]]),
      "RangeError",
      /y: expected every row of axis 1 to have 2 entries, got one of 1; pad or cut/,
    );
  });
});

it("one of several inputs may be such a list", () => {
  const [a, b] = [input({ shape: [null, 2] }), input({ shape: [2] })];
  const y = dense({ units: 1 }).apply(concatenate().apply([lstm({ units: 3 }).apply(a), b]));
  const net = model({ inputs: [a, b], outputs: y, seed: 1 });
  const flat = [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ];
  expect(net.predict([steps.ragged, flat])).toEqual(net.predict({ x: [padded, flat], lengths: steps.lengths }));
});

it("a model of a fixed number of steps has them padded to that, and says so", () => {
  const net = sequential([lstm({ units: 3, inputShape: [4, 2] })], { seed: 1 });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const y = net.predict(steps.ragged);
  expect(warn.mock.calls).toEqual([
    [
      "wasm-lstm: x: sequences of 0 to 3 steps for a model of 4: they are padded at their ends, and what is padding is hidden; { x, lengths } says the same",
    ],
  ]);
  const { lengths } = steps;
  expect(bits(y.data)).toEqual(bits(net.predict({ x: padded.map(rows => [...rows, zero]), lengths }).data));
  expect(warn).toHaveBeenCalledTimes(1);
  warn.mockRestore();
});

it("is refused where sequences or their steps do not fit", async () => {
  const net = sequential([lstm({ units: 3, inputShape: [null, 2] })]);
  const fixed = sequential([lstm({ units: 3, inputShape: [2, 2], name: "fixed" })]);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const cases: [Model, unknown, "RangeError" | "TypeError", string][] = [
    [
      fixed,
      steps.ragged,
      "RangeError",
      "x: expected sequences of at most 2 steps, got one of 3 at 3; cut it, or give the model inputs of any length, null",
    ],
    [
      net,
      [
        [
          [1, 2],
          [3, 4],
        ],
        [[1, 2, 3]],
      ],
      "RangeError",
      "x[1]: expected [T, 2] as x[0] is, got [T, 3]",
    ],
    [net, [[[1]], [[1], [2]]], "RangeError", "x: expected [N, any, 2], got [2, 2, 1]"],
    [
      net,
      [
        [
          [1, 2],
          ["a", 4],
        ],
        [[1, 2]],
      ],
      "TypeError",
      'x[0]: expected numbers, got "a" at element 2',
    ],
    [
      net,
      [[[1, 2], [3]], [[1, 2]]],
      "RangeError",
      "x[0]: expected every row of axis 1 to have 2 entries, got one of 1; pad or cut the rows to one length",
    ],
    [
      net,
      [
        [
          [1, nan],
          [3, 4],
        ],
        [[1, 2]],
      ],
      "RangeError",
      "predict, samples 0 to 1: x has NaN at [0, 0, 1] of [2, 2, 2]",
    ],
  ];
  for (const [model, x, type, text] of cases) {
    await expectError(
      () => model.predict(untyped(x)),
      type,
      text.startsWith("predict") ? /x has NaN at \[0, 0, 1\]/ : text,
    );
  }
  warn.mockRestore();
});
