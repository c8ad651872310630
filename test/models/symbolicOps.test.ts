/** Ops on the symbolic tensors of a functional model: predictions, training, files, streams, errors. */
import { describe, expect, it } from "vitest";
import { defineCell, input, layers, loadModel, type Model, model, ops, sequential } from "../../src/index.ts";
import type { SymbolicTensor } from "../../src/layer/layer.ts";
import { allOps } from "../../src/ops/byName.ts";
import * as publicOps from "../../src/ops/index.ts";
import { moreActivationOps } from "../../src/ops/moreActivations.ts";
import type { Value } from "../../src/ops/value.ts";
import { expectClose } from "../helpers/compare.ts";
import { expectLossSlopes } from "../helpers/lossSlopes.ts";
import { bits, expectError, numbers, scramble } from "../helpers/models.ts";
import { expectPredictBits, stepKernels, stepOf } from "../helpers/streams.ts";

const [N, T, C] = [3, 4, 6];
const { dense, lstm } = layers;

/** Every op that looks across axes, or that streams run in full: [N, T, 4] of two [N, T, C]. */
function moreOps(x: SymbolicTensor, h: SymbolicTensor): SymbolicTensor {
  const size = ops.sqrt(ops.add(ops.square(x), ops.abs(h)));
  const logs = ops.logSoftmax(ops.log(ops.add(size, 1)));
  const some = ops.gather(ops.where(ops.greater(x, h), x, 0.5), [3, 0, 0, 5]);
  const pairs = ops.stack([ops.slice(logs, 0, 4), some], 2);
  const one = ops.slice(ops.transpose(pairs, [0, 1, 3, 2]), 1, 3, 2);
  const parts = ops.max(one, { axis: 2, keepdims: true });
  const all = ops.add(ops.sum(pairs, { axis: 2 }), ops.scale(ops.reverse(some), 0.5));
  const flat = ops.mean(ops.reshape(parts, [-1, T, 1, 2]), { axis: [2, 3] });
  return ops.add(ops.stopGradient(some), ops.add(all, ops.stack([flat, flat, flat, flat], -1)));
}

/** The activations with slopes of their own, of numbers on both sides of 0. */
function moreActivations(x: SymbolicTensor): SymbolicTensor {
  const smooth = ops.mish(ops.gelu(ops.silu(ops.squareplus(x))));
  const bounded = ops.hardTanh(ops.erf(ops.tanhShrink(ops.logSigmoid(x))));
  const shrunk = ops.softShrink(ops.hardShrink(x, { threshold: 0.1 }), { threshold: 0.05 });
  const bent = ops.relu6(ops.hardSilu(ops.celu(shrunk, { alpha: 0.5 })));
  const sparse = ops.sparseSigmoid(ops.sparsePlus(x));
  return ops.add(ops.add(smooth, bounded), ops.add(bent, sparse));
}

/** A model of every op that works on symbolic tensors. */
function everyOp(across = true) {
  const x = input({ shape: [across ? T : null, C] });
  const h = lstm({ units: C, returnSequences: true }).apply(x);
  const [a, b, c] = ops.split(ops.concat([ops.tanh(h), x]), 3);
  const gate = ops.sigmoid(ops.subtract(1, a));
  const mixed = ops.add(ops.multiply(gate, b), ops.multiply(ops.scale(c, 0.5), ops.subtract(gate, 1)));
  const positive = ops.add(ops.exp(ops.softsign(mixed)), ops.softplus(ops.slice(h, 1, 5)));
  const ratio = ops.divide(ops.elu(mixed), positive);
  const others = ops.add(ops.selu(ratio), ops.divide(2, ops.add(positive, ops.leakyRelu(ratio))));
  const more = ops.add(across ? moreOps(x, h) : ops.slice(x, 1, 5), moreActivations(ops.slice(h, 2, 6)));
  const cut = ops.maximum(ops.minimum(others, 2), ops.scale(positive, 0.1));
  const y = ops.softmax(ops.add(ops.hardSigmoid(cut), ops.relu(ops.add(dense({ units: 4 }).apply(others), more))));
  return model({ inputs: x, outputs: y, seed: 3 });
}

it("every op of users is met in a model, but for matmul, which needs a weight", () => {
  const names = everyOp().layers.map(layer => (layer.options as { op?: string }).op);
  const missing = allOps()
    .map(op => op.name)
    .filter(name => !names.includes(name));
  expect(missing).toEqual(["matmul"]);
  const composed = ["scale", "split", "clip"];
  expect(
    Object.keys(publicOps)
      .filter(name => !composed.includes(name))
      .sort(),
  ).toEqual(
    allOps()
      .flatMap(op => (op.name === "sliceAxis" ? [] : op.name))
      .sort(),
  );
});

it("predicts what the formula says", () => {
  const [x, y] = [input({ shape: [2] }), input({ shape: [2] })];
  const net = model({ inputs: [x, y], outputs: ops.add(ops.tanh(x), y) });
  const [a, b] = [numbers([5, 2], 1), numbers([5, 2], 2)];
  const expected = a.data.map((value, i) => Math.tanh(value) + b.data[i]);
  expectClose(net.predict([a, b]).data, Float64Array.from(expected), { absolute: 1e-6 }, "sum");
  expect(net.layers.map(layer => layer.name)).toEqual(["tanh", "add"]);
});

it.each(["sum", "mean", "max"] as const)("%s without an axis is over each sample by itself, also from a file", name => {
  const x = input({ shape: [2, 3] });
  const net = model({ inputs: x, outputs: ops[name](x, { keepdims: true }) });
  const data = { shape: [3, 2, 3], data: Float32Array.from({ length: 18 }, (_, i) => i) };
  const each = [0, 1, 2].map(n => 6 * n); // the first number of each
  const expected = each.map(n => ({ sum: 6 * n + 15, mean: n + 2.5, max: n + 5 })[name]);
  for (const own of [net, loadModel(net.save())]) {
    const y = own.predict(data);
    expect(y.shape).toEqual([3, 1, 1]);
    expect([...y.data]).toEqual(expected);
  }
});

it("a mask ends where its axes are moved, also where others are of their size", () => {
  const x = input({ shape: [4, 4] });
  const seen = layers.masking().apply(x);
  const moved = model({ inputs: x, outputs: lstm({ units: 2 }).apply(ops.transpose(seen, [0, 2, 1])), seed: 1 });
  const plain = model({ inputs: x, outputs: lstm({ units: 2 }).apply(ops.transpose(x, [0, 2, 1])), seed: 1 });
  const data = { shape: [1, 4, 4], data: Float32Array.from({ length: 16 }, (_, i) => (i < 8 ? i : 0)) };
  expect(bits(moved.predict(data).data)).toEqual(bits(plain.predict(data).data));
});

it("names uses of one op apart", () => {
  const x = input({ shape: [2] });
  const net = model({ inputs: x, outputs: ops.tanh(ops.tanh(ops.add(x, 1))) });
  expect(net.layers.map(layer => layer.name)).toEqual(["add", "tanh", "tanh_1"]);
});

it("trains by gradients that equal finite differences", async () => {
  const net = everyOp();
  scramble(net);
  net.compile({ loss: "meanSquaredError", optimizer: "adam" });
  const [x, y] = [numbers([N, T, C]), numbers([N, T, 4], 5)];
  await expectLossSlopes(net, x, y);
  const before = (await net.evaluate(x, y)).loss;
  await net.fit(x, y, { epochs: 30, verbose: 0 });
  expect((await net.evaluate(x, y)).loss).toBeLessThan(before);
});

it("saves and loads to the same bits, training included", () => {
  const net = everyOp();
  scramble(net);
  net.compile({ loss: "categoricalCrossentropy", optimizer: "adam" });
  const [x, y] = [numbers([N, T, C]), numbers([N, T, 4], 5)];
  net.trainOnBatch(x, y);
  const again = loadModel(net.save({ optimizer: true }));
  for (const each of [net, again]) each.trainOnBatch(x, y);
  expect(bits(again.predict(x).data)).toEqual(bits(net.predict(x).data));
  expect(again.layers.map(layer => layer.name)).toEqual(net.layers.map(layer => layer.name));
});

it("streams to the bits of predict", () => {
  const net = everyOp(false);
  scramble(net);
  const x = numbers([1, T, C]);
  const whole = net.predict(x).data;
  const stream = net.stream();
  expect(stepKernels(net)).not.toContain("forward");
  for (let t = 0; t < T; t++) {
    const y = stream.step(x.data.subarray(t * C, (t + 1) * C));
    expect(bits(y)).toEqual(bits(whole.subarray(4 * t, 4 * t + 4)));
  }
});

it("streams steps of several rows", () => {
  const x = input({ shape: [null, 3, C] });
  const [a, b] = ops.split(ops.softmax(x), 2);
  const net = model({ inputs: x, outputs: ops.concat([ops.subtract(1, ops.multiply(a, b)), ops.slice(x, 1, 2)]) });
  const data = numbers([1, T, 3, C]);
  const whole = net.predict(data).data;
  const stream = net.stream();
  expect(stepKernels(net)).not.toContain("forward");
  for (let t = 0; t < T; t++) {
    const y = stream.step(data.data.subarray(t * 3 * C, (t + 1) * 3 * C));
    expect(bits(y)).toEqual(bits(whole.subarray(12 * t, 12 * t + 12)));
  }
});

it("is copied into another model, with its weights", () => {
  const body = everyOp();
  scramble(body);
  const x = input({ shape: [null, C] });
  const net = model({ inputs: x, outputs: body.apply(x) as SymbolicTensor });
  const data = numbers([N, T, C]);
  expect(bits(net.predict(data).data)).toEqual(bits(body.predict(data).data));
});

it("a sigmoid by ops keeps its logits for the loss, as the layer does", () => {
  const build = (head: (z: SymbolicTensor) => SymbolicTensor) => {
    const x = input({ shape: [2] });
    const net = model({ inputs: x, outputs: head(dense({ units: 1 }).apply(x)), seed: 1 });
    net.setWeights([[[200], [100]], [0]]);
    net.compile({ loss: "binaryCrossentropy", optimizer: "sgd" });
    return net.gradients([[1, 1]], [[0]]).map(({ data }) => [...data]);
  };
  const layer = build(z => layers.activation({ activation: "sigmoid" }).apply(z));
  expect(build(z => ops.sigmoid(z))).toEqual(layer);
  expect(layer[0]).toEqual([1, 1]);
});

it("padding stays out of the loss, whichever operand has the mask", async () => {
  const [x, other] = [input({ shape: [null, 2] }), input({ shape: [null, 2] })];
  const masked = layers.masking({ maskValue: 9 }).apply(x);
  const lossOf = async (y: SymbolicTensor) => {
    const net = model({ inputs: [x, other], outputs: y });
    net.compile({ loss: "meanAbsoluteError", optimizer: "sgd" });
    const data = [
      [
        [1, 1],
        [9, 9],
      ],
    ]; // prettier-ignore
    const beside = [
      [
        [1, 1],
        [100, 100],
      ],
    ]; // prettier-ignore
    return (
      await net.evaluate(
        [data, beside],
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
      )
    ).loss; // prettier-ignore
  };
  expect(await lossOf(ops.add(masked, other))).toBe(2);
  const again = layers.masking({ maskValue: 9 });
  const x2 = input({ shape: [null, 2] });
  const [y2, o2] = [again.apply(x2), input({ shape: [null, 2] })];
  const net = model({ inputs: [x2, o2], outputs: ops.add(o2, ops.scale(y2, 2)) });
  net.compile({ loss: "meanAbsoluteError", optimizer: "sgd" });
  const { loss } = await net.evaluate(
    [
      [
        [
          [1, 1],
          [9, 9],
        ],
      ],
      [
        [
          [1, 1],
          [100, 100],
        ],
      ],
    ],
    [
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ); // prettier-ignore
  expect(loss).toBe(3);
});

describe("what users do wrong", () => {
  const x = input({ shape: [null, 3] });
  const y = input({ shape: [4] });

  it.each<[string, () => unknown, "TypeError" | "RangeError", RegExp]>([
    [
      "shapes",
      () => ops.add(x, y),
      "RangeError",
      /ops.add: expected tensors of one shape.*got \[N, any, 3\] and \[N, 4\]/,
    ],
    ["matmul", () => ops.matmul(x, y), "RangeError", /ops.matmul: .*use layers.dense/],
    ["slice", () => ops.slice(x, 2, 5), "RangeError", /ops.slice end: .* in \[3, 3\], got 5/],
    ["an unknown width", () => ops.slice(input({ shape: [null] }), 0, 1), "RangeError", /ops.slice: .* known size/],
    ["a number", () => ops.tanh(1 as never), "TypeError", /ops.tanh: expected a tensor, got 1/],
    [
      "a symbolic tensor in a cell",
      () => {
        const cell = defineCell({
          name: "mixed",
          weights: () => ({}),
          states: ({ units }) => ({ h: units }),
          step: ({ x: value, states }) => ({ output: ops.add(value, y as never), states }),
        });
        return sequential([layers.rnn(cell, { units: 4, inputShape: [2, 4] })]).predict(numbers([1, 2, 4]));
      },
      "TypeError",
      /ops.add: expected the numbers of a cell, a layer or a loss, got a symbolic tensor of a model; make it one of/,
    ],
    [
      "a cell's number among symbolic tensors",
      () => {
        const cell = defineCell({
          name: "mixed",
          weights: () => ({}),
          states: ({ units }) => ({ h: units }),
          step: ({ x: value, states }) => ({ output: ops.add(y as never, value), states }),
        });
        return sequential([layers.rnn(cell, { units: 4, inputShape: [2, 4] })]).predict(numbers([1, 2, 4]));
      },
      "TypeError",
      /ops.add: expected symbolic tensors of a model, got the numbers/,
    ],
  ])("%s", async (_, action, type, message) => {
    await expectError(action, type, message);
  });

  it("lengths that differ show when the numbers come", async () => {
    const [a, b] = [input({ shape: [null, 2] }), input({ shape: [null, 2] })];
    const net = model({ inputs: [a, b], outputs: ops.add(a, b) });
    await expectError(
      () => net.predict([numbers([1, 3, 2]), numbers([1, 4, 2])]),
      "RangeError",
      /ops.add: expected tensors of one shape.*got \[1, 3, 2\] and \[1, 4, 2\]/,
    );
  });
});

it("a file with an op that there is not is refused", async () => {
  const x = input({ shape: [4] });
  const text = new TextDecoder("latin1").decode(model({ inputs: x, outputs: ops.slice(x, 0, 2) }).save());
  const changed = text.replace('\\"op\\":\\"slice\\"', '\\"op\\":\\"slyce\\"');
  expect(changed).not.toBe(text);
  const bytes = Uint8Array.from(changed, char => char.charCodeAt(0));
  await expectError(() => loadModel(bytes), "RangeError", /slice op: expected one of .*, got "slyce"/);
});

describe("what a file may claim", () => {
  const apply = (options: object, count = 1) =>
    layers.operation(options as never).apply(Array.from({ length: count }, () => input({ shape: [4] })));

  it.each<[string, () => unknown, "TypeError" | "RangeError", RegExp]>([
    ["what every object has", () => apply({ op: "valueOf" }), "RangeError", /operation op: .* got "valueOf"/],
    ["no op", () => apply({}), "TypeError", /operation op: /],
    ["columns beyond", () => apply({ op: "slice", options: { begin: 0, end: 7 } }), "RangeError", /ops.slice end: .*7/],
    ["no number", () => apply({ op: "slice", options: { begin: 0, end: {} } }), "TypeError", /ops.slice end/],
    ["an unknown option", () => apply({ op: "exp", options: { a: 1 } }), "TypeError", /ops.exp: unknown option "a"/],
    ["a text", () => apply({ op: "add", options: { a: "1" } }), "TypeError", /ops.add: expected a tensor or a finite/],
    ["an operand too many", () => apply({ op: "add", options: { a: 1 } }, 2), "RangeError", /ops.add: expected 1 tens/],
    ["two numbers", () => apply({ op: "add", options: { a: 1, b: 2 } }), "RangeError", /ops.add: expected 0 tens/],
    ["one too few", () => apply({ op: "divide" }), "RangeError", /ops.divide: expected 2 tensors, got 1/],
    ["two for one", () => apply({ op: "tanh" }, 2), "RangeError", /ops.tanh: expected 1 tensors, got 2/],
  ])("%s", async (_, action, type, message) => {
    await expectError(action, type, message);
  });
});

describe("streams", () => {
  const steps = input({ shape: [null, C] });
  const squares = input({ shape: [null, 3, C] });
  const kept = (kind: typeof ops.sum) => [
    kind(squares, { axis: -1, keepdims: true }),
    kind(squares, { axis: [2, 3] }),
    kind(squares, { axis: 2 }),
  ];
  const short: Record<string, () => readonly SymbolicTensor[]> = {
    ...Object.fromEntries(
      (["sigmoid", "tanh", "relu", "elu", "selu", "softplus", "softsign", "hardSigmoid", "leakyRelu"] as const).map(
        name => [name, () => [ops[name](squares)]],
      ),
    ),
    ...Object.fromEntries(
      (["softmax", "logSoftmax", "exp", "abs", "square", "stopGradient"] as const).map(name => [
        name,
        () => [ops[name](squares)],
      ]),
    ),
    ...Object.fromEntries(
      (["add", "subtract", "multiply", "divide", "maximum", "minimum", "greater"] as const).map(name => [
        name,
        () => [ops[name](squares, 0.25), ops[name](0.5, steps), ops[name](steps, ops.add(ops.tanh(steps), 2))],
      ]),
    ),
    log: () => [ops.log(ops.exp(steps))],
    sqrt: () => [ops.sqrt(ops.abs(steps))],
    sum: () => kept(ops.sum),
    mean: () => kept(ops.mean),
    max: () => kept(ops.max),
    where: () => [ops.where(ops.greater(steps, 0.2), ops.where(steps, 2, steps), -0)],
    gather: () => [ops.gather(squares, [1, -1, 1]), ops.gather(squares, [2, 0, 0, 1], 2)],
    ...Object.fromEntries(
      Object.keys(moreActivationOps).map(name => [name, () => [ops[name as keyof typeof moreActivationOps](squares)]]),
    ),
    slice: () => [ops.slice(squares, 1, 3)],
    sliceAxis: () => [ops.slice(squares, 1, 3, 2)],
    stack: () => [ops.stack([squares, ops.tanh(squares)]), ops.stack([steps, steps], 2)],
    concat: () => [ops.concat([squares, ops.tanh(squares)])],
    reshape: () => [
      ops.reshape(layers.activation({ activation: "tanh" }).apply(squares), [-1, T, C, 3]),
      ops.reshape(input8, [-1, T, 2, 2, 2]),
    ],
    transpose: () => [ops.transpose(squares, [0, 1, 3, 2])],
    matmul: () => [ops.matmul(squares, ops.transpose(squares, [0, 1, 3, 2]))],
  };
  const input8 = input({ shape: [T, 8] });

  /** Of sequences of T steps: a shape may say that they are so many. */
  function expectShortSteps(net: Model): void {
    const data = [numbers([1, T, C]), numbers([1, T, 3, C], 2), numbers([1, T, 8], 3)];
    const whole = net.predictAll(data);
    const stream = net.stream();
    for (let t = 0; t < T; t++) {
      const outputs = stream.stepAll(data.map(each => stepOf(each, t)));
      expect(outputs.map(bits)).toEqual(whole.map(each => bits(stepOf(each, t))));
    }
    expect(stepKernels(net)).not.toContain("forward");
  }

  it.each(allOps().map(({ name }) => name))("run %s by kernels alone, where it does not look across steps", name => {
    if (name === "reverse") return expect(short[name]).toBeUndefined(); // of steps
    const fed = [steps, squares, input8];
    const net = model({ inputs: fed, outputs: [...fed.map(of => ops.tanh(of)), ...(short[name]?.() ?? [])] });
    expect(net.layers.map(({ options }) => (options as { op?: string }).op)).toContain(name);
    expectShortSteps(net);
  });

  it("run a product with a matrix that is the same at all steps", () => {
    const facts = input({ shape: [2 * C] });
    const kernel = ops.reshape(facts, [-1, C, 2]);
    const net = model({ inputs: [steps, facts], outputs: lstm({ units: 2 }).apply(ops.matmul(steps, kernel)) });
    scramble(net);
    expectPredictBits(net, [numbers([1, T, C])], [numbers([1, 2 * C], 2)]);
    expect(stepKernels(net)).not.toContain("forward");
  });

  it.each<[string, SymbolicTensor]>([
    ["reshape", layers.reshape({ targetShape: [T, 2, 4] }).apply(input8)],
    ["reshape of any length", layers.reshape({ targetShape: [-1, C, 3] }).apply(squares)],
    ["permute", layers.permute({ dims: [1, 3, 2] }).apply(squares)],
    ["merge", layers.add().apply([squares, layers.reshape({ targetShape: [-1, 1, C] }).apply(steps)])],
    ["concatenate", layers.concatenate({ axis: 2 }).apply([squares, squares])],
  ])("run layers that %s inside of steps by kernels alone", (_, y) => {
    const fed = [steps, squares, input8];
    const net = model({ inputs: fed, outputs: [...fed.map(of => ops.tanh(of)), y] });
    expectShortSteps(net);
  });

  it("run layers of one's own that reshape, multiply and reduce inside of steps", () => {
    const [N, any] = [0, 1];
    const inside = layers.lambda({
      call: x => {
        const square = ops.reshape(x, [x.shape[N], x.shape[any], 2, -1]);
        const products = ops.matmul(square, ops.transpose(square, [0, 1, 3, 2]));
        return ops.concat([ops.max(products, { axis: 2 }), ops.sum(square, { axis: -1 })]);
      },
    });
    const net = sequential([
      lstm({ units: 8, returnSequences: true, inputShape: [null, C] }),
      inside,
      lstm({ units: 2 }),
    ]);
    scramble(net);
    expectPredictBits(net, [numbers([1, T, C])]);
    // Of what has no steps any axis may be gone through.
    const last = layers.lambda({ call: x => ops.sum(ops.reshape(x, [-1, 2, 4]), { axis: 1 }) });
    const after = sequential([lstm({ units: 8, inputShape: [null, C] }), last]);
    scramble(after);
    expectPredictBits(after, [numbers([1, T, C])]);
  });

  it.each([
    ["sum", (x: SymbolicTensor) => ops.sum(x, { axis: 1 })],
    ["max", (x: SymbolicTensor) => ops.max(x)],
    ["gather", (x: SymbolicTensor) => ops.gather(x, [0], 1)],
    ["sliceAxis", (x: SymbolicTensor) => ops.slice(x, 0, 2, 1)],
    ["stack", (x: SymbolicTensor) => ops.stack([x, x], 1)],
    ["reshape", (x: SymbolicTensor) => ops.reshape(x, [-1, C, T])],
    ["reshape", (x: SymbolicTensor) => ops.reshape(x, [-1, T * C])],
    ["reshape", (x: SymbolicTensor) => ops.reshape(x, [-1, 1, T * C])],
    ["reverse", (x: SymbolicTensor) => ops.reverse(x)],
    ["transpose", (x: SymbolicTensor) => ops.transpose(x, [0, 2, 1])],
    ["matmul", (x: SymbolicTensor) => ops.matmul(x, ops.transpose(x, [0, 2, 1]))],
  ])("refuse %s over steps", async (name, make) => {
    const x = input({ shape: [T, C] });
    const net = model({ inputs: x, outputs: make(lstm({ units: C, returnSequences: true }).apply(x)) });
    const text = `stream: layer "${name === "matmul" ? "transpose" : name}" needs the whole sequence; use predict() for this model`;
    await expectError(() => net.stream(), "RangeError", text);
  });

  const average = (x: Value) => ops.subtract(x, ops.mean(x, { axis: [0, 1] }));
  const over = (x: Value) => ops.reshape(ops.softmax(ops.reshape(x, [x.shape[0], 1, -1])), x.shape);
  it.each([
    ["mean", average],
    ["reshape", over],
  ])("refuse a layer of your own that looks across steps, by %s", async (op, call) => {
    const net = sequential([
      lstm({ units: 3, returnSequences: true, inputShape: [null, 2] }),
      layers.lambda({ name: "over", call }),
    ]);
    const text = `stream: layer "over" needs the whole sequence, for ops.${op}; use predict() for this model`;
    await expectError(() => net.stream(), "RangeError", text);
    expect(net.predict(numbers([2, 4, 2])).shape).toEqual([2, 4, 3]);
  });

  it("refuse one that looks at numbers at its first step", async () => {
    const looks = (call: (x: Value) => Value) => (x: Value) => call(x.data.length > 0 ? x : x);
    for (const call of [looks(average), looks(over)]) {
      const layer = layers.lambda({ name: "over", call, outputShape: [4, 3] });
      const net = sequential([lstm({ units: 3, returnSequences: true, inputShape: [4, 2] }), layer]);
      expect(net.predict(numbers([2, 4, 2])).shape).toEqual([2, 4, 3]);
      await expectError(() => net.stream().step([1, 2]), "RangeError", /stream: layer "over" needs the whole sequence/);
    }
  });
});

it("attention is written with ops in a few lines", () => {
  const [q, k] = [input({ shape: [3, C] }), input({ shape: [T, C] })];
  const scores = ops.softmax(ops.matmul(q, ops.transpose(k, [0, 2, 1])));
  const net = model({ inputs: [q, k], outputs: [ops.matmul(scores, k), layers.attention().apply([q, k])] });
  const [own, layer] = net.predictAll([numbers([N, 3, C]), numbers([N, T, C], 2)]);
  expectClose(own.data, layer.data, { absolute: 1e-6 });
});

describe("errors of ops over axes", () => {
  const x = input({ shape: [T, C] });
  it.each([
    [() => ops.sum(x, { axis: 0 }), "RangeError", "ops.sum: expected an axis of a sample, got that of the batch"],
    [() => ops.mean(x, { axis: 3 }), "RangeError", "ops.mean: expected an axis in [-3, 2], got 3"],
    [() => ops.max(x, { axis: [1, -2] }), "RangeError", "ops.max: expected each axis once, got [1, 1]"],
    [
      () => ops.gather(x, [C]),
      "RangeError",
      `ops.gather indices: expected a whole number in [${-C}, ${C - 1}], got ${C}`,
    ],
    [() => ops.slice(x, 2, 9, 1), "RangeError", `ops.slice end: expected a whole number in [3, ${T}], got 9`],
    [
      () => ops.reshape(x, [-1, 5]),
      "RangeError",
      "ops.reshape: expected a shape of as many numbers as [N, 4, 6], got [-1, 5]; the batch stays the first axis: write [-1, …]",
    ],
    [
      () => ops.transpose(x, [1, 0, 2]),
      "RangeError",
      "ops.transpose: expected each axis of [N, 4, 6] once, that of the batch first, got [1, 0, 2]",
    ],
    [
      () => ops.stack([x, input({ shape: [T, 2] })]),
      "RangeError",
      "ops.stack: expected tensors of one shape, got [N, 4, 6] and [N, 4, 2]",
    ],
    [
      () => ops.where(x, 1, input({ shape: [C] })),
      "RangeError",
      "ops.where: expected tensors of one shape, got [N, 4, 6], [N, 6]",
    ],
    [
      () => ops.matmul(x, x),
      "RangeError",
      "ops.matmul: expected [..., K, N] beside [..., M, K], alike before, got [N, 4, 6] and [N, 4, 6]",
    ],
  ] as const)("%#", async (action, type, text) => {
    await expectError(action, type, text);
  });
});
