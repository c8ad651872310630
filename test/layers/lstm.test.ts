/** LSTM layers against the f64 reference and finite differences, with every option; Keras' numbers: keras.test.ts. */
import { describe, expect, it } from "vitest";
import { elementwiseActivations } from "../../src/activations.ts";
import { layers } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/recurrent/lstm.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { type DifferenceOptions, expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { lstmReference } from "../helpers/references.ts";
import { isGate, isSmooth } from "../reference/activations.ts";
import type { LstmSizes } from "../reference/lstm.ts";

interface Case extends DifferenceOptions {
  options?: Partial<LstmLayerOptions>;
  sizes?: LstmSizes;
  initial?: boolean;
  /** Of the weights. Small ones and few steps where gates are not bounded: gradients would explode. */
  scale?: number;
}

const usual: LstmSizes = { N: 3, T: 4, C: 3, H: 5 };

function make(random: Random, { options = {}, sizes = usual, initial = false, scale = 0.5 }: Case) {
  const { N, T, C, H } = sizes;
  const inputs = { x: [T, C], ...(initial ? { h: [H], c: [H] } : {}) };
  const training = options.dropout !== undefined;
  const layer = new OneLayer(layers.lstm({ units: H, ...options }), inputs, { training });
  const arrays: Record<string, NDArrays[string]> = {};
  for (const [name, shape] of Object.entries(inputs)) arrays[name] = randomArray(random, [N, ...shape]);
  for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, scale);
  const mask = options.dropout ? layer.mask(options.dropout, N * C) : undefined;
  const whole = lstmReference(sizes, options, mask);
  const reference: typeof whole = values => {
    const run = whole(values);
    return { ...run, outputs: options.returnState ? run.outputs : run.outputs.slice(0, 1) };
  };
  return { layer, arrays, reference, mask };
}

/** With these numbers the short steps below meet no kink of an activation. */
const SEED = 11;
const kinks: DifferenceOptions = { h: 2 ** -9, tolerance: { relative: 1e-3, absolute: 1e-3 } };

const cases: [string, Case][] = [
  ["last output", {}],
  ["returnSequences", { options: { returnSequences: true } }],
  ["returnState", { options: { returnState: true } }],
  ["returnState, returnSequences", { options: { returnState: true, returnSequences: true } }],
  ["goBackwards", { options: { goBackwards: true } }],
  ["goBackwards, returnSequences", { options: { goBackwards: true, returnSequences: true } }],
  ["initial state", { initial: true }],
  ["initial state, returnState", { initial: true, options: { returnState: true } }],
  ["without bias", { options: { useBias: false, returnSequences: true } }],
  ["dropout", { options: { dropout: 0.4 } }],
  ["dropout, goBackwards, returnSequences", { options: { dropout: 0.4, goBackwards: true, returnSequences: true } }],
  ...elementwiseActivations.map((activation): [string, Case] => [
    `activation ${activation}`,
    {
      options: { activation, returnSequences: true },
      ...(activation === "exponential" ? { scale: 0.3, sizes: { ...usual, T: 2 } } : {}),
      ...(isSmooth(activation) ? {} : kinks),
    },
  ]),
  ...elementwiseActivations.map((recurrentActivation): [string, Case] => [
    `recurrentActivation ${recurrentActivation}`,
    {
      options: { recurrentActivation, returnSequences: true },
      ...(isGate(recurrentActivation) ? {} : { scale: 0.3, sizes: { ...usual, T: 2 } }),
      ...(isSmooth(recurrentActivation) ? {} : kinks),
    },
  ]),
  [
    "everything together",
    {
      initial: true,
      options: {
        returnState: true,
        returnSequences: true,
        goBackwards: true,
        dropout: 0.3,
        useBias: false,
        activation: "sigmoid",
        recurrentActivation: "hardSigmoid",
      },
      ...kinks,
    },
  ],
  ["all sizes 1", { initial: true, sizes: { N: 1, T: 1, C: 1, H: 1 } }],
  ["sizes of whole vectors", { sizes: { N: 4, T: 2, C: 4, H: 8 } }],
  ["sizes above whole vectors", { sizes: { N: 5, T: 3, C: 5, H: 9 }, options: { returnSequences: true } }],
];

describe.each(cases)("%s", (_, given) => {
  it("equals the reference", () => {
    const random = seeded(SEED);
    const { layer, arrays, reference } = make(random, given);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
  });

  it("equals finite differences", () => {
    const random = seeded(SEED);
    const { layer, arrays, reference } = make(random, given);
    const outer = randomOuter(random, layer.forward(arrays));
    expectDifferences(layer, arrays, reference, outer, random, given);
  });
});

describe("outer gradients of some outputs only", () => {
  const given: Case = { initial: true, options: { returnState: true, returnSequences: true } };

  it.each([
    ["the output", [true, false, false]],
    ["h", [false, true, false]],
    ["c", [false, false, true]],
  ])("%s", (_, wanted) => {
    const random = seeded(SEED);
    const { layer, arrays, reference } = make(random, given);
    const outer = randomOuter(random, layer.forward(arrays)).map((own, i) => (wanted[i] ? own : undefined));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random);
  });
});

it("stateful: the second batch begins where the first ended, and its gradients stop there", () => {
  const random = seeded(SEED);
  const { layer, arrays } = make(random, { options: { stateful: true, returnState: true } });
  const { x: _x, ...weights } = arrays;
  const [, h, c] = layer.forward(arrays);
  const second = { ...weights, x: randomArray(random, arrays.x.shape) };
  const outer = randomOuter(random, [h, h, c]);
  const { gradients } = layer.differentiate(second, outer);

  const { layer: plain } = make(random, { initial: true, options: { returnState: true } });
  const {
    h: _h,
    c: _c,
    ...expected
  } = plain.differentiate({ ...second, h: stateOf(h), c: stateOf(c) }, outer).gradients;
  expect(gradients).toEqual(expected);
  expect(layer.model.network.states.get("lstm")?.[0]).not.toEqual(h);
});

const stateOf = (data: Float32Array) => ({ ...randomArray(seeded(1), [usual.N, usual.H]), data });

describe("dropout", () => {
  const given: Case = { options: { dropout: 0.4, returnSequences: true }, sizes: { N: 8, T: 3, C: 6, H: 4 } };

  it("has one mask for all steps, another in the next training step, none in predictions", () => {
    const random = seeded(SEED);
    const { layer, arrays, mask } = make(random, given);
    const first = layer.forward(arrays);
    expect(layer.forward(arrays)).toEqual(first);
    layer.model.network.parameters.step++;
    expect(layer.mask(0.4, 48)).not.toEqual(mask);
    expect(layer.forward(arrays)).not.toEqual(first);
    const { layer: plain } = make(random, { ...given, options: { returnSequences: true } });
    expect(layer.model.predict(arrays.x).data).toEqual(plain.forward(arrays)[0]);
  });

  it("drops whole inputs: their gradients are 0 at every step, and those of others are not", () => {
    const random = seeded(SEED);
    const { layer, arrays, mask = new Float32Array() } = make(random, given);
    const { gradients } = layer.differentiate(arrays, randomOuter(random, layer.forward(arrays)));
    const [N, T, C] = [8, 3, 6];
    expect(mask.filter(m => m === 0).length).toBeGreaterThan(5);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - Math.fround(0.4)))]));
    for (let i = 0; i < N * T * C; i++) {
      expect(gradients.x[i] === 0).toBe(mask[Math.floor(i / (T * C)) * C + (i % C)] === 0);
    }
  });
});
