/** A batch of sequences of unequal length ends with its longest one, however far the data is padded. */
import { describe, expect, it } from "vitest";
import { input, layers, losses, type Model, model, ndarray, ops, regularizers, sequential } from "../../src/index.ts";
import { numbers, weightBits } from "../helpers/models.ts";

const [N, T, C] = [12, 9, 3];
const lengths = [3, 4, 2, 1, 6, 5, 0, 2, 5, 4, 3, 3];
const { bidirectional, dense, gaussianNoise, globalAveragePooling1D, globalMaxPooling1D, lstm } = layers;

/** [N, T, ...] with more steps of anything behind them. */
function padded(x: { data: ArrayLike<number>; shape: readonly number[] }, steps: number, value = 7) {
  const [, , ...inner] = x.shape;
  const width = x.data.length / (N * T);
  const data = new Float32Array(N * steps * width).fill(value);
  for (let n = 0; n < N; n++) data.set(Array.from(x.data).slice(n * T * width, (n + 1) * T * width), n * steps * width);
  return ndarray(data, [N, steps, ...inner]);
}

const x = numbers([N, T, C]);
const ofSequence = numbers([N, 2]);
const ofStep = numbers([N, T, 2]);
const stepWeights = { ...numbers([N, T]), data: numbers([N, T]).data.map(Math.abs) };

interface Data {
  y: ReturnType<typeof ndarray>;
  sampleWeight?: ReturnType<typeof ndarray>;
}

/** Weights after three epochs, and the history, of data padded to so many steps. */
async function learned(build: () => Model, steps: number, { y, sampleWeight }: Data) {
  const net = build();
  net.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
  const at = (of: Data["y"]) => (of.shape[1] === T ? padded(of, steps) : of);
  const { history } = await net.fit({ x: padded(x, steps), lengths }, at(y), {
    epochs: 3,
    batchSize: 4,
    verbose: 0,
    validationSplit: 0.25,
    ...(sampleWeight && { sampleWeight: padded(sampleWeight, steps, 1) }),
  });
  return { history, bits: weightBits(net) };
}

const classifier = (shape: (number | null)[]) => () =>
  sequential(
    [
      bidirectional({ layer: lstm({ units: 5, returnSequences: true }), inputShape: shape }),
      globalAveragePooling1D(),
      dense({ units: 2 }),
    ],
    { seed: 2 },
  );
const tagger = (shape: (number | null)[]) => () =>
  sequential([lstm({ units: 5, returnSequences: true, inputShape: shape }), dense({ units: 2 })], { seed: 2 });

describe("batches of sequences of unequal length", () => {
  it("learn to the bits of batches with all steps, which a model of a fixed number of them has", async () => {
    expect(await learned(classifier([null, C]), T, { y: ofSequence })).toEqual(
      await learned(classifier([T, C]), T, { y: ofSequence }),
    );
  });

  it("learn from targets and weights of their own steps", async () => {
    for (const data of [{ y: ofStep }, { y: ofStep, sampleWeight: stepWeights as Data["y"] }]) {
      expect(await learned(tagger([null, C]), T, data)).toEqual(await learned(tagger([T, C]), T, data));
    }
  });

  it("draw random numbers for no step behind the longest", async () => {
    const noisy = () =>
      sequential([gaussianNoise({ stddev: 0.5, inputShape: [null, C] }), lstm({ units: 4 }), dense({ units: 2 })], {
        seed: 1,
      });
    const reached = await learned(noisy, T, { y: ofSequence });
    expect(await learned(noisy, 2 * T, { y: ofSequence })).toEqual(reached);
  });

  it("keep all steps where a layer counts them", async () => {
    const heads: Record<string, (shape: (number | null)[]) => Model> = {
      maximum: shape =>
        sequential(
          [lstm({ units: 4, returnSequences: true, inputShape: shape }), globalMaxPooling1D(), dense({ units: 2 })],
          { seed: 1 },
        ),
      batch: shape =>
        sequential([layers.batchNormalization({ inputShape: shape }), lstm({ units: 4 }), dense({ units: 2 })], {
          seed: 1,
        }),
      convolution: shape =>
        sequential(
          [
            layers.conv1D({ filters: 4, kernelSize: 3, padding: "causal", inputShape: shape }),
            lstm({ units: 4 }),
            dense({ units: 2 }),
          ],
          { seed: 1 },
        ),
      activity: shape =>
        sequential(
          [
            lstm({
              units: 4,
              returnSequences: true,
              activityRegularizer: regularizers.l2({ l2: 0.1 }),
              inputShape: shape,
            }),
            lstm({ units: 4 }),
            dense({ units: 2 }),
          ],
          { seed: 1 },
        ),
      own: shape =>
        sequential(
          [
            layers.lambda({
              call: value => ops.add(value, ops.reverse(value)),
              inputShape: shape,
            }),
            lstm({ units: 4 }),
            dense({ units: 2 }),
          ],
          { seed: 1 },
        ),
    };
    for (const [name, build] of Object.entries(heads)) {
      const [free, fixed] = [
        await learned(() => build([null, C]), T, { y: ofSequence }),
        await learned(() => build([T, C]), T, { y: ofSequence }),
      ];
      expect(free, name).toEqual(fixed);
    }
  });

  it("keep all steps where sequences of one length are read beside", async () => {
    const [sequence, other] = [input({ shape: [null, C] }), input({ shape: [T, 2] })];
    const both = layers.concatenate().apply([sequence, other]);
    const net = model({
      inputs: [sequence, other],
      outputs: dense({ units: 2 }).apply(lstm({ units: 4 }).apply(both)),
    });
    net.compile({ optimizer: "adam", loss: "mse" });
    const { history } = await net.fit([{ x, lengths }, ofStep], ofSequence, { epochs: 1, batchSize: 4, verbose: 0 });
    expect(history.loss[0]).toBeGreaterThan(0);
  });

  it("have gradients of all steps of the inputs, of padding 0", () => {
    const net = tagger([null, C])();
    net.compile({ optimizer: "adam", loss: "mse" });
    const [gradient] = net.gradients({ x, lengths }, ofStep, { inputs: true });
    expect(gradient.shape).toEqual([N, T, C]);
    const at = (n: number, t: number) => Array.from(gradient.data).slice((n * T + t) * C, (n * T + t + 1) * C);
    expect(at(4, lengths[4] - 1)).not.toContain(0);
    expect(at(4, lengths[4])).toEqual([0, 0, 0]);
  });

  it("say what is wrong with targets of other steps", async () => {
    const net = tagger([null, C])();
    net.compile({ optimizer: "adam", loss: "mse" });
    const fit = net.fit({ x, lengths }, padded(ofStep, T + 1), { batchSize: 4, verbose: 0 });
    await expect(fit).rejects.toThrow(/expected .*\[4, 9, 2\].*got \[4, 10, 2\]/);
  });

  it("leave labels of ctc as they are, which have no steps of time", async () => {
    const build = (shape: (number | null)[]) => {
      const net = sequential(
        [lstm({ units: 4, returnSequences: true, inputShape: shape }), dense({ units: 4, activation: "softmax" })],
        { seed: 1 },
      );
      net.compile({ optimizer: "adam", loss: losses.ctc() });
      return net;
    };
    const labels = ndarray(
      Int32Array.from({ length: N * T }, (_, i) => (i % T === 0 ? 1 + (i % 3) : -1)),
      [N, T],
    );
    const reached = await Promise.all(
      [
        [null, C],
        [T, C],
      ].map(async shape => {
        const net = build(shape);
        const { history } = await net.fit({ x, lengths: lengths.map(n => n + 1) }, labels, {
          batchSize: 4,
          verbose: 0,
        });
        return [history, weightBits(net)];
      }),
    );
    expect(reached[0]).toEqual(reached[1]);
  });
});
