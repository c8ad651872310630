/**
 * What must not compile, and what must: read by `npm run typecheck`, never run. Every line below a `@ts-expect-error` is a
 * mistake that JavaScript would find at run time; a line that compiles where it should not is an error by itself.
 */

import type { Backward, Context } from "../src/context.ts";
import {
  batches,
  bucketByLength,
  callbacks,
  constraints,
  ctcDecode,
  defineLoss,
  defineMetric,
  type History,
  input,
  layers,
  losses,
  type Model,
  metrics,
  type NDArray,
  ndarray,
  ops,
  optimizers,
  type RecurrentLayer,
  regularizers,
  schedules,
  sequential,
} from "../src/index.ts";
import type { Tensor } from "../src/tensor.ts";

const { bidirectional, dense, embedding, lstm, timeDistributed } = layers;

export function compileOptions(net: Model): void {
  net.compile({ loss: "meanSquaredError", optimizer: "adam", metrics: ["mae", "accuracy"] });
  net.compile({ loss: losses.huber({ delta: 2 }), optimizer: optimizers.sgd({ learningRate: 0.1 }) });
  net.compile({ loss: ["mse", losses.huber()], metrics: [metrics.topKCategoricalAccuracy({ k: 3 }), "mae"] });
  net.compile({
    loss: { price: "mse", kind: losses.huber() },
    lossWeights: { kind: 0.2 },
    metrics: { price: ["mae", metrics.topKCategoricalAccuracy({ k: 3 })], kind: "accuracy" },
  });
  net.compile({ loss: "mse", lossWeights: [1, 2] });
  // @ts-expect-error: a misspelt loss of one of several
  net.compile({ loss: { price: "mea", kind: "mse" } });
  // @ts-expect-error: a word for a weight
  net.compile({ loss: "mse", lossWeights: { price: "much" } });
  // @ts-expect-error: a misspelt metric of one of several
  net.compile({ loss: "mse", metrics: { price: "acuracy" } });
  // @ts-expect-error: a misspelt loss
  net.compile({ loss: "meanSquarredError" });
  // @ts-expect-error: one of several
  net.compile({ loss: ["mse", "mea"] });
  // @ts-expect-error: no loss
  net.compile({});
  // @ts-expect-error: a misspelt optimizer
  net.compile({ loss: "mse", optimizer: "adan" });
  // @ts-expect-error: a misspelt metric
  net.compile({ loss: "mse", metrics: ["acuracy"] });
  // @ts-expect-error: no list
  net.compile({ loss: "mse", metrics: "mae" });
  // @ts-expect-error: an option that there is not
  net.compile({ loss: "mse", learningRate: 0.1 });
  // @ts-expect-error: an optimizer's option that there is not
  optimizers.adam({ lr: 0.1 });
}

export function own(net: Model): void {
  const pinball = defineLoss({
    name: "pinball",
    options: { quantile: 0.5 },
    loss: ({ prediction, target }, { quantile }) => ops.scale(ops.subtract(target, prediction), quantile),
  });
  const most = defineMetric({
    name: "most",
    start: () => ({ most: 0 }),
    add: (state, { prediction }) => {
      for (const value of prediction) state.most = Math.max(state.most, value);
    },
    result: state => state.most,
  });
  net.compile({ loss: pinball({ quantile: 0.9 }), metrics: [most()] });
  // @ts-expect-error: an option that the loss does not have
  pinball({ quantil: 0.9 });
}

export async function data(net: Model, array: NDArray): Promise<History> {
  net.predict([[[0.1], [0.2]]]);
  net.predict(array);
  net.predict({ x: array, lengths: [1, 2] });
  net.predict([array, new Float32Array(3)]);
  net.predict({ shape: [1, 2], data: [1, 2] });
  net.trainOnBatch(array, [true, false]);
  net.evaluate(array, new Float64Array(2), { batchSize: 8 });
  net.predict({ series: array, facts: { x: array, lengths: [1, 2] } });
  net.predict([{ x: array, lengths: [1, 2] }, array]);
  net.trainOnBatch({ series: array }, { price: array, kind: [true, false] }, { sampleWeight: { price: [1, 2] } });
  net.stream({ inputs: { start: [1, 2] } }).step({ a: [1, 2], b: 3 });
  net.layer("lstm").setWeights(net.layer("lstm").getWeights());
  net.loadWeights(new Uint8Array(8), { byName: true });
  // @ts-expect-error: a word for an input
  net.predict({ series: "text" });
  // @ts-expect-error: an option that there is not
  net.loadWeights(new Uint8Array(8), { byname: true });
  // @ts-expect-error: a name that is none
  input({ shape: [2], name: 3 });
  // @ts-expect-error: no data
  net.predict("text");
  // @ts-expect-error: no data
  net.predict(null);
  // @ts-expect-error: neither
  await net.fit(null, new Date());
  // @ts-expect-error: half of it
  net.trainOnBatch(array);
  // @ts-expect-error: words are no numbers
  net.predict([["a", "b"]]);
  // @ts-expect-error: lengths of words
  net.predict({ x: array, lengths: ["a"] });
  // @ts-expect-error: a number instead of a list of arrays
  net.setWeights(3);
  // @ts-expect-error: nothing
  net.stream().step(null);
  // @ts-expect-error: four arrays for a pair and its weights
  await net.fit(array, array, { validationData: [array, array, array, array] });
  await net.fit(
    batches(() => [[array, array] as const]),
    { epochs: 2, stepsPerEpoch: 1, validationData: batches([{ x: array, y: array }]) },
  );
  await net.fit(array, array, { shuffle: bucketByLength({ batches: 3 }), validationFreq: [1, 2] });
  await net.predictAsync(batches([array]));
  // @ts-expect-error: batches without targets
  await net.fit(batches([array]));
  // @ts-expect-error: batches of words
  await net.fit(batches([["a", "b"]]));
  // @ts-expect-error: nowhere to put the bytes
  callbacks.modelCheckpoint({ saveBestOnly: true });
  // @ts-expect-error: no such mode
  callbacks.reduceLROnPlateau({ mode: "least" });
  // @ts-expect-error: a rate of words
  callbacks.learningRateScheduler(() => "fast");
  // @ts-expect-error: weights of words
  await net.fit(array, array, { sampleWeight: ["a"] });
  // @ts-expect-error: a class weight that is no number
  net.trainOnBatch(array, array, { classWeight: { 0: "a" } });
  // @ts-expect-error: classes of what is evaluated count alike
  await net.evaluate(array, array, { classWeight: { 0: 2 } });
  // @ts-expect-error: quantiles must be given
  losses.quantile({});
  // @ts-expect-error: no such reduction
  losses.huber({ reduction: "sum" });
  // @ts-expect-error: no such way to average
  metrics.f1Score({ average: "none" });
  // @ts-expect-error: a word is no list of names
  optimizers.nadam({ weightDecay: 1, excludeFromWeightDecay: "bias" });
  // @ts-expect-error: no such curve
  schedules.oneCycle({ maxLr: 1, totalSteps: 10, annealStrategy: "cosine" });
  // @ts-expect-error: no such strategy
  ctcDecode(array, { strategy: "beam" });
  // @ts-expect-error: a loss that there is not
  net.compile({ loss: "crossentropy", optimizer: "lion", metrics: ["f1", "r2", "editDistance"] });
  // @ts-expect-error: a misspelt option
  await net.fit(array, array, { epoch: 3 });
  // @ts-expect-error: a level that there is not
  await net.fit(array, array, { verbose: 3 });
  return net.fit(array, array, { callbacks: [callbacks.earlyStopping({ monitor: "valLoss" })] });
}

export function monitors(): void {
  for (const monitor of ["loss", "mae", "valLoss", "valMae", "denseLoss", "valDense_1Accuracy", "valMost"] as const) {
    callbacks.earlyStopping({ monitor });
  }
  // @ts-expect-error: Keras' name
  callbacks.earlyStopping({ monitor: "val_loss" });
  // @ts-expect-error: Keras' name
  callbacks.earlyStopping({ monitor: "val_mae" });
  // @ts-expect-error: misspelt
  callbacks.earlyStopping({ monitor: "los" });
}

export function layersOptions(): RecurrentLayer {
  dense({ units: 2, kernelRegularizer: regularizers.l2({ l2: 0.1 }), biasConstraint: constraints.nonNeg() });
  lstm({ units: 2, recurrentConstraint: constraints.maxNorm({ axis: [0] }), activityRegularizer: regularizers.l1L2() });
  layers.minGRU({ units: 2, kernelRegularizer: regularizers.l1() });
  embedding({ inputDim: 3, outputDim: 2, embeddingsConstraint: constraints.unitNorm({ axis: 1 }) });
  // @ts-expect-error: there is no recurrent kernel
  layers.minGRU({ units: 2, recurrentRegularizer: regularizers.l1() });
  // @ts-expect-error: a constraint for a regularizer
  dense({ units: 2, kernelRegularizer: constraints.nonNeg() });
  // @ts-expect-error: a word
  dense({ units: 2, kernelRegularizer: "l2" });
  // @ts-expect-error: no weight of that name
  dense({ units: 2, recurrentRegularizer: regularizers.l2() });
  // @ts-expect-error: moving means have no constraint
  layers.batchNormalization({ movingMeanConstraint: constraints.nonNeg() });
  bidirectional({ layer: lstm({ units: 2 }), mergeMode: null });
  timeDistributed({ layer: dense({ units: 2 }) });
  sequential([embedding({ inputDim: 3, outputDim: 2, inputShape: [null], trainable: false }), lstm({ units: 2 })]);
  // @ts-expect-error: no recurrent layer
  bidirectional({ layer: dense({ units: 1 }) });
  // @ts-expect-error: a misspelt activation
  dense({ units: 1, activation: "sigmoyd" });
  // @ts-expect-error: a misspelt initializer
  dense({ units: 1, kernelInitializer: "glorot" });
  // @ts-expect-error: no units
  lstm({});
  // @ts-expect-error: units of another type
  lstm({ units: "50" });
  // @ts-expect-error: Keras' name
  lstm({ units: 2, return_sequences: true });
  // @ts-expect-error: a mode that there is not
  bidirectional({ layer: lstm({ units: 2 }), mergeMode: "add" });
  return lstm({ units: 2 });
}

/** A result's numbers have the type that came in. */
export const kept: Float32Array = ndarray(new Float32Array(2), [2]).data;

const half: Backward<[x: Tensor, rows: number]> = (_context, _outputs, x, rows) => {
  void (x.size * rows);
};
export function records(context: Context, y: Tensor, x: Tensor): void {
  context.record(half, [y], x, 3);
  // @ts-expect-error: an argument too few for the backward half
  context.record(half, [y], x);
  // @ts-expect-error: an argument of another type
  context.record(half, [y], x, "3");
}
