/** The reference against Keras' and PyTorch's own numbers, within the float32 roundoff that each fixture states. */
import { describe, expect, it } from "vitest";
import { fixtureNames, type LayerFixture, loadFixture, type Tensors } from "../fixtures/load.ts";
import { expectClose } from "../helpers/compare.ts";
import { type BidirectionalOptions, bidirectionalBackward, bidirectionalForward } from "./bidirectional.ts";
import { type DenseActivation, denseBackward, denseForward } from "./dense.ts";
import { embeddingBackward, embeddingForward } from "./embedding.ts";
import { type HiddenCell, type HiddenOptions, hiddenReference } from "./hiddenCells.ts";
import { type LayerNormCell, type LayerNormOptions, layerNormReference } from "./layerNorm.ts";
import * as losses from "./losses.ts";
import { type LstmOptions, lstmBackward, lstmForward } from "./lstm.ts";
import { type LstmVariantOptions, lstmVariantReference } from "./lstmVariant.ts";
import { type ModernCell, type ModernOptions, modernReference } from "./modernCells.ts";
import * as optimizers from "./optimizers.ts";
import type { Reference } from "./reference.ts";

type Results = Record<string, ArrayLike<number> | null>;

/** A float32 number is off by up to 6e-8 of itself, besides. */
const within = (roundoff: number) => ({ absolute: 1.1 * roundoff, relative: 1e-7 });

const lstmWeights = (weights: Tensors, prefix = "") => ({
  kernel: weights[`${prefix}kernel`].data,
  recurrentKernel: weights[`${prefix}recurrentKernel`].data,
  bias: weights[`${prefix}bias`]?.data ?? null,
});

type Sizes = { N: number; T: number; C: number; H: number };

/** A cell whose reference takes and gives numbers by name: x, weights, states. */
const byName =
  <Options>(referenceOf: (sizes: Sizes, options: Options) => Reference) =>
  ({ input, weights, config, initialState, finalState, outerGradient, finalStateOuterGradient = {} }: LayerFixture) => {
    const [N, T, C] = input.shape;
    const tensors = Object.entries({ x: input, ...weights, ...initialState });
    const values = Object.fromEntries(tensors.map(([name, { data }]) => [name, data]));
    const { outputs, gradients } = referenceOf({ N, T, C, H: config.units as number }, config as Options)(values);
    const outer = [outerGradient, ...Object.values(finalStateOuterGradient)].map(({ data }) => data);
    const { x, h, c, n, m, ...others } = gradients(outer);
    const [output, ...states] = outputs;
    return {
      output: { output, ...Object.fromEntries(Object.keys(finalState ?? {}).map((name, i) => [name, states[i]])) },
      gradients: { ...others, input: x, initialH: h, initialC: c, initialN: n, initialM: m },
    };
  };

const hidden = (cell: HiddenCell) => byName<HiddenOptions>((sizes, options) => hiddenReference(cell, sizes, options));
const modern = (cell: ModernCell) => byName<ModernOptions>((sizes, options) => modernReference(cell, sizes, options));
/** Zoneout as at inference: a mixture of the new value and the old. */
const lstmVariant = byName<LstmVariantOptions & { zoneout?: { hidden: number; cell: number } }>(
  (sizes, { zoneout, ...options }) => {
    const parts = zoneout && { hidden: 1 - zoneout.hidden, cellState: 1 - zoneout.cell };
    return lstmVariantReference(sizes, { ...options, ...parts });
  },
);
const layerNorm = (cell: LayerNormCell) =>
  byName<LayerNormOptions>((sizes, options) => layerNormReference(cell, sizes, options));

/** Output, final states and gradients by the fixture's names. */
const run: Record<LayerFixture["layer"], (f: LayerFixture) => { output: Results; gradients: Results }> = {
  lstm(f) {
    if (f.config.layerNorm) return layerNorm("lstm")(f);
    if (f.config.projection || f.config.zoneout) return lstmVariant(f);
    const { input, weights, config, initialState, outerGradient, finalStateOuterGradient } = f;
    const [N, T, C] = input.shape;
    const sizes = { N, T, C, H: config.units as number };
    const options = config as LstmOptions;
    const w = lstmWeights(weights);
    const initial = initialState ? { h: initialState.h.data, c: initialState.c.data } : null;
    const result = lstmForward(input.data, w, initial, sizes, options);
    const outer = {
      output: outerGradient.data,
      h: finalStateOuterGradient?.h.data,
      c: finalStateOuterGradient?.c.data,
    };
    const g = lstmBackward(outer, result, input.data, w, sizes, options);
    const states = { initialH: g.dh0, initialC: g.dc0 };
    return {
      output: { output: result.output, h: result.h, c: result.c },
      gradients: { kernel: g.dKernel, recurrentKernel: g.dRecurrentKernel, bias: g.dBias, input: g.dx, ...states },
    };
  },

  bidirectional({ input, weights, config, initialState, outerGradient, finalStateOuterGradient: d }) {
    const { units, ...inner } = (config.layer as { config: LstmOptions & { units: number } }).config;
    const [N, T, C] = input.shape;
    const sizes = { N, T, C, H: units };
    const options = { ...inner, mergeMode: config.mergeMode as BidirectionalOptions["mergeMode"] };
    const w = { forward: lstmWeights(weights, "forward."), backward: lstmWeights(weights, "backward.") };
    const initial = initialState && {
      forward: { h: initialState.forwardH.data, c: initialState.forwardC.data },
      backward: { h: initialState.backwardH.data, c: initialState.backwardC.data },
    };
    const result = bidirectionalForward(input.data, w, initial ?? null, sizes, options);
    const outer = {
      output: outerGradient.data,
      second: d?.backward?.data,
      forward: { h: d?.forwardH?.data, c: d?.forwardC?.data },
      backward: { h: d?.backwardH?.data, c: d?.backwardC?.data },
    };
    const g = bidirectionalBackward(outer, result, input.data, w, sizes, options);
    const output: Results = { output: result.output, backward: result.second };
    const gradients: Results = { input: g.dx };
    for (const direction of ["forward", "backward"] as const) {
      const side = `${direction[0].toUpperCase()}${direction.slice(1)}`;
      output[`${direction}H`] = result[direction].h;
      output[`${direction}C`] = result[direction].c;
      gradients[`${direction}.kernel`] = g[direction].dKernel;
      gradients[`${direction}.recurrentKernel`] = g[direction].dRecurrentKernel;
      gradients[`${direction}.bias`] = g[direction].dBias;
      gradients[`initial${side}H`] = g[direction].dh0;
      gradients[`initial${side}C`] = g[direction].dc0;
    }
    return { output, gradients };
  },

  gru: f => (f.config.layerNorm ? layerNorm("gru") : hidden("gru"))(f),
  simpleRNN: hidden("simpleRNN"),
  indRNN: hidden("indRNN"),
  minGRU: modern("minGRU"),
  minLSTM: modern("minLSTM"),
  sLSTM: modern("sLSTM"),
  mLSTM: modern("mLSTM"),

  dense({ input, weights, config, outerGradient }) {
    const C = input.shape[input.shape.length - 1];
    const sizes = { rows: input.data.length / C, C, units: config.units as number };
    const w = { kernel: weights.kernel.data, bias: weights.bias?.data ?? null };
    const activation = config.activation as DenseActivation;
    const output = denseForward(input.data, w, sizes, activation);
    const { dx, dKernel, dBias } = denseBackward(outerGradient.data, output, input.data, w, sizes, activation);
    return { output: { output }, gradients: { kernel: dKernel, bias: dBias, input: dx } };
  },

  embedding({ input, weights, outerGradient }) {
    const [V, C] = weights.embeddings.shape;
    const output = embeddingForward(input.data, weights.embeddings.data, C);
    return { output: { output }, gradients: { embeddings: embeddingBackward(outerGradient.data, input.data, V, C) } };
  },
};

const layers = [...fixtureNames("keras", "layer"), ...fixtureNames("torch", "layer")];
const LSTM_ONLY = /bidirectional-(gru|simple-rnn)/; // the reference of bidirectional runs an LSTM

it.each(layers.filter(name => !LSTM_ONLY.test(name)))("%s", name => {
  const f = loadFixture(name);
  const { output, gradients } = run[f.layer](f);
  expect(Object.keys(f.gradients).length).toBeGreaterThan(0);
  for (const [key, { data }] of Object.entries({ output: f.output, ...f.finalState })) {
    expectClose(output[key] ?? [], data, within(f.roundoff.output), key);
  }
  for (const [key, { data }] of Object.entries(f.gradients)) {
    expectClose(gradients[key] ?? [], data, within(f.roundoff.gradients), key);
  }
});

type LossOf = (prediction: ArrayLike<number>, target: ArrayLike<number>, parameter?: number) => losses.Loss;

it.each(fixtureNames("keras", "loss"))("%s", name => {
  const f = loadFixture(name);
  const loss = ({ ...losses } as unknown as Record<string, LossOf>)[f.loss];
  const C = f.prediction.shape[f.prediction.shape.length - 1];
  const more = losses.byName(f.loss, f.config, C);
  if (more) {
    const { value, gradient } = more(f.prediction.data, f.target.data, f.sampleWeight?.data);
    expectClose([value], [f.value], within(f.roundoff.value), "value");
    expectClose(gradient, f.gradient.data, within(f.roundoff.gradient), "gradient");
    return;
  }
  const V = /categorical/i.test(f.loss) ? f.prediction.shape[f.prediction.shape.length - 1] : undefined;
  const { value, gradient } = loss(f.prediction.data, f.target.data, V ?? (f.config.delta as number));
  expectClose([value], [f.value], within(f.roundoff.value), "value");
  expectClose(gradient, f.gradient.data, within(f.roundoff.gradient), "gradient");
});

type Options = Record<string, number>;

/**
 * Keras on TensorFlow takes beta1 and beta2 as float32 numbers in the bias correction, in float64 runs too. That moves
 * alpha by 6e-6 of itself, and over ten steps the weights by more than roundoff does: here the learning rate makes up
 * for it, and the decay, rate * weightDecay, stays what it was.
 */
function withRoundedBetas(options: Options, step: number): Options {
  const { beta1, beta2, learningRate, weightDecay = 0 } = options;
  const correction = (b1: number, b2: number) => Math.sqrt(1 - b2 ** step) / (1 - b1 ** step);
  const factor = correction(Math.fround(beta1), Math.fround(beta2)) / correction(beta1, beta2);
  return { ...options, learningRate: learningRate * factor, weightDecay: weightDecay / factor };
}

describe("optimizers", () => {
  type Update = (
    w: ArrayLike<number>,
    g: ArrayLike<number>,
    state: unknown,
    options: Options,
  ) => { w: Float64Array; state: unknown };
  const { sgd, rmsprop, adam, adamW } = optimizers;
  const updates = { sgd, rmsprop, adam, adamw: adamW } as Record<string, unknown> as Record<string, Update>;
  for (const name of Object.keys(optimizers.rules)) {
    updates[name] = (w, g, state, options) => optimizers.byRule(name, w, g, state as optimizers.Kept, options);
  }

  it.each(fixtureNames("keras", "optimizer"))("%s", name => {
    const f = loadFixture(name);
    const { clipNorm, clipValue, globalClipNorm, amsgrad, ...options } = f.config as Options;
    const update = updates[amsgrad ? "adamAmsgrad" : f.optimizer];
    const keys = Object.keys(f.weights);
    let weights: ArrayLike<number>[] = keys.map(key => f.weights[key].data);
    let states: unknown[] = keys.map(() => null);
    for (const [k, { gradients, weights: expected }] of f.steps.entries()) {
      let g: ArrayLike<number>[] = keys.map(key => gradients[key].data);
      if (clipNorm) g = g.map(each => optimizers.clipByNorm(each, clipNorm));
      if (clipValue) g = g.map(each => optimizers.clipByValue(each, clipValue));
      if (globalClipNorm) g = optimizers.clipByGlobalNorm(g, globalClipNorm);
      // TensorFlow rounds, and PyTorch does not.
      const now = /tensorflow/.test(f.version) && "beta1" in options ? withRoundedBetas(options, k + 1) : options;
      const next = weights.map((w, i) => update(w, g[i], states[i], now));
      weights = next.map(n => n.w);
      states = next.map(n => n.state);
      for (const [i, key] of keys.entries()) {
        expectClose(weights[i], expected[key].data, within(f.roundoff.weights), `${key} after step ${k + 1}`);
      }
    }
  });

  it("have Keras' defaults", () => {
    const [w, g] = [[2], [0.5]];
    const close = { relative: 1e-12 };
    expectClose(sgd(w, g, null).w, [2 - 0.01 * 0.5], close);
    expectClose(rmsprop(w, g, null).w, [2 - (0.001 * 0.5) / Math.sqrt(0.1 * 0.25 + 1e-7)], close);
    const move = (0.001 * 0.5) / (0.5 + 1e-7 / Math.sqrt(0.001));
    expectClose(adam(w, g, null).w, [2 - move], close);
    expectClose(adamW(w, g, null).w, [2 - 0.001 * 0.004 * 2 - move], close);
  });
});
