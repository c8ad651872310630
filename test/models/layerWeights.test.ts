/** Weights of single layers, and of files by name. */
import { describe, expect, it, vi } from "vitest";
import { input, layers, type Model, model, sequential } from "../../src/index.ts";
import { bits, expectError, numbers, scramble, weightBits } from "../helpers/models.ts";
import { untyped } from "../helpers/untyped.ts";

const { bidirectional, dense, lstm, timeDistributed } = layers;

const chain = (head = "head", units = 4): Model =>
  sequential([lstm({ units, name: "body", inputShape: [3, 2] }), dense({ units: 1, name: head })]);

it("takes back what toArray gives, also of a weight that is one number", () => {
  const x = input({ shape: [3, 2] });
  const net = model({ inputs: x, outputs: layers.attention({ useScale: true }).apply([x, x]) });
  net.setWeights([2.5]);
  const [scale] = net.getWeights();
  expect([scale.shape, scale.toArray()]).toEqual([[], 2.5]);
  net.setWeights([0]);
  net.setWeights([scale.toArray()]);
  expect(net.layers[0].getWeights()[0].data[0]).toBe(2.5);
  expect(() => net.setWeights([[2.5]])).toThrow("setWeights attention/scale: expected [], got [1]");
});

describe("layer()", () => {
  it("finds a layer by its name, also one that the model gave", async () => {
    const net = sequential([lstm({ units: 2, inputShape: [3, 1] }), dense({ units: 1 }), dense({ units: 1 })]);
    expect(net.layer("dense_1")).toBe(net.layers[2]);
    await expectError(
      () => net.layer("dens"),
      "RangeError",
      'layer: expected one of lstm, dense, dense_1, got "dens", did you mean "dense"?',
    );
    await expectError(() => net.layer(untyped(1)), "TypeError", "layer: expected one of lstm, dense, dense_1, got 1");
  });
});

describe("getWeights and setWeights of a layer", () => {
  it("are those of the model, in its order", () => {
    const net = sequential([
      bidirectional({ layer: lstm({ units: 2, returnSequences: true }), inputShape: [3, 2] }),
      timeDistributed({ layer: dense({ units: 2 }) }),
    ]);
    scramble(net);
    expect(net.layers.flatMap(layer => layer.getWeights())).toEqual(net.getWeights());
  });

  it("change predictions, in the parts of the model too", () => {
    const net = chain();
    const part = net.part({ outputs: "body" });
    const x = numbers([2, 3, 2]);
    const stream = net.stream();
    const [before, step] = [part.predict(x).data, stream.step([1, 2])];
    part.layer("body").setWeights(
      net
        .layer("body")
        .getWeights()
        .map(({ shape }, i) => numbers(shape, i)),
    );
    expect(part.predict(x).data).not.toEqual(before);
    stream.reset();
    expect(stream.step([1, 2])).not.toEqual(step);
    expect(bits(net.layer("body").getWeights()[1].data)).toEqual(bits(numbers([4, 16], 1).data));
  });

  it("refuse what does not fit, and change nothing", async () => {
    const net = chain();
    const before = weightBits(net);
    const [kernel, bias] = net.layer("head").getWeights();
    await expectError(
      () => net.layer("head").setWeights([kernel]),
      "RangeError",
      "setWeights: expected 2 arrays, got 1",
    );
    await expectError(
      () => net.layer("head").setWeights([kernel, kernel]),
      "RangeError",
      "setWeights head/bias: expected [1], got [4, 1]",
    );
    await expectError(
      () => net.layer("head").setWeights(untyped(null)),
      "TypeError",
      "setWeights: expected a list of arrays, got null",
    );
    await expectError(
      () => net.layer("head").setWeights([kernel, [Number.NaN]]),
      "RangeError",
      "setWeights head/bias has NaN at [0] of [1]; expected finite numbers",
    );
    expect(weightBits(net)).toEqual(before);
    expect(bias.shape).toEqual([1]);
  });

  it("of a layer without a model, or inside of another, are an error", async () => {
    await expectError(
      () => dense({ units: 1 }).getWeights(),
      "Error",
      'getWeights: layer "dense" has no weights before a model is made of it',
    );
    const inner = dense({ units: 1 });
    sequential([timeDistributed({ layer: inner, inputShape: [3, 2] })]);
    await expectError(
      () => inner.setWeights([]),
      "Error",
      'setWeights: layer "timeDistributed" is inside of another layer; ask that one',
    );
  });

  it("wait for fit", async () => {
    const net = chain();
    net.compile({ loss: "mse" });
    const running = net.fit(numbers([4, 3, 2]), numbers([4, 1]), { verbose: 0 });
    expect(() => net.layer("head").setWeights(net.layer("head").getWeights())).toThrow("setWeights: ");
    expect(() => net.loadWeights(net.save())).toThrow("loadWeights: ");
    await running;
  });
});

describe("loadWeights", () => {
  it("takes all weights of a model with the same layers, and leaves the optimizer as it is", () => {
    const [from, to] = [chain(), chain()];
    scramble(from);
    to.compile({ loss: "mse", optimizer: "adam" });
    to.trainOnBatch(numbers([2, 3, 2]), numbers([2, 1]));
    const { trainer } = to;
    to.loadWeights(from.save());
    expect(weightBits(to)).toEqual(weightBits(from));
    expect(to.trainer).toBe(trainer);
    expect(trainer?.iterations).toBe(1);
  });

  it("by name takes what both have, and says once what is skipped", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const [from, to] = [chain("old"), chain("new")];
    scramble(from);
    const head = to.layer("new").getWeights();
    for (let i = 0; i < 2; i++) to.loadWeights(from.save(), { byName: true });
    expect(to.layer("body").getWeights()).toEqual(from.layer("body").getWeights());
    expect(to.layer("new").getWeights()).toEqual(head);
    expect(warn.mock.calls).toEqual([
      [
        'wasm-lstm: loadWeights: skipped what only one of them has: the file has no weights of "new"; the model has none of ' +
          '"old", which the file has',
      ],
    ]);
    warn.mockRestore();
  });

  it("refuses other layers, other shapes and bad files, and changes nothing", async () => {
    const net = chain();
    const before = weightBits(net);
    await expectError(
      () => net.loadWeights(chain("other").save()),
      "RangeError",
      'loadWeights: expected a file of a model with the same layers: the file has no weights of "head"; the model has none of ' +
        '"other", which the file has; { byName: true } takes what both have',
    );
    for (const byName of [true, false]) {
      await expectError(
        () => net.loadWeights(chain("head", 5).save(), { byName }),
        "RangeError",
        'loadWeights body/kernel: expected [2, 16], got [2, 20] in the file; rename layer "body" to leave it out',
      );
    }
    const x = input({ shape: [2] });
    const strange = model({ inputs: x, outputs: dense({ units: 1, name: "strange" }).apply(x) });
    await expectError(
      () => net.loadWeights(strange.save(), { byName: true }),
      "RangeError",
      'loadWeights: expected a layer that both have: the file has no weights of "body" and "head"; the model has none of ' +
        '"strange", which the file has; give layers the names that they have there',
    );
    await expectError(() => net.loadWeights(net.save().slice(0, 100)), "RangeError", /model file: its header claims/);
    await expectError(
      () => net.loadWeights(untyped("file")),
      "TypeError",
      /model file: expected its bytes as a Uint8Array/,
    );
    await expectError(
      () => net.loadWeights(net.save(), untyped({ by_name: true })),
      "TypeError",
      'loadWeights: unknown option "by_name", did you mean "byName"? Known options are byName',
    );
    expect(weightBits(net)).toEqual(before);
  });
});

describe("summary of a graph that is no chain", () => {
  it("says what each layer reads", () => {
    const price = input({ shape: [5, 2], name: "price" });
    const other = input({ shape: [4] });
    const [h, , c] = lstm({ units: 4, returnState: true, name: "encoder" }).applyAll(price);
    const shared = dense({ units: 4, name: "shared" });
    const joined = layers.add().apply([shared.apply(h), shared.apply(c), other]);
    const net = model({ inputs: [price, other], outputs: joined });
    expect(net.summary()).toBe(
      [
        "layer     kind   output                  reads                    weights",
        "─────────────────────────────────────────────────────────────────────────",
        "price     input  [N, 5, 2]                                              0",
        "encoder   lstm   [N, 4], [N, 4], [N, 4]  price                        112",
        "shared    dense  [N, 4]                  encoder                       20",
        "shared:2  dense  [N, 4]                  encoder[2]                    20",
        "input            [N, 4]                                                 0",
        "add       add    [N, 4]                  shared, shared:2, input        0",
        "",
        "132 weights, 528 B",
      ].join("\n"),
    );
  });

  it("of many names says the first and how many more", () => {
    const inputs = Array.from({ length: 9 }, () => input({ shape: [1] }));
    const net = model({ inputs, outputs: layers.concatenate().apply(inputs) });
    expect(net.summary()).toContain("input, input_1, input_2, input_3, input_4, input_5, 3 more");
  });
});
