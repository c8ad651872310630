/** Turns of the event loop inside steps: whoever has one sees the last finished step, and changes nothing of the one that goes on. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { pace } from "../../src/engine/turns/workList.ts";
import { type Layer, layers, type Model, type NDArray, ndarray, type Stream, sequential } from "../../src/index.ts";
import { Turns } from "../../src/training/turns.ts";
import { customCells } from "../helpers/customCells.ts";
import { bits, expectError, ids, numbers, weightBits } from "../helpers/models.ts";
import { recurrentForms } from "../helpers/recurrentForms.ts";

const usual = { ...pace };
afterEach(() => {
  vi.unstubAllGlobals();
  Object.assign(pace, usual);
});

/** A turn before everything that may wait, and large calls in many pieces. */
function takeTurnsEverywhere(foreign: () => void): { turns: number } {
  const seen = { turns: 0 };
  const { setImmediate: own } = globalThis;
  vi.stubGlobal("setImmediate", (action: () => void) =>
    own(() => {
      seen.turns++;
      foreign();
      action();
    }),
  );
  Object.assign(pace, { turn: 0, piece: 5e-3, long: -1 });
  return seen;
}

describe("a turn of the event loop", () => {
  it.each([[[]], [["setImmediate"]], [["setImmediate", "MessageChannel"]]])("comes without %s", async missing => {
    for (const name of missing) vi.stubGlobal(name, undefined);
    const turn = new Turns();
    const until = performance.now() + 30;
    while (performance.now() < until);
    let turns = 0;
    setTimeout(() => turns++, 0);
    await turn.due();
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(turns).toBe(1);
  });

  it("comes where functions of Node are there to throw, as in Next.js' edge runtime", async () => {
    const forbidden = () => {
      throw new Error("A Node.js API is used which is not supported in the Edge Runtime.");
    };
    vi.stubGlobal("setImmediate", forbidden);
    await new Turns().give();
    vi.stubGlobal("MessageChannel", forbidden);
    await new Turns().give();
  });
});

const [N, T, C] = [5, 11, 3];
const x = numbers([3 * N, T, C]);
const y = numbers([3 * N, 2], 5);

interface Case {
  layers: () => Layer[];
  x?: NDArray;
  streams?: boolean;
}

const head = () => layers.dense({ units: 2 });
const below = () => layers.dense({ units: 4, activation: "tanh", inputShape: [T, C] });

const forms: [string, Case][] = Object.entries(recurrentForms).map(([name, { layer, heads = 1 }]) => [
  name,
  { layers: () => [below(), layer({ units: 5 * heads, returnSequences: true }), layer({ units: 5 * heads }), head()] },
]);

const V = 7;
const stacks: [string, Case][] = [
  [
    "both ways above an embedding with a mask",
    {
      x: ids([3 * N, T], V),
      streams: false,
      layers: () => [
        layers.embedding({ inputDim: V, outputDim: 4, maskZero: true, inputShape: [T] }),
        layers.bidirectional({ layer: layers.lstm({ units: 5, returnSequences: true, dropout: 0.2 }) }),
        layers.bidirectional({ layer: layers.gru({ units: 5 }) }),
        head(),
      ],
    },
  ],
  [
    "a custom cell and a mask, both ways",
    {
      streams: false,
      layers: () => [
        layers.masking({ maskValue: x.data[1], inputShape: [T, C] }),
        layers.bidirectional({ layer: layers.rnn(Object.values(customCells)[0] as never, { units: 4 }) }),
        head(),
      ],
    },
  ],
  [
    "checkpoints",
    {
      layers: () => [
        layers.lstm({ units: 6, checkpointSteps: 1, returnSequences: true, inputShape: [T, C] }),
        layers.mLSTM({ units: 4, checkpointSteps: 1 }),
        head(),
      ],
    },
  ],
  [
    "states that are kept",
    {
      streams: false,
      layers: () => [
        layers.lstm({ units: 6, stateful: true, inputShape: [T, C] }),
        layers.dropout({ rate: 0.3 }),
        head(),
      ],
    },
  ],
  [
    "layers in layers, normalized",
    {
      streams: false,
      layers: () => [
        layers.timeDistributed({ layer: layers.dense({ units: 4 }), inputShape: [T, C] }),
        layers.layerNormalization(),
        layers.gru({ units: 6 }),
        head(),
      ],
    },
  ],
];

function make({ layers: list }: Case): Model {
  const net = sequential(list(), { seed: 4 });
  net.compile({ loss: "meanSquaredError", optimizer: "adam" });
  return net;
}

/** What others see of a model. */
function look(net: Model, data: NDArray, streams: boolean) {
  let stream: Stream | undefined;
  return {
    weights: () => String(weightBits(net)),
    saved: () => String(net.save({ optimizer: true })),
    // Of a stateful layer the states go with the batch.
    predicted: () => bits(net.predict(data, { batchSize: N }).data).join(),
    // The first time it takes memory for itself; each time it packs weights in another form.
    streamed: () => {
      if (!streams) return "";
      stream ??= net.stream();
      stream.reset();
      return String(stream.step(data.data.subarray(0, data.shape[2] ?? 1)));
    },
  };
}

describe.each([...forms, ...stacks])("in a fit of %s", (_, one) => {
  it("others see the last finished step, and the bits are those of a fit without them", async () => {
    const { x: data = x, streams = true } = one;
    const order = { epochs: 2, batchSize: N, verbose: 0, shuffle: false } as const;
    const alone = make(one);
    const sight = look(alone, data, streams);
    // What there is to see, by finished steps and epochs.
    const expected = new Map<string, Record<string, string>>();
    const now = ({ network: { parameters } }: Model) => `step ${parameters.step}, epoch ${parameters.epoch}`;
    const note = () => {
      expected.set(now(alone), Object.fromEntries(Object.entries(sight).map(([name, see]) => [name, see()])));
    };
    const callbacks = [{ onEpochBegin: note, onBatchEnd: note }];
    const { history } = await alone.fit(data, y, { ...order, callbacks });

    const net = make(one);
    const own = look(net, data, streams);
    const names = Object.keys(own) as (keyof typeof own)[];
    let turn = 0;
    const wrong = new Set<string>();
    const seen = takeTurnsEverywhere(() => {
      if (turn++ % 3) return; // some turns are nobody's
      const name = names[turn % names.length];
      if (own[name]() !== expected.get(now(net))?.[name]) wrong.add(`${name} after ${now(net)}`);
    });
    const trained = await net.fit(data, y, order);
    expect([...wrong]).toEqual([]);
    expect(seen.turns).toBeGreaterThan(50);
    expect(trained.history).toEqual(history);
    expect(own.saved()).toBe(sight.saved());
  });
});

const lstmNet = () =>
  make({
    layers: () => [
      layers.lstm({ units: 6, returnSequences: true, inputShape: [T, C] }),
      layers.lstm({ units: 5 }),
      head(),
    ],
  });

describe("turns inside steps", () => {
  const order = { batchSize: N, verbose: 0, shuffle: false } as const;

  it("let evaluate and predictAsync wait for the step, whose weights they see whole", async () => {
    const alone = lstmNet();
    const evaluated: number[] = [];
    const predicted: string[] = [];
    const note = async () => {
      evaluated.push((await alone.evaluate(x, y, { batchSize: 3 * N })).loss);
      predicted.push(String(alone.predict(x).data));
    };
    await alone.fit(x, y, { ...order, epochs: 3, callbacks: [{ onTrainBegin: note, onBatchEnd: note }] });

    const net = lstmNet();
    const asked: Promise<unknown>[] = [];
    takeTurnsEverywhere(() => {
      if (asked.length > 20) return;
      asked.push(net.evaluate(x, y, { batchSize: 3 * N }).then(({ loss }) => expect(evaluated).toContain(loss)));
      asked.push(net.predictAsync(x).then(({ data }) => expect(predicted).toContain(String(data))));
    });
    await net.fit(x, y, { ...order, epochs: 3 });
    await Promise.all(asked);
    expect(weightBits(net)).toEqual(weightBits(alone));
  });

  it("do not mix weights: predictAsync begins a batch again if they change meanwhile", async () => {
    const [net, changed] = [lstmNet(), lstmNet()];
    changed.trainOnBatch(x, y);
    let turns = 0;
    takeTurnsEverywhere(() => {
      if (turns++ === 9) net.setWeights(changed.getWeights());
    });
    const outputs = await net.predictAsync(x);
    expect(turns).toBeGreaterThan(9);
    expect(bits(outputs.data)).toEqual(bits(changed.predict(x).data));
  });

  it("leave weights and memory as they were when a step fails", async () => {
    const bad = numbers([3 * N, T, C]);
    bad.data[N * T * C + 7] = Number.NaN;
    const [net, alone] = [lstmNet(), lstmNet()];
    const first = ({ data, shape }: NDArray) => ndarray(data.slice(0, data.length / 3), [N, ...shape.slice(1)]);
    alone.trainOnBatch(first(x), first(y));
    const { memory } = net.network.engine;
    takeTurnsEverywhere(() => net.predict(x));
    const mark = memory.mark();
    await expectError(() => net.fit(bad, y, order), "RangeError", /epoch 1, batch 2: x has NaN at \[0, 2, 1\]/);
    expect(memory.mark()).toBe(mark);
    expect(weightBits(net)).toEqual(weightBits(alone));
    await net.fit(x, y, order);
    await alone.fit(x, y, order);
    expect(weightBits(net)).toEqual(weightBits(alone));
  });

  it("leave everything as it was when a layer throws behind what waits", async () => {
    let steps = 0;
    const net = make({
      layers: () => [
        layers.lstm({ units: 6, returnSequences: true, inputShape: [T, C] }),
        layers.lambda({
          call: value => {
            if (value.shape[0] === N) steps++;
            if (steps > 1 && value.data.length === N * T * 6) throw new Error("enough");
            return value;
          },
        }),
        layers.lstm({ units: 3 }),
        head(),
      ],
    });
    const mark = net.network.engine.memory.mark();
    takeTurnsEverywhere(() => {});
    await expectError(() => net.fit(x, y, order), "Error", "enough");
    expect(net.network.engine.memory.mark()).toBe(mark);
    expect(net.network.parameters.step).toBe(1);
    await expectError(() => net.fit(x, y, order), "Error", "enough");
  });

  it("hear an abort, which ends the fit after the step in which it came", async () => {
    const [net, alone] = [lstmNet(), lstmNet()];
    const stop = new AbortController();
    let turns = 0;
    takeTurnsEverywhere(() => {
      if (net.network.parameters.step === 1 && turns++ === 5) stop.abort();
    });
    const { stopReason } = await net.fit(x, y, { ...order, epochs: 5, signal: stop.signal });
    expect(stopReason).toBe("aborted");
    expect(net.network.parameters.step).toBe(2);
    await alone.fit(x, y, { ...order, callbacks: [{ onBatchEnd: (batch, _, run) => batch === 1 && run.stop() }] });
    expect(weightBits(net)).toEqual(weightBits(alone));
  });

  it("take memory in the middle, for streams and parts that are made there", async () => {
    const [net, alone] = [lstmNet(), lstmNet()];
    const made: string[] = [];
    takeTurnsEverywhere(() => {
      if (made.length > 20) return;
      const part = net.part({ outputs: "lstm" });
      made.push(String(part.stream().step([1, 2, 3])));
    });
    await net.fit(x, y, { ...order, epochs: 3 });
    expect(made.length).toBeGreaterThan(20);
    await alone.fit(x, y, { ...order, epochs: 3 });
    expect(weightBits(net)).toEqual(weightBits(alone));
    expect(bits(net.predict(x).data)).toEqual(bits(alone.predict(x).data));
  });

  it("are the same on two threads", async () => {
    vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
    const two = sequential(
      [layers.lstm({ units: 64, returnSequences: true, inputShape: [T, C] }), layers.lstm({ units: 5 }), head()],
      {
        seed: 4,
        threads: 2,
      },
    );
    const one = sequential(
      [layers.lstm({ units: 64, returnSequences: true, inputShape: [T, C] }), layers.lstm({ units: 5 }), head()],
      { seed: 4 },
    );
    for (const net of [one, two]) net.compile({ loss: "meanSquaredError", optimizer: "adam" });
    await one.fit(x, y, order);
    const seen = takeTurnsEverywhere(() => {});
    pace.piece = 0.1; // where other programs keep the cores, each piece waits for one
    await two.fit(x, y, order);
    expect(seen.turns).toBeGreaterThan(30);
    expect(weightBits(two)).toEqual(weightBits(one));
  });
});
