/** The errors of the public API that belong to no other test: their type and their text. */
import { describe, it } from "vitest";
import {
  input,
  layers,
  loadModel,
  losses,
  model,
  optimizers,
  type SymbolicTensor,
  sequential,
  standardScaler,
} from "../src/index.ts";
import { lossRegistry } from "../src/losses/registry.ts";
import { metricRegistry } from "../src/metrics/registry.ts";
import { optimizerRegistry } from "../src/optimizers/registry.ts";
import { expectError, numbers } from "./helpers/models.ts";
import { untyped } from "./helpers/untyped.ts";

const { activation, bidirectional, dense, dropout, embedding, lstm } = layers;

type Kind = "Error" | "TypeError" | "RangeError";
/** What is done, and the error that must come of it. */
type Case = [action: () => unknown, type: Kind, message: string];

// biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
const wrong = (value: unknown): any => value;
const each = (cases: Record<string, Case>) =>
  it.each(Object.entries(cases).map(([name, [action, type, message]]) => ({ name, action, type, message })))(
    "$name",
    async ({ action, type, message }) => {
      await expectError(action, type, message);
    },
  );
const net = () => sequential([dense({ units: 2, inputShape: [3] })]);
const compiled = () => {
  const built = net();
  built.compile({ loss: "mse" });
  return built;
};
const LSTM_OPTIONS =
  "known options are units, activation, cellActivation, recurrentActivation, unitForgetBias, inputGate, coupledGates, layerNorm, layerNormEpsilon, " +
  "peephole, cellClip, clip, projection, useBias, returnSequences, returnState, goBackwards, stateful, " +
  "zeroOutputForMask, dropout, recurrentDropout, zoneout, checkpointSteps, kernelInitializer, recurrentInitializer, " +
  "biasInitializer, name, inputShape, trainable, activityRegularizer, kernelRegularizer, kernelConstraint, recurrentRegularizer, " +
  "recurrentConstraint, biasRegularizer, biasConstraint";
const ELEMENTWISE =
  "expected one of linear, relu, tanh, sigmoid, hardSigmoid, softplus, softsign, elu, selu, leakyRelu, exponential";
const MORE =
  "celu, gelu, hardShrink, hardSilu, hardTanh, logSigmoid, mish, relu6, silu, softShrink, sparsePlus, sparseSigmoid, " +
  "squareplus, tanhShrink, logSoftmax, swish, hardSwish";
const INITIALIZERS =
  "zeros, ones, constant, uniform, normal, truncatedNormal, glorotUniform, glorotNormal, heUniform, heNormal, " +
  "lecunUniform, lecunNormal, varianceScaling, orthogonal, identity";
const SHAPE = "inputShape: expected an array of whole numbers >= 1 (null: any length), without the batch axis, got";
const NAME = 'layer name: expected letters, digits, "_" and "-" (at most 100), got';

describe("layers refuse", () => {
  each({
    "no options": [() => lstm(wrong(undefined)), "TypeError", "lstm: expected an options object, got undefined"],
    "options that are no object": [
      () => dense(wrong(8)),
      "TypeError",
      "dense: expected an options object, got 8; write dense({ units: 8 })",
    ],
    "an unknown option of lstm": [
      () => lstm(wrong({ units: 2, return_sequences: true })),
      "TypeError",
      `lstm: unknown option "return_sequences", did you mean "returnSequences"? K${LSTM_OPTIONS.slice(1)}`,
    ],
    "an unknown option of dense": [
      () => dense(wrong({ units: 2, bias: true })),
      "TypeError",
      'dense: unknown option "bias", did you mean "useBias"? Known options are units, activation, useBias, kernelInitializer, biasInitializer, name, inputShape, trainable, activityRegularizer, kernelRegularizer, kernelConstraint, biasRegularizer, biasConstraint',
    ],
    "an unknown option of dropout": [
      () => dropout(wrong({ p: 0.5 })),
      "TypeError",
      'dropout: unknown option "p", did you mean "rate"? Known options are rate, name, inputShape, trainable, activityRegularizer',
    ],
    "an unknown option of activation": [
      () => activation(wrong({ kind: "relu" })),
      "TypeError",
      'activation: unknown option "kind"; known options are activation, name, inputShape, trainable, activityRegularizer',
    ],
    "an unknown option of embedding": [
      () => embedding(wrong({ size: 3 })),
      "TypeError",
      'embedding: unknown option "size"; known options are inputDim, outputDim, embeddingsInitializer, maskZero, lazy, weights, name, inputShape, trainable, activityRegularizer, embeddingsRegularizer, embeddingsConstraint',
    ],
    "an unknown option of bidirectional": [
      () => bidirectional(wrong({ layer: lstm({ units: 1 }), mode: "sum" })),
      "TypeError",
      'bidirectional: unknown option "mode"; known options are layer, mergeMode, name, inputShape, trainable, activityRegularizer',
    ],
    "no units": [() => lstm(wrong({})), "TypeError", "lstm units: expected a whole number >= 1, got undefined"],
    "units of 0": [() => lstm({ units: 0 }), "RangeError", "lstm units: expected a whole number >= 1, got 0"],
    "half a unit": [() => dense({ units: 2.5 }), "RangeError", "dense units: expected a whole number >= 1, got 2.5"],
    "units as text": [
      () => dense(wrong({ units: "4" })),
      "TypeError",
      'dense units: expected a whole number >= 1, got "4"',
    ],
    "softmax inside lstm": [
      () => lstm(wrong({ units: 1, activation: "softmax" })),
      "RangeError",
      `lstm activation: ${ELEMENTWISE}, got "softmax"; softmax is for outputs: dense({ units, activation: "softmax" })`,
    ],
    "an unknown recurrentActivation": [
      () => lstm(wrong({ units: 1, recurrentActivation: 3 })),
      "TypeError",
      `lstm recurrentActivation: ${ELEMENTWISE}, got 3`,
    ],
    "an unknown activation of dense": [
      () => dense(wrong({ units: 1, activation: "hard_silu" })),
      "RangeError",
      `dense activation: ${ELEMENTWISE}, softmax, ${MORE}, got "hard_silu", did you mean "hardSilu"?`,
    ],
    "an activation that cells have not": [
      () => lstm(wrong({ units: 1, activation: "gelu" })),
      "RangeError",
      `lstm activation: ${ELEMENTWISE}, got "gelu"; it is for the outputs of layers, dense({ units, activation: "gelu" }), and not inside of recurrent ones`,
    ],
    "no activation": [
      () => activation(wrong({})),
      "TypeError",
      `activation: ${ELEMENTWISE}, softmax, ${MORE}, got undefined`,
    ],
    "a flag that is no boolean": [
      () => lstm(wrong({ units: 1, returnSequences: 1 })),
      "TypeError",
      "lstm returnSequences: expected true or false, got 1",
    ],
    "useBias of dense that is no boolean": [
      () => dense(wrong({ units: 1, useBias: "no" })),
      "TypeError",
      'dense useBias: expected true or false, got "no"',
    ],
    "a dropout of 1": [() => dropout({ rate: 1 }), "RangeError", "dropout rate: expected a number in [0, 1), got 1"],
    "a negative dropout": [
      () => lstm({ units: 1, dropout: -0.5 }),
      "RangeError",
      "lstm dropout: expected a number in [0, 1), got -0.5",
    ],
    "a dropout in percent": [
      () => dropout({ rate: 20 }),
      "RangeError",
      "dropout rate: expected a number in [0, 1), got 20",
    ],
    "no rate": [() => dropout(wrong({})), "TypeError", "dropout rate: expected a number in [0, 1), got undefined"],
    "no vocabulary": [
      () => embedding(wrong({ outputDim: 2 })),
      "TypeError",
      "embedding inputDim: expected a whole number >= 1, got undefined",
    ],
    "vectors of 0": [
      () => embedding({ inputDim: 2, outputDim: 0 }),
      "RangeError",
      "embedding outputDim: expected a whole number >= 1, got 0",
    ],
    "dense inside bidirectional": [
      () => bidirectional({ layer: untyped(dense({ units: 1 })) }),
      "TypeError",
      "bidirectional layer: expected a recurrent layer such as layers.lstm(), got an object (Dense)",
    ],
    "nothing inside bidirectional": [
      () => bidirectional(wrong({})),
      "TypeError",
      "bidirectional layer: expected a recurrent layer such as layers.lstm(), got undefined",
    ],
    "a name with a slash": [() => dense({ units: 1, name: "a/b" }), "TypeError", `${NAME} "a/b"`],
    "an empty name": [() => dense({ units: 1, name: "" }), "TypeError", `${NAME} ""`],
    "a name that is no text": [() => dense(wrong({ units: 1, name: 5 })), "TypeError", `${NAME} 5`],
    "an inputShape that is a number": [() => dense(wrong({ units: 1, inputShape: 5 })), "TypeError", `${SHAPE} 5`],
    "an inputShape with a 0": [() => dense({ units: 1, inputShape: [3, 0] }), "TypeError", `${SHAPE} [3, 0]`],
    "an inputShape with text": [
      () => lstm(wrong({ units: 1, inputShape: ["T", 2] })),
      "TypeError",
      `${SHAPE} ["T", 2]`,
    ],
  });
});

describe("initializers refuse", () => {
  const kernel = (value: unknown) => () => dense(wrong({ units: 1, kernelInitializer: value }));
  each({
    "an unknown name": [
      kernel("xavier"),
      "RangeError",
      `dense kernelInitializer: expected one of ${INITIALIZERS}, got "xavier", did you mean "glorotUniform"?`,
    ],
    "a number": [
      kernel(0.1),
      "TypeError",
      "dense kernelInitializer: expected the name of an initializer or { name, ... }, got 0.1",
    ],
    "null is the default, a list is not": [
      kernel([1]),
      "TypeError",
      "dense kernelInitializer: expected an options object, got an array of 1",
    ],
    "an unknown option": [
      kernel({ name: "normal", stddev: 1 }),
      "TypeError",
      'dense kernelInitializer: unknown option "stddev"; known options are name, value, minimum, maximum, mean, deviation, gain, scale, mode, distribution, seed',
    ],
    "no name": [
      kernel({ mean: 1 }),
      "TypeError",
      `dense kernelInitializer.name: expected one of ${INITIALIZERS}, got undefined`,
    ],
    "a NaN": [
      kernel({ name: "constant", value: Number.NaN }),
      "RangeError",
      "dense kernelInitializer.value: expected a finite number, got NaN",
    ],
    "a seed below 0": [
      kernel({ name: "normal", seed: -1 }),
      "RangeError",
      "dense kernelInitializer.seed: expected a whole number in [0, 4294967295], got -1",
    ],
    "an initializer of an embedding": [
      () => embedding(wrong({ inputDim: 1, outputDim: 1, embeddingsInitializer: 1 })),
      "TypeError",
      "embedding embeddingsInitializer: expected the name of an initializer or { name, ... }, got 1",
    ],
    "an initializer of an lstm": [
      () => lstm(wrong({ units: 1, recurrentInitializer: "unit" })),
      "RangeError",
      `lstm recurrentInitializer: expected one of ${INITIALIZERS}, got "unit"`,
    ],
  });
});

describe("sequential refuses", () => {
  const one = () => dense({ units: 1, inputShape: [3] });
  each({
    "no list": [
      () => sequential(wrong(dense({ units: 1 }))),
      "TypeError",
      "sequential: expected a list of at least one layer, got an object (Dense)",
    ],
    "an empty list": [
      () => sequential([]),
      "TypeError",
      "sequential: expected a list of at least one layer, got an array of 0",
    ],
    "what is no layer": [
      () => sequential([one(), wrong({ units: 3 })]),
      "TypeError",
      "sequential: expected layers made by layers.lstm() and others, got an object at 1",
    ],
    "a factory instead of a layer": [
      () => sequential([wrong(dense)]),
      "TypeError",
      "sequential: expected layers made by layers.lstm() and others, got a function at 0",
    ],
    "a first layer without inputShape": [
      () => sequential([dense({ units: 1 })]),
      "TypeError",
      "sequential: the first layer needs inputShape, the shape of one sample, such as [20, 10] for 20 steps of 10 features",
    ],
    "an unknown option": [
      () => sequential([one()], wrong({ name: "net" })),
      "TypeError",
      'sequential: unknown option "name"; known options are seed, threads, simd, memory',
    ],
    "a seed below 0": [
      () => sequential([one()], { seed: -1 }),
      "RangeError",
      "sequential seed: expected a whole number in [0, 4294967295], got -1",
    ],
    "a seed of text": [
      () => sequential([one()], wrong({ seed: "x" })),
      "TypeError",
      'sequential seed: expected a whole number in [0, 4294967295], got "x"',
    ],
    "two layers of one name": [
      () => sequential([dense({ units: 1, name: "a", inputShape: [1] }), dense({ units: 1, name: "a" })]),
      "RangeError",
      'model: two layers are named "a"; give each a name of its own',
    ],
    "lstm on a flat input": [
      () => sequential([lstm({ units: 1, inputShape: [5] })]),
      "RangeError",
      "lstm: expected an input of [N, T, C], got [N, 5]; a recurrent layer below it needs returnSequences: true",
    ],
    "lstm on the last output of lstm": [
      () => sequential([lstm({ units: 4, inputShape: [5, 2] }), lstm({ units: 1, name: "upper" })]),
      "RangeError",
      "upper: expected an input of [N, T, C], got [N, 4]; a recurrent layer below it needs returnSequences: true",
    ],
    "bidirectional on a flat input": [
      () => sequential([bidirectional({ layer: lstm({ units: 1 }), inputShape: [5] })]),
      "RangeError",
      "bidirectional.forward: expected an input of [N, T, C], got [N, 5]; a recurrent layer below it needs returnSequences: true",
    ],
    "an unknown last axis": [
      () => sequential([dense({ units: 1, inputShape: [3, null] })]),
      "RangeError",
      "dense: expected a known size of the last axis, got [3, any]; give inputShape a number there",
    ],
    "an unknown last axis of lstm": [
      () => sequential([lstm({ units: 1, inputShape: [3, null] })]),
      "RangeError",
      "lstm: expected a known size of the last axis, got [3, any]; give inputShape a number there",
    ],
    "a layer after several outputs": [
      () => sequential([lstm({ units: 1, returnState: true, inputShape: [3, 2] }), dense({ units: 1 })]),
      "RangeError",
      "dense: expected 1 input tensor, got 3; from a layer with several outputs take those you want, with applyAll()",
    ],
  });
});

describe("functional models refuse", () => {
  const shape = (...sizes: number[]) => input({ shape: sizes });
  each({
    "an input without a shape": [
      () => input(wrong({})),
      "TypeError",
      "input shape: expected an array of whole numbers >= 1 (null: any length), without the batch axis, got undefined",
    ],
    "an unknown option of input": [
      () => input(wrong({ shape: [1], dtype: "int32" })),
      "TypeError",
      'input: unknown option "dtype"; known options are shape, name',
    ],
    "apply on data": [
      () => dense({ units: 1 }).apply(wrong([[1, 2]])),
      "TypeError",
      "dense: expected tensors made by input() or a layer's apply(), got an array of 2; numbers go to predict() of a model",
    ],
    "too many inputs": [
      () => dense({ units: 1 }).apply([shape(1), shape(1)]),
      "RangeError",
      "dense: expected 1 input tensor, got 2; from a layer with several outputs take those you want, with applyAll()",
    ],
    "no inputs": [
      () => lstm({ units: 1 }).apply([]),
      "RangeError",
      "lstm: expected 1 to 3 input tensors [x, h, c], got 0",
    ],
    "apply of a layer with several outputs": [
      () => lstm({ units: 2, returnState: true }).apply(shape(3, 1)),
      "RangeError",
      "lstm: this layer has 3 outputs; call applyAll() for a list of them",
    ],
    "half an initial state": [
      () => lstm({ units: 2 }).apply([shape(3, 1), shape(2)]),
      "RangeError",
      "lstm: expected an initial state of 2 tensors [h, c], got 1; give all of them or none",
    ],
    "an initial state of another size": [
      () => lstm({ units: 2, name: "decoder" }).apply([shape(3, 1), shape(2), shape(4)]),
      "RangeError",
      "decoder: expected an initial state c of [N, 2], got [N, 4]; make it with that size, by a dense layer for instance",
    ],
    "inputs that are no tensors": [
      () => model({ inputs: wrong([[1]]), outputs: shape(1) }),
      "TypeError",
      "model inputs: expected tensors made by input() or a layer's apply(), got an array of 1",
    ],
    "no outputs": [
      () => model({ inputs: shape(1), outputs: [] }),
      "TypeError",
      "model outputs: expected tensors made by input() or a layer's apply(), got an array of 0",
    ],
    "layers as outputs": [
      () => model({ inputs: shape(1), outputs: wrong(dense({ units: 1 })) }),
      "TypeError",
      "model outputs: expected tensors made by input() or a layer's apply(), got an object (Dense)",
    ],
    "an unknown option": [
      () => model(wrong({ input: shape(1), outputs: shape(1) })),
      "TypeError",
      'model: unknown option "input", did you mean "inputs"? Known options are inputs, outputs, seed, threads, simd, memory',
    ],
    "a seed that is no whole number": [
      () => {
        const x = shape(1);
        return model({ inputs: x, outputs: dense({ units: 1 }).apply(x), seed: 0.5 });
      },
      "RangeError",
      "model seed: expected a whole number in [0, 4294967295], got 0.5",
    ],
    "an input that leads nowhere": [
      () => {
        const x = shape(1);
        return model({ inputs: [x, shape(1)], outputs: dense({ units: 1 }).apply(x) });
      },
      "RangeError",
      "model: an input leads to none of the outputs",
    ],
    "an input that is not listed": [
      () => {
        const [x, h, c] = [shape(2, 1), shape(1), shape(1)];
        return model({ inputs: x, outputs: lstm({ units: 1 }).apply([x, h, c]) });
      },
      "RangeError",
      "model: the outputs depend on an input() that is not listed under inputs",
    ],
    "a layer's output as an input": [
      () => {
        const x = shape(1);
        const middle = dense({ units: 2 }).apply(x);
        return model({ inputs: [x, middle], outputs: dense({ units: 1 }).apply(middle) });
      },
      "RangeError",
      "model inputs: expected tensors made by input(), got a layer's output",
    ],
    "a shared layer on inputs of two sizes": [
      () => {
        const [a, b] = [shape(3), shape(5)];
        const shared = dense({ units: 2 });
        return model({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] });
      },
      "RangeError",
      "dense: expected inputs of one size everywhere, got [N, 3] and [N, 5]; use a layer for each",
    ],
  });
});

describe("compile refuses", () => {
  const LOSSES = lossRegistry.names.join(", ");
  const METRICS = metricRegistry.names.join(", ");
  const OPTIMIZERS = optimizerRegistry.names.join(", ");
  const compile = (options: unknown) => () => net().compile(wrong(options));
  const adam = (options: unknown) => () => optimizers.adam(wrong(options));
  each({
    "no options": [compile(undefined), "TypeError", "compile: expected an options object, got undefined"],
    "no loss": [
      compile({ optimizer: "adam" }),
      "TypeError",
      'compile: expected a loss, got none; for numbers "meanSquaredError" is the usual one',
    ],
    "an unknown option": [
      compile({ loss: "mse", lr: 0.1 }),
      "TypeError",
      'compile: unknown option "lr"; give it to the optimizer: optimizers.adam({ learningRate }). Known options are optimizer, loss, lossWeights, metrics, weightedMetrics',
    ],
    "an unknown loss": [
      compile({ loss: "rmse" }),
      "RangeError",
      `loss: expected one of ${LOSSES}, got "rmse", did you mean "mse"?`,
    ],
    "a loss named like a part of every object": [
      compile({ loss: "constructor" }),
      "RangeError",
      `loss: expected one of ${LOSSES}, got "constructor"`,
    ],
    "a loss that is a number": [
      compile({ loss: 5 }),
      "TypeError",
      "loss: expected a name or one made by losses.huber() and others, got 5",
    ],
    "a maker of losses": [
      compile({ loss: losses.huber }),
      "TypeError",
      "loss: expected a name or one made by losses.huber() and others, got a function; call it, or make one of your own with defineLoss()",
    ],
    "more losses than outputs": [
      compile({ loss: ["mse", "mae"] }),
      "RangeError",
      "compile loss: expected one for each of 1 outputs, got 2",
    ],
    "an unknown optimizer": [
      compile({ loss: "mse", optimizer: "shampoo" }),
      "RangeError",
      `optimizer: expected one of ${OPTIMIZERS}, got "shampoo"`,
    ],
    "an optimizer that is a number": [
      compile({ loss: "mse", optimizer: 0.1 }),
      "TypeError",
      "optimizer: expected a name or one made by optimizers.adam() and others, got 0.1",
    ],
    "an unknown metric": [
      compile({ loss: "mse", metrics: ["rms"] }),
      "RangeError",
      `metric: expected one of ${METRICS}, got "rms", did you mean "rmse"?`,
    ],
    "a metric named like a property of objects": [
      compile({ loss: "mse", metrics: ["constructor"] }),
      "RangeError",
      `metric: expected one of ${METRICS}, got "constructor"`,
    ],
    "a metric that is no name": [
      compile({ loss: "mse", metrics: [5] }),
      "TypeError",
      "metric: expected a name or one made by metrics.accuracy() and others, got 5",
    ],
    "metrics that are no list": [
      compile({ loss: "mse", metrics: "mae" }),
      "TypeError",
      'compile metrics: expected a list such as ["mae"], got "mae"',
    ],
    "an unknown option of a loss": [
      () => losses.huber(wrong({ d: 1 })),
      "TypeError",
      'huber: unknown option "d"; known options are delta, reduction',
    ],
    "a negative delta": [
      () => losses.huber({ delta: -1 }),
      "RangeError",
      "huber delta: expected a number >= 0, got -1",
    ],
    "fromLogits that is no boolean": [
      () => losses.binaryCrossentropy(wrong({ fromLogits: 1 })),
      "TypeError",
      "binaryCrossentropy fromLogits: expected true or false, got 1",
    ],
    "an unknown option of a cross-entropy": [
      () => losses.sparseCategoricalCrossentropy(wrong({ from_logits: true })),
      "TypeError",
      'sparseCategoricalCrossentropy: unknown option "from_logits", did you mean "fromLogits"? Known options are fromLogits, ignoreClass, reduction',
    ],
    "an unknown option of an optimizer": [
      adam({ lr: 1 }),
      "TypeError",
      'adam: unknown option "lr", did you mean "learningRate"? Known options are learningRate, beta1, beta2, epsilon, amsgrad, clipNorm, globalClipNorm, clipValue, weightDecay, excludeFromWeightDecay, useEma, emaMomentum, emaOverwriteFrequency, gradientAccumulationSteps',
    ],
    "weight decay below 0": [
      adam({ weightDecay: -1 }),
      "RangeError",
      "adam weightDecay: expected a number >= 0, got -1",
    ],
    "a negative learning rate": [
      adam({ learningRate: -1 }),
      "RangeError",
      "adam learningRate: expected a number >= 0, got -1",
    ],
    "a learning rate of text": [
      () => optimizers.sgd(wrong({ learningRate: "0.1" })),
      "TypeError",
      'sgd learningRate: expected a number >= 0, got "0.1"',
    ],
    "beta above 1": [adam({ beta1: 2 }), "RangeError", "adam beta1: expected a number in [0, 1), got 2"],
    "a momentum above 1": [
      () => optimizers.rmsprop({ momentum: 1.5 }),
      "RangeError",
      "rmsprop momentum: expected a number in [0, 1], got 1.5",
    ],
    "nesterov that is no boolean": [
      () => optimizers.sgd(wrong({ nesterov: 1 })),
      "TypeError",
      "sgd nesterov: expected true or false, got 1",
    ],
    "clipping to nothing": [adam({ clipNorm: 0 }), "RangeError", "adam clipNorm: expected a number > 0, got 0"],
    "clipping to text": [adam({ clipValue: "1" }), "TypeError", 'adam clipValue: expected a finite number, got "1"'],
    "two ways to clip": [
      () => optimizers.adamW({ clipNorm: 1, clipValue: 2 }),
      "RangeError",
      "adamW: expected one way to clip, got clipNorm and clipValue; leave one out",
    ],
  });
});

describe("models refuse", () => {
  const x = numbers([4, 3]);
  const y = numbers([4, 2]);
  const MISSING = "the model has no loss and optimizer yet; call compile() first";
  const several = () => {
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const built = model({ inputs: [a, b], outputs: [dense({ units: 1 }).apply(a), dense({ units: 1 }).apply(b)] });
    built.compile({ loss: "mse" });
    return built;
  };
  const two = () => numbers([4, 2]);
  const DATA = "expected nested number arrays, { shape, data } or ndarray(data, shape), got";
  each({
    "fit before compile": [() => net().fit(x, y), "Error", `fit: ${MISSING}`],
    "trainOnBatch before compile": [() => net().trainOnBatch(x, y), "Error", `trainOnBatch: ${MISSING}`],
    "evaluate before compile": [() => net().evaluate(x, y), "Error", `evaluate: ${MISSING}`],
    "gradients before compile": [() => net().gradients(x, y), "Error", `gradients: ${MISSING}`],
    "optimizer before compile": [() => net().optimizer, "Error", `optimizer: ${MISSING}`],
    "to save an optimizer before compile": [
      () => net().save({ optimizer: true }),
      "Error",
      "save: the model has no optimizer whose state could be saved; call compile() first",
    ],
    "an unknown option of save": [
      () => net().save(wrong({ optimiser: true })),
      "TypeError",
      'save: unknown option "optimiser", did you mean "optimizer"? Known options are optimizer',
    ],
    "save's optimizer that is no boolean": [
      () => net().save(wrong({ optimizer: "adam" })),
      "TypeError",
      'save optimizer: expected true or false, got "adam"',
    ],
    "to load nothing": [
      () => loadModel(wrong(undefined)),
      "TypeError",
      "model file: expected its bytes as a Uint8Array, got undefined",
    ],
    "x of another width": [() => net().predict(numbers([4, 2])), "RangeError", "x: expected [N, 3], got [4, 2]"],
    "x without a batch axis": [
      () => net().predict([1, 2, 3]),
      "RangeError",
      "x: expected [N, 3], got [3]; put a single sample into a list: [sample]",
    ],
    "x with an axis too many": [
      () => net().predict(numbers([1, 4, 3])),
      "RangeError",
      "x: expected [N, 3], got [1, 4, 3]",
    ],
    "a sequence of another length": [
      () => sequential([lstm({ units: 1, inputShape: [5, 2] })]).predict(numbers([1, 4, 2])),
      "RangeError",
      "x: expected [N, 5, 2], got [1, 4, 2]; inputShape: [null, 2] takes any number of steps",
    ],
    "a sequence of another width": [
      () => sequential([lstm({ units: 1, inputShape: [null, 2] })]).predict(numbers([1, 4, 3])),
      "RangeError",
      "x: expected [N, any, 2], got [1, 4, 3]",
    ],
    "ids of another shape": [
      () => sequential([embedding({ inputDim: 3, outputDim: 1, inputShape: [5] })]).predict([[1, 2]]),
      "RangeError",
      "x: expected ids of shape [N, 5], got [1, 2]; inputShape: [null] takes any number of steps",
    ],
    "no samples": [
      () => net().predict({ shape: [0, 3], data: [] }),
      "RangeError",
      "x: expected at least one sample, got none",
    ],
    "x that is no data": [() => net().predict(untyped("x")), "TypeError", `x: ${DATA} "x"`],
    "x with a wrong shape": [
      () => net().predict({ shape: [2, 3], data: [1, 2] }),
      "RangeError",
      "x: shape [2, 3] holds 6 numbers, got 2; pass a shape whose product is data.length",
    ],
    "ragged rows": [
      () => net().predict([[1, 2, 3], [4]]),
      "RangeError",
      "x: expected every row of axis 1 to have 3 entries, got one of 1; pad or cut the rows to one length",
    ],
    "text among numbers": [
      () => net().predict(wrong([[1, "2", 3]])),
      "TypeError",
      'x: expected numbers, got "2" at element 1',
    ],
    "y of another shape": [
      () => compiled().trainOnBatch(x, numbers([4, 3])),
      "RangeError",
      "y: expected [N, 2], got [4, 3]",
    ],
    "fewer targets than inputs": [
      () => compiled().trainOnBatch(x, numbers([3, 2])),
      "RangeError",
      "expected as many targets as inputs, got 4 of x and 3 of y",
    ],
    "one array for two inputs": [
      () => several().predictAll(two()),
      "TypeError",
      "expected a list of 2 arrays (x[0], x[1]), got an object (DenseArray)",
    ],
    "three arrays for two inputs": [
      () => several().predictAll([two(), two(), two()]),
      "TypeError",
      "expected a list of 2 arrays (x[0], x[1]), got a list of 3",
    ],
    "a second input of another width": [
      () => several().predictAll([two(), numbers([4, 3])]),
      "RangeError",
      "x[1]: expected [N, 2], got [4, 3]",
    ],
    "inputs of different counts": [
      () => several().predictAll([two(), numbers([5, 2])]),
      "RangeError",
      "expected the same number of samples everywhere, got x[0]: 4, x[1]: 5",
    ],
    "predict where there are several outputs": [
      () => several().predict([two(), two()]),
      "RangeError",
      "predict: this model has 2 outputs; call predictAll() for a list of them",
    ],
    "an unknown option of predict": [
      () => net().predict(x, wrong({ verbose: 0 })),
      "TypeError",
      'predict: unknown option "verbose"; known options are batchSize, training',
    ],
    "a batchSize of 0": [
      () => net().predict(x, { batchSize: 0 }),
      "RangeError",
      "predict batchSize: expected a whole number >= 1, got 0",
    ],
    "options of evaluate that are none": [
      () => compiled().evaluate(x, y, wrong(null)),
      "TypeError",
      "evaluate: expected an options object, got null",
    ],
    "a batchSize of evaluate that is no number": [
      () => compiled().evaluate(x, y, wrong({ batchSize: "8" })),
      "TypeError",
      'evaluate batchSize: expected a whole number >= 1, got "8"',
    ],
  });
});

describe("setWeights refuses", () => {
  each({
    "what is no list": [() => net().setWeights(wrong(5)), "TypeError", "setWeights: expected a list of arrays, got 5"],
    "too few": [() => net().setWeights([[[1]]]), "RangeError", "setWeights: expected 2 arrays, got 1"],
    "another shape": [
      () => net().setWeights([numbers([2, 3]), [0, 0]]),
      "RangeError",
      "setWeights dense/kernel: expected [3, 2], got [2, 3]",
    ],
    "another shape of a later one": [
      () => net().setWeights([numbers([3, 2]), [0, 0, 0]]),
      "RangeError",
      "setWeights dense/bias: expected [2], got [3]",
    ],
    "what is no array": [
      () => net().setWeights([numbers([3, 2]), wrong("b")]),
      "TypeError",
      'setWeights dense/bias: expected nested number arrays, { shape, data } or ndarray(data, shape), got "b"',
    ],
  });

  it("and then nothing has changed", async () => {
    const built = net();
    const before = built.getWeights().map(weight => weight.toArray());
    await expectError(() => built.setWeights([numbers([3, 2], 4), [0, 0, 0]]), "RangeError", /dense\/bias/);
    const after = built.getWeights().map(weight => weight.toArray());
    if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error("the first weight has changed");
  });
});

describe("setScaling refuses", () => {
  const fitted = () => standardScaler().fit([[1], [2]]);
  const branching = () => {
    const x = input({ shape: [2, 1] });
    const outputs: SymbolicTensor[] = lstm({ units: 1, returnState: true }).applyAll(x);
    return model({ inputs: x, outputs });
  };
  each({
    "what is no object": [
      () => net().setScaling(wrong(null)),
      "TypeError",
      "setScaling: expected an options object, got null",
    ],
    "an unknown name": [
      () => net().setScaling(wrong({ x: fitted() })),
      "TypeError",
      'setScaling: unknown option "x", did you mean "input"? Known options are input, target',
    ],
    "what is no scaler": [
      () => net().setScaling(wrong({ input: { mean: [1] } })),
      "TypeError",
      "setScaling input: expected a fitted scaler such as standardScaler().fit(data), got an object",
    ],
    "a scaler that has learned nothing": [
      () => net().setScaling({ target: standardScaler() }),
      "RangeError",
      "setScaling target: expected a fitted scaler, got one that has learned nothing; call fit(data)",
    ],
    "several outputs": [
      () => branching().setScaling({ target: fitted() }),
      "RangeError",
      "setScaling: expected a model with one input and one output, got 1 and 3; scale the data yourself",
    ],
    "a scaler of another width": [
      () => net().setScaling({ input: fitted() }),
      "RangeError",
      "setScaling input: expected a scaler of 3 features for the model's input [N, 3], got one of 1; " +
        "take select([...]) of it, or fit it on other columns",
    ],
  });
});
