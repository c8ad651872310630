/** Calls as users of other libraries write them, and what the error says to do. */
import { describe, expect, it } from "vitest";
import { closest } from "../src/closest.ts";
import type { Callback, Model, Value } from "../src/index.ts";
import {
  callbacks,
  chronologicalSplit,
  defineCell,
  defineLoss,
  input,
  layers,
  loadModel,
  losses,
  metrics,
  minMaxScaler,
  model,
  ndarray,
  ops,
  optimizers,
  register,
  schedules,
  sequential,
  standardScaler,
  windows,
} from "../src/index.ts";
import { errorOf, expectError, ids, numbers } from "./helpers/models.ts";
import { untyped } from "./helpers/untyped.ts";

const { bidirectional, concatenate, dense, dropout, embedding, lstm, timeDistributed } = layers;
const x = numbers([6, 5, 2]);
const y = numbers([6, 1], 2);

function build(options: object = {}, output: object = {}): Model {
  const net = sequential([lstm({ units: 3, inputShape: [5, 2], ...options }), dense({ units: 1, ...output })]);
  net.compile({ loss: "mse" });
  return net;
}

const compile = (options: object) => build().compile(untyped({ loss: "mse", ...options }));
const train = (options: object) => build().fit(x, y, untyped({ verbose: 0, ...options }));
const recurrent = (options: object) => lstm(untyped({ units: 2, ...options }));
const meant = (name: string) => `, did you mean "${name}"?`;

const ARGUMENTS = "; x and y are arguments of their own: fit(x, y, options), evaluate(x, y, options).";

describe("names of other libraries", () => {
  it.each<[given: string, call: () => unknown, hint: string]>([
    ["mean_squared_error", () => compile({ loss: "mean_squared_error" }), meant("meanSquaredError")],
    ["MSE", () => compile({ loss: "MSE" }), meant("mse")],
    ["categorical_crossentropy", () => compile({ loss: "categorical_crossentropy" }), meant("categoricalCrossentropy")],
    ["bce", () => compile({ loss: "bce" }), meant("binaryCrossentropy")],
    ["CrossEntropyLoss", () => compile({ loss: "CrossEntropyLoss" }), meant("sparseCategoricalCrossentropy")],
    ["y", () => (build().fit as (data: object) => unknown)({ x, y, epochs: 2 }), ARGUMENTS],
    ["y", () => train({ y }), ARGUMENTS],
    ["xs", () => train({ xs: x, ys: y }), ARGUMENTS],
    ["RMSprop", () => compile({ optimizer: "RMSprop" }), meant("rmsprop")],
    ["rms_prop", () => compile({ optimizer: "rms_prop" }), meant("rmsprop")],
    ["AdamW", () => compile({ optimizer: "AdamW" }), meant("adamW")],
    ["Accuracy", () => compile({ metrics: ["Accuracy"] }), meant("accuracy")],
    [
      "sparse_categorical_accuracy",
      () => compile({ metrics: ["sparse_categorical_accuracy"] }),
      meant("sparseCategoricalAccuracy"),
    ],
    ["return_sequences", () => recurrent({ return_sequences: true }), meant("returnSequences")],
    ["hidden_size", () => lstm(untyped({ hidden_size: 3 })), meant("units")],
    ["input_size", () => recurrent({ input_size: 3 }), meant("inputShape")],
    ["batchInputShape", () => recurrent({ batchInputShape: [1, 2, 3] }), meant("inputShape")],
    ["dropout_rate", () => recurrent({ dropout_rate: 0.1 }), meant("dropout")],
    ["p", () => dropout(untyped({ p: 0.5 })), meant("rate")],
    ["num_embeddings", () => embedding(untyped({ num_embeddings: 3 })), meant("inputDim")],
    ["embedding_dim", () => embedding(untyped({ inputDim: 3, embedding_dim: 3 })), meant("outputDim")],
    ["ReLU", () => recurrent({ activation: "ReLU" }), meant("relu")],
    ["leaky_relu", () => recurrent({ activation: "leaky_relu" }), meant("leakyRelu")],
    ["hard_sigmoid", () => recurrent({ recurrentActivation: "hard_sigmoid" }), meant("hardSigmoid")],
    ["glorot_uniform", () => recurrent({ kernelInitializer: "glorot_uniform" }), meant("glorotUniform")],
    ["xavier_uniform", () => recurrent({ kernelInitializer: "xavier_uniform" }), meant("glorotUniform")],
    ["lr", () => optimizers.adam(untyped({ lr: 0.1 })), meant("learningRate")],
    ["learning_rate", () => optimizers.sgd(untyped({ learning_rate: 0.1 })), meant("learningRate")],
    ["eps", () => optimizers.adam(untyped({ eps: 0.1 })), meant("epsilon")],
    ["beta_1", () => optimizers.adam(untyped({ beta_1: 0.1 })), meant("beta1")],
    ["decay_steps", () => schedules.cosineDecay(untyped({ decay_steps: 1 })), meant("decaySteps")],
    ["batch_size", () => train({ batch_size: 2 }), meant("batchSize")],
    ["validation_split", () => train({ validation_split: 0.1 }), meant("validationSplit")],
    ["val_data", () => train({ val_data: [x, y] }), meant("validationData")],
    ["nb_epoch", () => train({ nb_epoch: 2 }), meant("epochs")],
    ["iterations", () => train({ iterations: 2 }), meant("epochs")],
    [
      "restore_best_weights",
      () => callbacks.earlyStopping(untyped({ restore_best_weights: true })),
      meant("restoreBestWeights"),
    ],
    ["look_back", () => windows([[1], [2]], untyped({ look_back: 1 })), meant("window")],
    ["feature_range", () => minMaxScaler(untyped({ feature_range: [0, 1] })), meant("range")],
    ["test_size", () => chronologicalSplit([[1], [2]], untyped({ test_size: 0.5 })), meant("test")],
    [
      "random_state",
      () => sequential([dense({ units: 1, inputShape: [1] })], untyped({ random_state: 1 })),
      meant("seed"),
    ],
    ["lstm_1", () => build().part({ outputs: "lstm_1" }), meant("lstm")],
    [
      "num_layers",
      () => recurrent({ num_layers: 2 }),
      "; make a layer for each, all but the last with returnSequences: true.",
    ],
    ["batch_first", () => recurrent({ batch_first: true }), "; arrays are [N, T, C], the batch first."],
    [
      "bidirectional",
      () => recurrent({ bidirectional: true }),
      "; layers.bidirectional({ layer }) runs a layer both ways.",
    ],
    ["kernel_regularizer", () => recurrent({ kernel_regularizer: "l2" }), meant("kernelRegularizer")],
    ["weight_decay", () => optimizers.adam(untyped({ weight_decay: 0.1 })), meant("weightDecay")],
    [
      "decay",
      () => optimizers.adam(untyped({ decay: 0.1 })),
      "; give learningRate a schedule: schedules.exponentialDecay().",
    ],
    [
      "learningRate",
      () => compile({ learningRate: 0.1 }),
      "; give it to the optimizer: optimizers.adam({ learningRate }).",
    ],
    [
      "softmax",
      () => recurrent({ activation: "softmax" }),
      '; softmax is for outputs: dense({ units, activation: "softmax" })',
    ],
  ])("%s", async (given, call, hint) => {
    const { message } = await errorOf(call);
    expect(message).toContain(`"${given}"${hint}`);
  });

  it("are compared with names of any length", () => {
    expect(closest("y", ["x".repeat(2000)])).toBeUndefined();
    expect(closest("x".repeat(2000), ["x"])).toBeUndefined();
    expect(closest("Temp_Max", ["date", "temp max"])).toBe("temp max");
  });

  it("lead nowhere where nothing of the kind is known", async () => {
    await expectError(
      () => optimizers.adam(untyped({ zzz: 1 })),
      "TypeError",
      /unknown option "zzz"; known options are/,
    );
    await expectError(() => compile({ loss: "zzzzzzzz" }), "RangeError", /got "zzzzzzzz"$/);
    await expectError(() => recurrent({ activation: 5 }), "TypeError", /leakyRelu, exponential, got 5$/);
  });
});

describe("things in the wrong place", () => {
  const tensors = (got: string) =>
    `lstm: expected tensors made by input() or a layer's apply(), got ${got}; numbers go to predict() of a model`;

  it.each<[value: unknown, got: string]>([
    [5, "5"],
    [null, "null"],
    [undefined, "undefined"],
    ["x", '"x"'],
    [x, "an object (DenseArray)"],
    [[[1, 2]], "an array of 2"],
    [new Float32Array(2), "an object (Float32Array)"],
    [{ x: 1 }, "an object"],
    [new Array(1), "undefined"],
  ])("apply(%j)", async (value, got) => {
    for (const method of ["apply", "applyAll"] as const) {
      await expectError(() => recurrent({})[method](untyped(value)), "TypeError", tensors(got));
      await expectError(() => build()[method](untyped(value)), "TypeError", tensors(got));
    }
  });

  it("a second argument of apply, which would have no effect", async () => {
    const tensor = input({ shape: [5, 2] });
    const text = "apply: expected one argument, got 2; put tensors into a list, such as [x, h, c]";
    for (const each of [recurrent({}), concatenate(), build()]) {
      await expectError(() => each.apply(tensor, untyped(tensor)), "TypeError", text);
      await expectError(() => each.applyAll(tensor, untyped({ initialState: [] })), "TypeError", text);
    }
  });

  it("model({ inputs, outputs }) of numbers or layers", async () => {
    const outputs = dense({ units: 1 });
    const wanted = (name: string) => `model ${name}: expected tensors made by input() or a layer's apply(), got `;
    await expectError(() => model(untyped({ inputs: 5, outputs })), "TypeError", `${wanted("inputs")}5`);
    await expectError(
      () => model(untyped({ inputs: [[1, 2]], outputs })),
      "TypeError",
      `${wanted("inputs")}an array of 1`,
    );
    await expectError(
      () => model(untyped({ inputs: input({ shape: [1] }), outputs })),
      "TypeError",
      `${wanted("outputs")}an object (Dense)`,
    );
  });

  it("a layer or a tensor for options", async () => {
    const got = (kind: string) => new RegExp(`expected an options object, got an object \\(${kind}\\)`);
    await expectError(() => bidirectional(untyped(recurrent({}))), "TypeError", got("Lstm"));
    await expectError(() => timeDistributed(untyped(recurrent({}))), "TypeError", got("Lstm"));
    await expectError(() => model(untyped(input({ shape: [1] }))), "TypeError", got("SymbolicTensor"));
  });

  it("a scaler, a map or another object for options", async () => {
    const got = (kind: string) => new RegExp(`expected an options object, got an object \\(${kind}\\)`);
    const scaler = standardScaler().fit([[1], [2]]);
    await expectError(() => build().setScaling(untyped(scaler)), "TypeError", got(".*Scaler"));
    await expectError(() => build().fit(x, y, untyped(new Map([["epochs", 3]]))), "TypeError", got("Map"));
    await expectError(() => optimizers.adam(untyped(new Date())), "TypeError", got("Date"));
    class Own {
      learningRate = 0.5;
    }
    expect(optimizers.adam(new Own()).learningRate).toBe(0.5);
    expect(optimizers.adam(Object.create(null)).learningRate).toBe(0.001);
  });

  it("a function for a loss, a metric or an optimizer", async () => {
    const text = (what: string, made: string, hint: string) =>
      `${what}: expected a name or one made by ${made} and others, got a function; call it${hint}`;
    await expectError(
      () => compile({ loss: losses.huber }),
      "TypeError",
      text("loss", "losses.huber()", ", or make one of your own with defineLoss()"),
    );
    await expectError(
      () => compile({ metrics: [() => 1] }),
      "TypeError",
      text("metric", "metrics.accuracy()", ", or make one of your own with defineMetric()"),
    );
    await expectError(
      () => compile({ optimizer: optimizers.adam }),
      "TypeError",
      text("optimizer", "optimizers.adam()", ""),
    );
  });

  it("an embedding that does not know how many ids come", async () => {
    await expectError(
      () => sequential([embedding({ inputDim: 3, outputDim: 2 })]),
      "TypeError",
      "sequential: the first layer needs inputShape, the shape of one sample, such as [null] for any number of ids",
    );
  });

  it("a path", async () => {
    const remedy = 'the bytes are returned, and saveModelFile(net, path) of "wasm-lstm/node" writes them';
    await expectError(
      () => build().save(untyped("net")),
      "TypeError",
      `save: expected an options object, got "net"; ${remedy}`,
    );
    await expectError(
      () => loadModel(untyped("net")),
      "TypeError",
      /got "net"; loadModelFile\(path\) of "wasm-lstm\/node" reads files/,
    );
  });

  it("a loss, metric or optimizer of one's own that no file could name", async () => {
    const { toJSON: _, ...metric } = metrics.accuracy();
    const { toJSON: __, ...loss } = losses.huber();
    const { toJSON: ___, ...optimizer } = optimizers.sgd();
    await expectError(
      () => compile({ metrics: [metric] }),
      "TypeError",
      /metric: expected a name or one made by metrics.accuracy\(\)/,
    );
    await expectError(() => compile({ loss }), "TypeError", /loss: expected a name or one made by losses.huber\(\)/);
    await expectError(
      () => compile({ optimizer }),
      "TypeError",
      /optimizer: expected a name or one made by optimizers.adam\(\)/,
    );
  });

  it("sizes that are no list", async () => {
    const tensor = input({ shape: [4] });
    await expectError(() => ops.split(tensor, untyped("2")), "TypeError", /ops.split parts: expected a whole number/);
    await expectError(() => ops.split(tensor, untyped({})), "TypeError", /ops.split parts: expected a whole number/);
  });

  it("a hook under another name", async () => {
    const hooks = "onTrainBegin, onEpochBegin, onBatchEnd, onEpochEnd, onTrainEnd, onError";
    for (const [name, hint] of [
      ["on_epoch_end", `, did you mean "onEpochEnd"? Hooks are ${hooks}`],
      ["onTrainBatchEnd", `, did you mean "onBatchEnd"? Hooks are ${hooks}`],
    ]) {
      await expectError(
        () => train({ callbacks: [{ [name]() {} }] }),
        "TypeError",
        `fit callbacks: unknown hook "${name}"${hint}`,
      );
    }
    class Own {
      on_epoch_end() {}
    }
    await expectError(() => train({ callbacks: [new Own()] }), "TypeError", /unknown hook "on_epoch_end"/);
    class Good implements Callback {
      once = 1;
      one() {}
      onEpochEnd() {}
    }
    expect((await build().fit(x, y, { verbose: 0, callbacks: [new Good(), {}, Object.create(null)] })).stopReason).toBe(
      "completed",
    );
  });
});

describe("a monitor that there is not", () => {
  const stop = (monitor: string, more: object = {}, metrics: string[] = []) => {
    const net = build();
    net.compile({ loss: "mse", metrics: untyped(metrics) });
    const seen: number[] = [];
    const run = net.fit(x, y, {
      verbose: 0,
      callbacks: [callbacks.earlyStopping(untyped({ monitor })), { onBatchEnd: batch => void seen.push(batch) }],
      ...more,
    });
    return run.finally(() => expect(seen).toHaveLength(monitor === "valMae" && "validationSplit" in more ? 1 : 0));
  };
  const remedy = "; pass validationSplit or validationData to fit";

  it("is refused before the first step, with what there will be", async () => {
    await expectError(
      () => stop("valLoss"),
      "RangeError",
      `earlyStopping monitor: expected one of loss, got "valLoss"${remedy}`,
    );
    await expectError(
      () => stop("val_loss"),
      "RangeError",
      `earlyStopping monitor: expected one of loss, got "val_loss"${remedy}`,
    );
    await expectError(
      () => stop("val_mae", { validationSplit: 0.5 }, ["mae"]),
      "RangeError",
      'earlyStopping monitor: expected one of loss, mae, valLoss, valMae, got "val_mae", did you mean "valMae"?',
    );
    await expectError(
      () => stop("accuracy", {}, ["mae"]),
      "RangeError",
      'earlyStopping monitor: expected one of loss, mae, got "accuracy"',
    );
    await stop("valMae", { validationSplit: 0.5 }, ["mae"]);
  });

  it("is known of several outputs, by the names that logs will have", async () => {
    const begin = input({ shape: [2] });
    const net = model({
      inputs: begin,
      outputs: [dense({ units: 1, name: "a" }).apply(begin), dense({ units: 2, name: "b" }).apply(begin)],
    });
    net.compile({ loss: "mse", metrics: ["mae", metrics.meanAbsoluteError({ name: "far" })] });
    let names: readonly string[] = [];
    const { history } = await net.fit(numbers([4, 2]), [numbers([4, 1]), numbers([4, 2])], {
      verbose: 0,
      validationSplit: 0.5,
      callbacks: [
        {
          onTrainBegin(run) {
            names = run.logNames;
          },
        },
      ],
    });
    expect(names).toEqual(Object.keys(history));
    expect(names).toContain("valBFar");
  });

  it("is a name", async () => {
    await expectError(
      () => callbacks.earlyStopping(untyped({ monitor: 5 })),
      "TypeError",
      'earlyStopping monitor: expected the name of a log such as "valLoss", got 5',
    );
  });
});

describe("data of another shape", () => {
  it.each<[name: string, call: () => unknown, text: string]>([
    [
      "a target a step",
      () => build().trainOnBatch(x, numbers([6, 5, 1])),
      "y: expected [N, 1], got [6, 5, 1]; for targets at each step give the recurrent layers returnSequences: true",
    ],
    [
      "one-hot",
      () => classes("sparseCategoricalCrossentropy").fit(x, numbers([6, 3])),
      "y: expected ids of shape [N], got [6, 3]; for one-hot targets take the loss categoricalCrossentropy",
    ],
    [
      "class ids",
      () => classes("categoricalCrossentropy").fit(x, ids([6], 3)),
      "y: expected [N, 3], got [6]; for class ids take the loss sparseCategoricalCrossentropy, else give the last layer units: 1",
    ],
    [
      "one sample",
      () => build().predict(numbers([5, 2])),
      "x: expected [N, 5, 2], got [5, 2]; put a single sample into a list: [sample]",
    ],
    [
      "other steps",
      () => build().predict(numbers([1, 4, 2])),
      "x: expected [N, 5, 2], got [1, 4, 2]; inputShape: [null, 2] takes any number of steps",
    ],
    ["other features", () => build().predict(numbers([1, 5, 3])), "x: expected [N, 5, 2], got [1, 5, 3]"],
    [
      "other numbers",
      () => sequential([dense({ units: 1, inputShape: [3] })]).predict(numbers([4, 2])),
      "x: expected [N, 3], got [4, 2]",
    ],
  ])("%s", async (_name, call, text) => expectError(call, "RangeError", text));

  function classes(loss: "categoricalCrossentropy" | "sparseCategoricalCrossentropy"): Model {
    const net = build({}, { units: 3, activation: "softmax" });
    net.compile({ loss });
    return net;
  }
});

describe("a long name", () => {
  const long = "x".repeat(2000);

  it.each<[where: string, call: () => unknown]>([
    ["option", () => recurrent({ [long]: 1 })],
    ["value of an option", () => recurrent({ activation: long })],
    ["layer", () => recurrent({ name: long })],
    ["loss", () => compile({ loss: long })],
    ["monitor", () => train({ callbacks: [callbacks.earlyStopping(untyped({ monitor: long }))] })],
    [
      "log",
      () => {
        const own = { ...metrics.accuracy(), name: long };
        const net = build();
        net.compile({ loss: "mse", metrics: [own, metrics.meanAbsoluteError()] });
        return net.fit(x, y, { verbose: 0, callbacks: [callbacks.earlyStopping()] });
      },
    ],
    ["hook", () => train({ callbacks: [{ [`on_${long}`]() {} }] })],
    ["maker that is none", () => register(untyped({ losses: { [long]: 1 } }))],
    [
      "maker of something else",
      () => {
        register(untyped({ losses: { [`${long}1`]: () => 1 } }));
        compile({ loss: `${long}1` });
      },
    ],
    [
      "name that is taken",
      () => {
        register({ losses: { [`${long}2`]: losses.huber } });
        register({ losses: { [`${long}2`]: losses.logCosh } });
      },
    ],
    ["list of names", () => compile({ loss: "unknown" })],
    [
      "schedule",
      () => {
        const net = build();
        const schedule = { name: long, at: () => 0.1, toJSON: () => ({ name: long, options: {} }) };
        net.compile({ loss: "mse", optimizer: optimizers.sgd({ learningRate: schedule }) });
        net.trainOnBatch(x, y);
        net.optimizer.learningRate = 1;
        net.trainOnBatch(x, y);
      },
    ],
    ["part of the data", () => chronologicalSplit(untyped({ [long]: 1 }))],
    [
      "state of a cell",
      () => {
        const step = ({ states: { h } }: { states: { h: Value } }) => ({ output: h, states: { h, [long]: h } });
        const cell = defineCell({ name: "own", weights: () => ({}), states: () => ({ h: 2 }), step });
        sequential([layers.rnn(cell, { units: 2, inputShape: [5, 2] })]).predict(x);
      },
    ],
    [
      "option of a loss",
      () =>
        defineLoss({ name: "own", options: { [long]: 1 }, loss: ({ prediction }) => prediction })({
          [long]: untyped("a"),
        }),
    ],
    ["column of nothing alike", () => build().part({ outputs: "y" })],
    ["parts of the data", () => chronologicalSplit({ [long]: ndarray([1], [1]), b: ndarray([1, 2], [2]) })],
    [
      "layers of a part",
      () =>
        sequential([
          dense({ units: 1, inputShape: [1], name: "a".repeat(100) }),
          ...Array.from({ length: 60 }, () => dense({ units: 1 })),
        ]).part({ outputs: long }),
    ],
  ])("is cut: %s", async (_where, call) => {
    const { message } = await errorOf(call);
    expect(message).not.toMatch(/(.)\1{60}/);
    expect(message.length).toBeLessThan(900);
  });
});
