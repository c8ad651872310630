import { describe, expect, it } from "vitest";
import { input, layers, loadModel, type Model, model, sequential } from "../../src/index.ts";
import { sizeOf } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, expectError, ids, numbers, scramble } from "../helpers/models.ts";
import { stepKernels } from "../helpers/streams.ts";
import { untyped } from "../helpers/untyped.ts";

const { bidirectional, concatenate, dense, embedding, gru, lstm, masking } = layers;

it("joins along the last axis, in the order of the list", () => {
  const [a, b, c] = [[1], [3], [2]].map(shape => input({ shape }));
  const net = model({ inputs: [a, b, c], outputs: concatenate().apply([c, a, b]) });
  expect(
    net
      .predict([
        [[1], [2]],
        numbers([2, 3]),
        [
          [5, 6],
          [7, 8],
        ],
      ])
      .toArray(),
  ).toEqual(
    [
      [5, 6, 1],
      [7, 8, 2],
    ].map((row, n) => [...row, ...(numbers([2, 3]).toArray() as number[][])[n]]),
  );
});

it("takes sequences, one tensor, one tensor twice, and both outputs of a layer", () => {
  const x = input({ shape: [null, 2] });
  const net = model({ inputs: x, outputs: [concatenate().apply([x, x]), concatenate().apply(x)] });
  const [twice, once] = net.predictAll([
    [
      [1, 2],
      [3, 4],
    ],
  ]);
  expect(twice.toArray()).toEqual([
    [
      [1, 2, 1, 2],
      [3, 4, 3, 4],
    ],
  ]);
  expect(once.toArray()).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
  ]);
  const both = (mergeMode: "concat" | null) =>
    bidirectional({ layer: gru({ units: 3, returnSequences: true }), mergeMode, inputShape: [4, 2] });
  const nets = [sequential([both(null), concatenate()]), sequential([both("concat")])];
  for (const each of nets) scramble(each);
  const [joined, merged] = nets.map(each => each.predict(numbers([3, 4, 2])));
  expect(joined.shape).toEqual([3, 4, 6]);
  expect(bits(joined.data)).toEqual(bits(merged.data));
});

it("gives every input its part of the gradient", () => {
  const build = (join: boolean) => {
    const x = input({ shape: [3] });
    const [p, q] = [2, 4].map(units => dense({ units }).apply(x));
    const net = model({ inputs: x, outputs: join ? concatenate().apply([p, q]) : [p, q], seed: 2 });
    net.compile({ loss: "mse" });
    return net;
  };
  const x = numbers([5, 3], 2);
  const [p, q] = [numbers([5, 2], 3), numbers([5, 4], 4)];
  const rows = (p.toArray() as number[][]).map((row, n) => [...row, ...(q.toArray() as number[][])[n]]);
  const joined = build(true).gradients(x, rows);
  // The mean is over 6 numbers instead of 2 and 4.
  build(false)
    .gradients(x, [p, q])
    .forEach(({ data }, i) => {
      const share = data.map(value => (value * (i < 2 ? 2 : 4)) / 6);
      expectClose(joined[i].data, share, { absolute: 1e-6 }, `gradient ${i}`);
    });
});

describe("hides a step that is padding in all inputs", () => {
  const sum = (net: Model, x: unknown) => net.predict(untyped(x)).toArray();

  /** Two embeddings side by side, then a layer that skips padding; masked or not. */
  const build = (masks: [boolean, boolean]) => {
    const inputs = masks.map(() => input({ shape: [null] }));
    const tables = masks.map((maskZero, i) => embedding({ inputDim: 6, outputDim: 3, maskZero }).apply(inputs[i]));
    const net = model({ inputs, outputs: lstm({ units: 4 }).apply(concatenate().apply(tables)) });
    scramble(net);
    return net;
  };

  it("alone", () => {
    const short = [[[2, 0, 4]], [[1, 3, 0]]];
    const padded = [[[2, 0, 4, 0]], [[1, 3, 0, 0]]];
    const net = build([true, true]);
    expect(sum(net, padded)).toEqual(sum(net, short));
    expect(sum(net, short)).toEqual(sum(build([false, false]), short)); // no step is padding in both
    expect(sum(net, padded)).not.toEqual(sum(build([false, false]), padded));
  });

  it("and none if one of them has no mask", () => {
    const x = [ids([2, 5], 3), ids([2, 5], 3, 7)];
    for (const masks of [
      [true, false],
      [false, true],
    ] as [boolean, boolean][]) {
      expect(sum(build(masks), x)).toEqual(sum(build([false, false]), x));
    }
  });

  it("also where the mask is one and the same", () => {
    const x = input({ shape: [null] });
    const y = embedding({ inputDim: 6, outputDim: 3, maskZero: true }).apply(x);
    const net = model({ inputs: x, outputs: lstm({ units: 4 }).apply(concatenate().apply([y, y])) });
    scramble(net);
    expect(sum(net, [[2, 1, 0, 0]])).toEqual(sum(net, [[2, 1]]));
  });
});

it("is saved and loaded", () => {
  const x = input({ shape: [null, 2] });
  const y = gru({ units: 3, returnSequences: true }).apply(x);
  const net = model({ inputs: x, outputs: dense({ units: 1 }).apply(concatenate({ name: "skip" }).apply([x, y])) });
  scramble(net);
  const again = loadModel(net.save());
  expect(again.layers.map(layer => layer.name)).toEqual(["gru", "skip", "dense"]);
  expect(bits(again.predict(numbers([1, 5, 2])).data)).toEqual(bits(net.predict(numbers([1, 5, 2])).data));
});

describe("in a stream", () => {
  const build = (shape: (number | null)[]) => {
    const x = input({ shape });
    const y = shape.length === 2 ? gru({ units: 3, returnSequences: true }).apply(x) : dense({ units: 3 }).apply(x);
    const joined = concatenate().apply([x, y, x]);
    const net = model({ inputs: x, outputs: dense({ units: 2 }).apply(joined) });
    scramble(net);
    return net;
  };

  it.each([
    ["vectors", [null, 2]],
    ["matrices", [null, 4, 2]],
  ] as [string, (number | null)[]][])("joins %s in a compiled step, to the bits of predict", (_, shape) => {
    const net = build(shape);
    const inner = shape.slice(1) as number[];
    const size = sizeOf(inner);
    const data = numbers([1, 5, ...inner]);
    const stream = net.stream();
    const steps = [0, 1, 2, 3, 4].flatMap(t => [...stream.step(data.data.slice(t * size, (t + 1) * size))]);
    expect(bits(steps)).toEqual(bits(net.predict(data).data));
    expect(stepKernels(net)).not.toContain("forward");
  });

  it.each([
    ["hides steps", [true, true]],
    ["hides none for the second input", [true, false]],
    ["hides none for the first input", [false, true]],
  ])("has the bits of predict where a mask %s", (_, masks) => {
    const x = input({ shape: [null, 2] });
    const parts = masks.map(masked => (masked ? masking({ maskValue: 9 }).apply(x) : x));
    const above = gru({ units: 3, returnSequences: true }).apply(concatenate().apply(parts));
    const net = model({ inputs: x, outputs: above });
    scramble(net);
    const { data, shape } = numbers([1, 6, 2]);
    for (const t of [1, 2, 4]) data.fill(9, 2 * t, 2 * t + 2);
    const whole = net.predict({ data, shape });
    const rows = (whole.toArray() as number[][][])[0];
    expect(rows[1].join() === rows[0].join()).toBe(masks.every(masked => masked));
    const stream = net.stream();
    const steps = [0, 1, 2, 3, 4, 5].flatMap(t => [...stream.step(data.slice(2 * t, 2 * t + 2))]);
    expect(bits(steps)).toEqual(bits(whole.data));
  });
});

describe("refuses", () => {
  const joined = (...shapes: (number | null)[][]) => concatenate().apply(shapes.map(shape => input({ shape })));
  const remedy = "; pad sequences to one length, and give recurrent layers the same returnSequences";

  it.each([
    [
      [
        [4, 2],
        [5, 3],
      ],
      "[N, 4, 2] and [N, 5, 3]",
    ],
    [[[4, 2], [3]], "[N, 4, 2] and [N, 3]"],
    [
      [
        [null, 2],
        [4, 2],
        [5, 3],
      ],
      "[N, any, 2] and [N, 4, 2] and [N, 5, 3]",
    ],
  ] as [number[][], string][])("inputs of %j", (shapes, got) =>
    expectError(
      () => joined(...shapes),
      "RangeError",
      `concatenate: expected inputs that differ in their last axis alone, got ${got}${remedy}`,
    ),
  );

  it("sequences that turn out to be of unequal length", async () => {
    const inputs = [2, 3].map(C => input({ shape: [null, C] }));
    const net = model({ inputs, outputs: concatenate().apply(inputs) });
    expect(joined([null, 2], [4, 3]).shape).toEqual([4, 5]);
    await expectError(
      () => net.predict([numbers([2, 4, 2]), numbers([2, 5, 3])]),
      "RangeError",
      `concatenate: expected inputs that differ in their last axis alone, got [2, 4, 2] and [2, 5, 3]${remedy}`,
    );
  });

  it("no inputs, and an axis of unknown size", async () => {
    await expectError(() => joined(), "RangeError", "concatenate: expected at least 1 input tensors, got 0");
    await expectError(
      () => joined([3, null]),
      "RangeError",
      /concatenate: expected a known size of the last axis, got \[3, any\]/,
    );
    await expectError(() => concatenate({ axes: 1 } as object), "TypeError", /unknown option/);
  });
});

describe("along another axis", () => {
  const parts = (axis: number, shapes: readonly (number | null)[][], hide = false) => {
    const inputs = shapes.map(shape => input({ shape }));
    const given = inputs.map((x, i) => (hide && i === 0 ? masking().apply(x) : x));
    return model({ inputs, outputs: concatenate({ axis }).apply(given) });
  };

  it.each([
    [
      1,
      [
        [2, 3],
        [4, 3],
      ],
      [6, 3],
    ],
    [
      -2,
      [
        [2, 3],
        [1, 3],
      ],
      [3, 3],
    ],
    [
      2,
      [
        [2, 3, 2],
        [2, 1, 2],
      ],
      [2, 4, 2],
    ],
    [
      1,
      [
        [null, 3],
        [4, 3],
      ],
      [6, 3],
    ],
  ] as const)("axis %i: numbers, gradients and file", (axis, shapes, joined) => {
    const net = parts(
      axis,
      shapes.map(shape => [...shape]),
    );
    const sizes = shapes.map(shape => shape.map(n => n ?? 2));
    const fed = sizes.map((shape, i) => numbers([2, ...shape], i));
    const y = net.predict(fed);
    expect(y.shape).toEqual([2, ...joined]);
    const own = axis < 0 ? 1 + joined.length + axis : axis;
    const at = (array: typeof y, index: number[]): number =>
      array.data[index.reduce((place, n, i) => place * array.shape[i] + n, 0)];
    y.data.forEach((value, i) => {
      const index = y.shape.map((n, k) => Math.floor(i / sizeOf(y.shape.slice(k + 1))) % n);
      const first = fed[0].shape[own];
      const part = index[own] < first ? 0 : 1;
      expect(value).toBe(
        at(
          fed[part],
          index.map((n, k) => (k === own ? n - part * first : n)),
        ),
      );
    });
    net.compile({ loss: "mse" });
    const gradients = net.gradients(fed, { shape: y.shape, data: y.data.map(value => value - 1) }, { inputs: true });
    for (const { data } of gradients)
      expectClose(
        data,
        data.map(() => 2 / y.data.length),
        { absolute: 1e-7 },
      );
    const again = loadModel(net.save());
    expect(bits(again.predict(fed).data)).toEqual(bits(y.data));
  });

  it("masks follow one another along time", () => {
    const net = parts(
      1,
      [
        [2, 3],
        [2, 3],
      ],
      true,
    );
    net.compile({ loss: "mse" });
    const first = numbers([1, 2, 3]);
    first.data.fill(0, 3, 6);
    const y = net.predict([first, numbers([1, 2, 3], 2)]);
    const off = { shape: y.shape, data: y.data.map((value, i) => value + (i >= 3 && i < 6 ? 1e6 : 1)) };
    expect(net.trainOnBatch([first, numbers([1, 2, 3], 2)], off).loss).toBeCloseTo(1, 5);
  });

  it("refuses what does not fit, and streams", async () => {
    await expectError(
      () =>
        parts(1, [
          [2, 3],
          [2, 4],
        ]),
      "RangeError",
      "concatenate: expected inputs that differ in axis 1 alone, got [N, 2, 3] and [N, 2, 4]",
    );
    await expectError(
      () =>
        parts(3, [
          [2, 3],
          [2, 3],
        ]),
      "RangeError",
      "concatenate axis: expected one of 1..2, or -1..-2, for inputs of 3 axes, got 3",
    );
    await expectError(() => parts(0, [[2, 3]]), "RangeError", /axis: expected one of 1\.\.2/);
    const text = 'stream: layer "concatenate" needs the whole sequence; use predict() for this model';
    await expectError(
      () =>
        parts(1, [
          [null, 3],
          [null, 3],
        ]).stream(),
      "RangeError",
      text,
    );
  });
});
