import { describe, expect, it } from "vitest";
import { layers, ndarray, sequential } from "../../src/index.ts";
import { type PadOptions, padSequences } from "../../src/text/index.ts";
import { bits, expectError } from "../helpers/models.ts";

const SEQUENCES = [[1, 2, 3], [4], [5, 6, 7, 8], []];

// Keras 3.15: keras.utils.pad_sequences(sequences, **options).tolist()
it.each<[PadOptions, number[][]]>([
  [
    {},
    [
      [0, 1, 2, 3],
      [0, 0, 0, 4],
      [5, 6, 7, 8],
      [0, 0, 0, 0],
    ],
  ],
  [
    { padding: "post" },
    [
      [1, 2, 3, 0],
      [4, 0, 0, 0],
      [5, 6, 7, 8],
      [0, 0, 0, 0],
    ],
  ],
  [
    { maxlen: 2 },
    [
      [2, 3],
      [0, 4],
      [7, 8],
      [0, 0],
    ],
  ],
  [
    { maxlen: 2, truncating: "post" },
    [
      [1, 2],
      [0, 4],
      [5, 6],
      [0, 0],
    ],
  ],
  [
    { maxlen: 2, truncating: "post", padding: "post", value: 9 },
    [
      [1, 2],
      [4, 9],
      [5, 6],
      [9, 9],
    ],
  ],
  [
    { maxlen: 5, value: -1 },
    [
      [-1, -1, 1, 2, 3],
      [-1, -1, -1, -1, 4],
      [-1, 5, 6, 7, 8],
      [-1, -1, -1, -1, -1],
    ],
  ],
])("pads and cuts as Keras does: %j", (options, rows) => {
  const { shape, data, toArray } = padSequences(SEQUENCES, options as PadOptions & { lengths?: false });
  expect(padSequences(SEQUENCES, options as object).toArray()).toEqual(rows);
  expect(shape).toEqual([4, rows[0].length]);
  expect(data).toBeInstanceOf(Int32Array);
  expect(toArray).toBeTypeOf("function");
});

describe("sequences of features", () => {
  const sequences = [
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6.5]],
  ];
  it("keep their rows, in float64", () => {
    const padded = padSequences(sequences, { maxlen: 3 });
    expect(padded.toArray()).toEqual([
      [
        [0, 0],
        [1, 2],
        [3, 4],
      ],
      [
        [0, 0],
        [0, 0],
        [5, 6.5],
      ],
    ]);
    expect(padded.data).toBeInstanceOf(Float64Array);
    expect(padSequences(sequences, { maxlen: 1 }).toArray()).toEqual([[[3, 4]], [[5, 6.5]]]);
    expect(padSequences([ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]), []]).shape).toEqual([2, 2, 2]);
  });
});

it("keeps whole numbers that are no int32, and values that are not whole", () => {
  expect(padSequences([[2 ** 40]]).data).toEqual(Float64Array.of(2 ** 40));
  expect(padSequences([[1], [1, 2]], { value: 0.5 }).toArray()).toEqual([
    [0.5, 1],
    [1, 2],
  ]);
  expect(padSequences([Int32Array.of(1, 2), [3]]).toArray()).toEqual([
    [1, 2],
    [0, 3],
  ]);
});

it("with lengths a model hides what is padding, and takes it as the list itself", () => {
  const padded = padSequences(SEQUENCES, { lengths: true, value: 9 });
  expect(padded.x.toArray()).toEqual([
    [1, 2, 3, 9],
    [4, 9, 9, 9],
    [5, 6, 7, 8],
    [9, 9, 9, 9],
  ]);
  expect(padded.lengths).toEqual(Int32Array.of(3, 1, 4, 0));
  const cut = padSequences(SEQUENCES, { lengths: true, maxlen: 2 });
  expect([cut.x.toArray(), cut.lengths]).toEqual([
    [
      [2, 3],
      [4, 0],
      [7, 8],
      [0, 0],
    ],
    Int32Array.of(2, 1, 2, 0),
  ]);
  const net = sequential([
    layers.embedding({ inputDim: 10, outputDim: 3, inputShape: [null] }),
    layers.lstm({ units: 2 }),
  ]);
  expect(bits(net.predict(padded).data)).toEqual(bits(net.predict(SEQUENCES).data));
});

it.each<[unknown, object, "TypeError" | "RangeError", string | RegExp]>([
  [[], {}, "TypeError", "padSequences: expected a list of at least one sequence, got an array of 0"],
  [5, {}, "TypeError", "padSequences: expected a list of at least one sequence, got 5"],
  [
    [[1], 2],
    {},
    "TypeError",
    "padSequences: sequence 1: expected nested number arrays, { shape, data } or ndarray(data, shape), got 2",
  ],
  [[["a"]], {}, "TypeError", 'padSequences: sequence 0: expected numbers, got "a" at element 0'],
  [[[[1, 2]], [[1]]], {}, "RangeError", "padSequences: expected sequence 1 to be [T, 2] as sequence 0, got [T, 1]"],
  [[[[1, 2]], [1]], {}, "RangeError", "padSequences: expected sequence 1 to be [T, 2] as sequence 0, got [T]"],
  [[[1]], { maxlen: 0 }, "RangeError", "padSequences maxlen: expected a whole number >= 1, got 0"],
  [[[1]], { padding: "left" }, "RangeError", /padSequences padding: expected one of pre, post, got "left"/],
  [
    [[1]],
    { padding: "pre", lengths: true },
    "RangeError",
    'padSequences padding: expected "post" with lengths, which count from the first step, got "pre"',
  ],
])("refuses case %#", async (sequences, options, type, message) => {
  await expectError(() => padSequences(sequences as number[][], options as object), type, message);
});
