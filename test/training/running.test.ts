/** What is refused while `fit` runs, and what goes on as if it did not. */
import { describe, expect, it, vi } from "vitest";
import type { Callback, FitOptions, Model, TrainingRun } from "../../src/index.ts";
import { input, layers, loadModel, model, optimizers, sequential, standardScaler } from "../../src/index.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";

const { dense, lstm } = layers;
const x = numbers([12, 3, 2]);
const y = numbers([12, 1], 2);
const quiet = { epochs: 2, batchSize: 4, verbose: 0 } as const satisfies FitOptions;

function build(): Model {
  const net = sequential([lstm({ units: 2, inputShape: [3, 2] }), dense({ units: 1 })], { seed: 3 });
  net.compile({ optimizer: "adam", loss: "mse" });
  return net;
}

const IN_TRAINING = 'the model of "lstm" and "dense" is in training already;';
const refused = (what: string) => `${what}: ${IN_TRAINING} await the fit that runs first`;
const SET_WEIGHTS = `setWeights: ${IN_TRAINING} do so in a callback, or await the fit that runs first`;

/** Waits in a callback, so that others have their turn while a fit runs. */
function paused(): { callback: Callback; reached: Promise<TrainingRun>; goOn: () => void } {
  let goOn = (): void => {};
  const gate = new Promise<void>(resolve => {
    goOn = resolve;
  });
  let reach: (run: TrainingRun) => void;
  const reached = new Promise<TrainingRun>(resolve => {
    reach = resolve;
  });
  const onBatchEnd = (_batch: number, _logs: object, run: TrainingRun): Promise<void> => {
    reach(run);
    return gate;
  };
  return { callback: { onBatchEnd }, reached, goOn };
}

/** All that changes what a fit trains, or goes on with. */
const changes: [what: string, act: (net: Model) => unknown][] = [
  ["fit", net => net.fit(x, y, quiet)],
  ["compile", net => net.compile({ loss: "mae" })],
  ["trainOnBatch", net => net.trainOnBatch(x, y)],
  ["gradients", net => net.gradients(x, y)],
  ["resetStates", net => net.resetStates()],
  ["setScaling", net => net.setScaling({ target: standardScaler().fit([[1], [2]]) })],
];

describe("while fit runs", () => {
  it.each(changes)(
    "%s is refused, from the call on and in callbacks, and the training is as if nothing had been tried",
    async (what, act) => {
      const [net, twin] = [build(), build()];
      const { history } = await twin.fit(x, y, quiet);
      const hook = () => expectError(() => act(net), "Error", refused(what));
      const running = net.fit(x, y, {
        ...quiet,
        callbacks: [{ onTrainBegin: hook, onEpochBegin: hook, onBatchEnd: hook, onEpochEnd: hook, onTrainEnd: hook }],
      });
      await hook();
      expect((await running).history).toEqual(history);
      expect(weightBits(net)).toEqual(weightBits(twin));
      await act(net);
    },
  );

  it("weights are set in callbacks alone", async () => {
    const net = build();
    const weights = net.getWeights();
    const { callback, reached, goOn } = paused();
    const running = net.fit(x, y, { ...quiet, callbacks: [callback] });
    await expectError(() => net.setWeights(weights), "Error", SET_WEIGHTS);
    const run = await reached;
    goOn();
    await running;
    run.setWeights(weights);
    expect(net.getWeights()).toEqual(weights);
  });

  it("weights, learning rate and file are the callback's to change and to take", async () => {
    const [net, other] = [build(), build()];
    const weights = other.getWeights();
    const files: Uint8Array[] = [];
    await net.fit(x, y, {
      ...quiet,
      callbacks: [
        {
          async onBatchEnd(batch, _logs, run) {
            await Promise.resolve();
            if (batch === 0) net.setWeights(weights);
            if (batch === 1) run.setWeights(weights);
            net.optimizer.learningRate = 0;
            files.push(run.save({ optimizer: true }), net.save());
          },
        },
      ],
    });
    expect(net.getWeights()).toEqual(weights);
    expect(files).toHaveLength(12);
  });

  it("predictions, streams and losses are those of the last step that has ended", async () => {
    const [net, twin] = [build(), build()];
    twin.trainOnBatch(x, y);
    const { callback, reached, goOn } = paused();
    const running = net.fit(x, y, { ...quiet, batchSize: 12, epochs: 1, shuffle: false, callbacks: [callback] });
    await reached;
    expect(net.predict(x)).toEqual(twin.predict(x));
    expect(await net.evaluate(x, y)).toEqual(await twin.evaluate(x, y));
    expect(net.stream().step([0.5, 1])).toEqual(twin.stream().step([0.5, 1]));
    expect(net.save()).toEqual(twin.save());
    goOn();
    await running;
    expect(weightBits(net)).toEqual(weightBits(twin));
  });

  it("parts of the model are refused too, which have the same weights", async () => {
    const net = build();
    const part = net.part({ outputs: "lstm" });
    part.compile({ loss: "mse" });
    const h = numbers([12, 2], 3);
    const same = model({ inputs: net.inputs, outputs: net.outputs });
    const running = net.fit(x, y, quiet);
    await expectError(() => part.fit(x, h, quiet), "Error", refused("fit"));
    await expectError(() => part.trainOnBatch(x, h), "Error", refused("trainOnBatch"));
    await expectError(() => part.setWeights(part.getWeights()), "Error", SET_WEIGHTS);
    await expectError(() => same.compile({ loss: "mse" }), "Error", refused("compile"));
    part.resetStates(); // its own
    await running;
    const other = part.fit(x, h, quiet);
    await expectError(() => net.fit(x, y, quiet), "Error", refused("fit"));
    await other;
    await net.fit(x, y, quiet);
  });

  it("models that the layers are inside of wait for it, and others train beside it", async () => {
    const net = build();
    const begin = input({ shape: [3, 2] });
    const outer = model({ inputs: begin, outputs: net.apply(begin) });
    outer.compile({ optimizer: "adam", loss: "mse" });
    const copy = loadModel(net.save());
    const running = [net.fit(x, y, quiet), copy.fit(x, y, quiet)];
    await expectError(() => outer.fit(x, y, quiet), "Error", refused("fit"));
    const [a, b] = await Promise.all(running);
    expect(a.epoch).toEqual(b.epoch);
    await outer.fit(x, y, quiet);
  });

  it("a layer frozen or freed is told to wait for the next compile", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const net = build();
    const [, , , kernel] = net.getWeights();
    await net.fit(x, y, {
      ...quiet,
      callbacks: [
        {
          onEpochBegin() {
            net.layers[1].trainable = false;
          },
        },
      ],
    });
    expect(warn.mock.calls).toEqual([
      [
        'wasm-lstm: fit: layer "dense" has trainable: false since the model was compiled; that counts from the next ' +
          "compile() on",
      ],
    ]);
    warn.mockRestore();
    expect(net.getWeights()[3]).not.toEqual(kernel);
  });
});

describe("the next fit may come after one that", () => {
  const again = async (net: Model) => expect((await net.fit(x, y, quiet)).stopReason).toBe("completed");
  const failing = (hook: keyof Callback): Callback => ({
    [hook]() {
      throw new Error(hook);
    },
  });

  it.each(["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const)(
    "ended by an error in %s",
    async hook => {
      const net = build();
      await expectError(() => net.fit(x, y, { ...quiet, callbacks: [failing(hook)] }), "Error", hook);
      net.resetStates();
      await again(net);
    },
  );

  it("was refused for its data or options, or was aborted", async () => {
    const net = build();
    await expectError(() => net.fit(x, numbers([12, 2]), quiet), "RangeError", /y: expected/);
    await expectError(() => net.fit(x, y, { ...quiet, epochs: 0 }), "RangeError", /fit epochs/);
    await again(net);
    const bad = numbers([12, 1]);
    bad.data[3] = Number.NaN;
    await expectError(() => net.fit(x, bad, quiet), "RangeError", /NaN/);
    await again(net);
    const controller = new AbortController();
    const aborted = net.fit(x, y, { ...quiet, signal: controller.signal });
    controller.abort();
    expect((await aborted).stopReason).toBe("aborted");
    await again(net);
  });

  it("waited in vain for a thread", async () => {
    const net = build();
    const ready = vi.spyOn(net, "ready").mockRejectedValue(new Error("no thread"));
    await expectError(() => net.fit(x, y, quiet), "Error", "no thread");
    ready.mockRestore();
    await again(net);
  });
});

describe("stateful layers in training", () => {
  const last = () => layers.missing({ strategy: "last", stateful: true, inputShape: [null, 2] });
  const nets: [name: string, make: () => Model][] = [
    [
      "lstm",
      () => sequential([lstm({ units: 3, stateful: true, inputShape: [null, 2] }), dense({ units: 1 })], { seed: 1 }),
    ],
    [
      "bidirectional gru",
      () =>
        sequential(
          [
            layers.bidirectional({ layer: layers.gru({ units: 3, stateful: true }), inputShape: [3, 2] }),
            dense({ units: 1 }),
          ],
          { seed: 1 },
        ),
    ],
    ["missing", () => sequential([last(), lstm({ units: 3 }), dense({ units: 1 })], { seed: 1 })],
  ];
  // Values are missing where sequences begin, so that what is carried shows.
  const holed = (seed: number, name: string) => {
    const data = numbers([12, 3, 2], seed);
    if (name === "missing") for (let i = 0; i < data.data.length; i += 6) data.data[i] = Number.NaN;
    return data;
  };
  const made = (make: () => Model) => {
    const net = make();
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss: "mse" });
    return net;
  };

  it.each(nets)(
    "go on with their own states after validation, and after what callbacks compute: %s",
    async (name, make) => {
      const [net, twin] = [made(make), made(make)];
      const [xTrain, xOther] = [holed(1, name), holed(5, name)];
      const plain = await twin.fit(xTrain, y, { ...quiet, epochs: 3 });
      const compute = async () => {
        net.predict(xOther, { batchSize: 4 });
        await net.evaluate(xOther, y, { batchSize: 4 });
        if (!name.startsWith("bidirectional")) net.stream().step([1, 2]);
      };
      const validated = await net.fit(xTrain, y, {
        ...quiet,
        epochs: 3,
        validationData: [xOther, y],
        callbacks: [
          {
            onTrainBegin: compute,
            onEpochBegin: compute,
            onBatchEnd: compute,
            onEpochEnd: compute,
            onTrainEnd: compute,
          },
        ],
      });
      expect(validated.history.loss).toEqual(plain.history.loss);
      expect(weightBits(net)).toEqual(weightBits(twin));
      expect(net.predict(xOther, { batchSize: 4 })).toEqual(twin.predict(xOther, { batchSize: 4 }));
    },
  );

  it.each(nets)("begin validation with the states that training has come to, as Keras does: %s", async (name, make) => {
    const [net, twin] = [made(make), made(make)];
    const [xTrain, xOther] = [holed(1, name), holed(5, name)];
    const { history } = await net.fit(xTrain, y, { ...quiet, epochs: 1, validationData: [xOther, y] });
    await twin.fit(xTrain, y, { ...quiet, epochs: 1 });
    const { loss } = await twin.evaluate(xOther, y, { batchSize: 4 });
    expect(history.valLoss).toEqual([loss]);
    twin.resetStates();
    expect((await twin.evaluate(xOther, y, { batchSize: 4 })).loss).not.toBe(loss);
  });

  it("keep their states where evaluate or predict fails half-way", async () => {
    const [net, twin] = [made(nets[0][1]), made(nets[0][1])];
    const bad = numbers([12, 3, 2], 7);
    bad.data[bad.data.length - 1] = Number.NaN;
    await expectError(() => net.predict(bad, { batchSize: 4 }), "RangeError", /NaN/);
    await expectError(() => net.evaluate(bad, y, { batchSize: 4 }), "RangeError", /NaN/);
    expect(net.predict(x, { batchSize: 4 })).toEqual(twin.predict(x, { batchSize: 4 }));
  });

  it.each([
    ["when training has gone on", (net: Model) => net.trainOnBatch(numbers([4, 3, 2], 8), numbers([4, 1]))],
    ["after they were reset", (net: Model) => net.resetStates()],
  ])("are not changed by an evaluation that ends %s", async (_name, change) => {
    const [net, twin] = [made(nets[0][1]), made(nets[0][1])];
    for (const each of [net, twin]) each.predict(numbers([4, 3, 2], 3));
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 1000)); // a turn for others after each batch
    const evaluated = net.evaluate(x, y, { batchSize: 4 });
    await Promise.resolve();
    await Promise.resolve();
    change(net);
    await evaluated;
    clock.mockRestore();
    change(twin);
    expect(net.predict(x, { batchSize: 4 })).toEqual(twin.predict(x, { batchSize: 4 }));
  });
});
