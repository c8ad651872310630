/** Options of losses, and outputs that they have no use for. */
import { describe, expect, it, vi } from "vitest";
import { layers, loadModel, losses, type Model, sequential } from "../../src/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { expectError, numbers } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const behind = (units: number): Model => sequential([layers.dense({ units, inputShape: [2] })], { seed: 1 });

it.each([
  [
    () => losses.quantile(untyped({})),
    "TypeError: quantile quantiles: expected a list such as [0.1, 0.5, 0.9], got undefined",
  ],
  [
    () => losses.quantile({ quantiles: [0.5, 1] }),
    "RangeError: quantile quantiles: expected numbers between 0 and 1, got [0.5, 1]",
  ],
  [
    () => losses.quantile({ quantiles: [] }),
    "RangeError: quantile quantiles: expected numbers between 0 and 1, got []",
  ],
  [
    () => losses.binaryCrossentropy({ labelSmoothing: 2 }),
    "RangeError: binaryCrossentropy labelSmoothing: expected a number in [0, 1], got 2",
  ],
  [
    () => losses.categoricalFocalCrossentropy({ gamma: -1 }),
    "RangeError: categoricalFocalCrossentropy gamma: expected a number >= 0, got -1",
  ],
  [() => losses.kld(untyped({ a: 1 })), /TypeError: kld: .*"a"/],
  [
    () => behind(4).compile({ loss: losses.quantile({ quantiles: [0.1, 0.5, 0.9] }) }),
    "RangeError: compile loss quantile: expected an output of 3, or a multiple of it, on the last axis, of each feature all quantiles, got [N, 4]",
  ],
  [
    () => behind(3).compile({ loss: "gaussianNll" }),
    "RangeError: compile loss gaussianNll: expected an output of 2, or a multiple of it, on the last axis, means and variances, got [N, 3]",
  ],
])("%o", (action, message) => {
  let text = "";
  try {
    action();
  } catch (error) {
    text = `${(error as Error).constructor.name}: ${(error as Error).message}`;
  }
  if (typeof message === "string") expect(text).toBe(message);
  else expect(text).toMatch(message);
});

it("are saved with their names", () => {
  for (const loss of [
    losses.quantile({ quantiles: [0.2, 0.8] }),
    losses.gaussianNll({ full: true }),
    losses.binaryFocalCrossentropy({ gamma: 1 }),
    losses.categoricalCrossentropy({ labelSmoothing: 0.1 }),
  ]) {
    const net = behind(2);
    net.compile({ loss, optimizer: "sgd" });
    const y =
      loss.name === "quantile" || loss.name === "gaussianNll"
        ? [[1], [2]]
        : [
            [0, 1],
            [1, 0],
          ];
    const x = [
      [0.5, 0.2],
      [0.1, -0.3],
    ];
    const loaded = loadModel(net.save());
    if (/Cross/.test(loss.name)) continue; // of linear outputs
    expect(loaded.trainOnBatch(x, y)).toEqual(net.trainOnBatch(x, y));
  }
  expect(JSON.parse(JSON.stringify(losses.binaryCrossentropy().toJSON()))).toEqual({
    name: "binaryCrossentropy",
    options: { fromLogits: false },
  });
});

describe("ignoreClass", () => {
  const net = sequential([layers.dense({ units: 3, activation: "softmax", inputShape: [null, 2] })], { seed: 1 });
  const loss = losses.sparseCategoricalCrossentropy({ ignoreClass: -1 });
  net.compile({ loss, optimizer: "sgd", metrics: ["accuracy"] });
  const x = numbers([2, 3, 2]);

  it("leaves rows out, of loss, metrics and gradients, as a mask does", async () => {
    const ignored = await net.evaluate(x, [
      [0, -1, 2],
      [-1, 1, -1],
    ]);
    const gradients = net.gradients(x, [
      [0, -1, 2],
      [-1, 1, -1],
    ]);
    const rows = [0, 2, 4].map(r => [[x.data[2 * r], x.data[2 * r + 1]]]);
    const kept = await net.evaluate(rows, [[0], [2], [1]]);
    expect(ignored.loss).toBeCloseTo(kept.loss, 6);
    expect(ignored.accuracy).toBe(kept.accuracy);
    net.gradients(rows, [[0], [2], [1]]).forEach(({ data }, i) => {
      data.forEach((d, j) => {
        expect(gradients[i].data[j]).toBeCloseTo(d, 6);
      });
    });
    expect(
      (
        await net.evaluate(x, [
          [-1, -1, -1],
          [-1, -1, -1],
        ])
      ).loss,
    ).toBe(0);
  });

  it("goes with lengths and weights", async () => {
    const y = [
      [0, -1, 2],
      [1, -1, 9],
    ];
    const sampleWeight = [
      [1, 7, 2],
      [3, 7, 7],
    ];
    const { loss } = await net.evaluate({ x, lengths: [3, 2] }, y, { sampleWeight });
    const rows = [0, 2, 3].map(r => [[x.data[2 * r], x.data[2 * r + 1]]]);
    expect(loss).toBeCloseTo((await net.evaluate(rows, [[0], [2], [1]], { sampleWeight: [1, 2, 3] })).loss, 6);
  });

  it("does not let other ids pass that are no classes", async () => {
    await expectError(
      () =>
        net.evaluate(x, [
          [0, -1, 3],
          [-1, 1, -1],
        ]),
      "RangeError",
      "batch 1: y: expected class ids in 0..2, got 3 at element 2; give the last layer more units or renumber the classes",
    );
  });
});

describe("an output that a loss can make nothing of has the remedy of that loss", () => {
  const [x, y] = [numbers([2, 3]), ndarray([1, 0, 0, 1], [2, 2])];
  const below = (loss: ReturnType<typeof losses.kld>) => {
    const net = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 1 });
    net.setWeights([ndarray(new Float32Array(6), [3, 2]), [-1, 1]]);
    net.compile({ loss, optimizer: "adam" });
    return net;
  };

  it.each([
    ["poisson", losses.poisson, 'poisson: expected predictions of 0 or more, got -1; end the model with "softplus"'],
    ["kld", losses.kld, /expected probabilities, 0 or more, got -1; end the model with "softmax"$/],
    [
      "categoricalCrossentropy",
      losses.categoricalCrossentropy,
      /end the model with "softmax", or use fromLogits: true$/,
    ],
  ] as const)("%s", async (_, make, text) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const net = below(make());
    const before = net.getWeights().map(({ data }) => [...data]);
    await expectError(() => net.trainOnBatch(x, y), "RangeError", text);
    expect(net.getWeights().map(({ data }) => [...data])).toEqual(before);
    vi.restoreAllMocks();
  });
});
