/** Layers that make masks, and what they refuse. */
import { describe, expect, it } from "vitest";
import { input, layers, model, sequential } from "../../src/index.ts";
import { Layer } from "../../src/layer/layer.ts";
import { ndarray } from "../../src/ndarray.ts";
import { Tensor } from "../../src/tensor.ts";
import { expectError, numbers } from "../helpers/models.ts";

const { dense, embedding, masking, timeDistributed } = layers;

describe("masking", () => {
  it("sets padding to 0 and leaves the rest, a step with one such feature too", () => {
    const net = sequential([masking({ maskValue: 9, inputShape: [null, 2] })]);
    const y = net.predict([
      [
        [1, 9],
        [9, 9],
        [0, 0],
      ],
    ]);
    expect(y.toArray()).toEqual([
      [
        [1, 9],
        [0, 0],
        [0, 0],
      ],
    ]);
  });

  it("means 0 unless told otherwise", () => {
    expect(masking().options).toEqual({ maskValue: 0 });
  });

  it.each<[string, () => unknown, "TypeError" | "RangeError", string | RegExp]>([
    ["a text", () => masking({ maskValue: "0" as never }), "TypeError", /masking maskValue: expected a finite number/],
    ["NaN", () => masking({ maskValue: Number.NaN }), "RangeError", /masking maskValue: expected a finite number/],
    [
      "vectors without steps",
      () => sequential([masking({ inputShape: [3], name: "pad" })]),
      "RangeError",
      "pad: expected an input of [N, T, C], got [N, 3]; " +
        "a mask is for steps of a sequence, token ids are masked by embedding({ maskZero: true })",
    ],
    [
      "ids that are no sequence",
      () =>
        sequential([embedding({ inputDim: 3, outputDim: 2, maskZero: true, inputShape: [3, 4, 5], name: "words" })]),
      "RangeError",
      "words: with maskZero expected ids of [N, T] or [N, T, W], got [N, 3, 4, 5]; " +
        "a mask is for steps of a sequence, use maskZero: false",
    ],
  ])("refuses %s", async (_, action, type, text) => {
    await expectError(action, type, text);
  });
});

describe("a mask of the wrong shape", () => {
  class Wrong extends Layer {
    readonly kind = "wrong";
    readonly #shape: number[];

    constructor(shape: number[]) {
      super({});
      this.#shape = shape;
    }

    override outputShapes([shape]: readonly (readonly (number | null)[])[]) {
      return [shape];
    }

    override forward(_: unknown, [x]: readonly Tensor[]) {
      const y = new Tensor(x.pointer, x.shape);
      y.mask = new Tensor(x.pointer, this.#shape);
      return [y];
    }
  }

  it.each([
    [
      [2, 3],
      [2, 4, 1],
    ],
    [
      [3, 4],
      [2, 4, 1],
    ],
    [[2], [2, 4, 1]],
    [
      [2, 4],
      [2, 4],
    ],
  ])("%j for an output %j names the layer", async (mask, shape) => {
    const x = input({ shape: shape.slice(1) });
    const net = model({ inputs: x, outputs: new Wrong(mask).apply(x) });
    await expectError(
      () => net.predict(numbers(shape)),
      "RangeError",
      `wrong: expected a mask [N, T] for an output [N, T, ...], got [${mask.join(", ")}] for [${shape.join(", ")}]; ` +
        "pad all sequences to one length, and mask the layer that makes the steps",
    );
  });
});

describe("timeDistributed passes the mask on", () => {
  it("and the loss leaves padding out", () => {
    const build = (head: (layer: Layer) => Layer) => {
      const net = sequential([
        embedding({ inputDim: 5, outputDim: 3, maskZero: true, inputShape: [4] }),
        head(dense({ units: 2, activation: "softmax" })),
      ]);
      net.compile({ loss: "sparseCategoricalCrossentropy", optimizer: "adam", metrics: ["accuracy"] });
      return net;
    };
    const [plain, wrapped] = [build(layer => layer), build(layer => timeDistributed({ layer }))];
    const x = [
      [1, 2, 0, 0],
      [0, 3, 0, 4],
    ];
    const y = ndarray(Int32Array.of(1, 0, -1, -1, -1, 1, -1, 0), [2, 4]);
    for (let i = 0; i < 3; i++) expect(wrapped.trainOnBatch(x, y)).toEqual(plain.trainOnBatch(x, y));
    expect(wrapped.getWeights()).toEqual(plain.getWeights());
  });
});
