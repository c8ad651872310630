/** GRU, simple RNN and IndRNN against the f64 reference and finite differences; Keras' numbers: keras.test.ts. */
import { describe, expect, it } from "vitest";
import { elementwiseActivations } from "../../src/activations.ts";
import { layers } from "../../src/index.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { type DifferenceOptions, expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { type Random, seeded } from "../helpers/random.ts";
import { isBounded, isGate, isSmooth } from "../reference/activations.ts";
import { dropoutBackward, dropoutForward } from "../reference/dropout.ts";
import { type HiddenCell, type HiddenOptions, type HiddenSizes, hiddenReference } from "../reference/hiddenCells.ts";

interface Options extends Omit<HiddenOptions, "mask"> {
  returnState?: boolean;
  useBias?: boolean;
  dropout?: number;
}

interface Case extends DifferenceOptions {
  options?: Options;
  sizes?: HiddenSizes;
  initial?: boolean;
  /** Of the weights. Small ones and few steps where gates are not bounded: gradients would explode. */
  scale?: number;
  /** Of the numbers, where those of SEED meet a kink. */
  seed?: number;
}

const usual: HiddenSizes = { N: 3, T: 4, C: 3, H: 5 };
const SEED = 8;

function make(cell: HiddenCell, random: Random, { options = {}, sizes = usual, initial = false, scale = 0.5 }: Case) {
  const { N, T, C, H } = sizes;
  const inputs = { x: [T, C], ...(initial ? { h: [H] } : {}) };
  const training = options.dropout !== undefined;
  const made = layers[cell]({ units: H, ...options } as Parameters<typeof layers.gru>[0]);
  const layer = new OneLayer(made, inputs, { training });
  const arrays: Record<string, NDArrays[string]> = {};
  for (const [name, shape] of Object.entries(inputs)) arrays[name] = randomArray(random, [N, ...shape]);
  for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, scale);
  const mask = options.dropout ? layer.mask(options.dropout, N * C) : undefined;
  const whole = hiddenReference(cell, sizes, options);
  const reference: typeof whole = values => {
    const x = mask ? dropoutForward(values.x, mask, N, T, C) : values.x;
    const run = whole({ ...values, x });
    return {
      outputs: options.returnState ? run.outputs : run.outputs.slice(0, 1),
      gradients(outer) {
        const { x: dx, ...rest } = run.gradients(outer);
        return { ...rest, x: mask ? dropoutBackward(dx ?? [], mask, N, T, C) : dx };
      },
    };
  };
  return { layer, arrays, reference };
}

/** With these numbers, made of SEED, the short steps meet no kink of an activation. */
const kinks: DifferenceOptions = { h: 2 ** -9, tolerance: { relative: 1e-3, absolute: 1e-3 } };
const fine: DifferenceOptions = { h: 1 / 64 };
const cells: [string, HiddenCell, Options][] = [
  ["gru", "gru", {}],
  ["gru, reset before", "gru", { resetAfter: false }],
  ["simpleRNN", "simpleRNN", {}],
  // Its default has a kink; see below.
  ["indRNN", "indRNN", { activation: "tanh" }],
];

const common: [string, Case][] = [
  ["last output", {}],
  ["returnSequences", { options: { returnSequences: true } }],
  ["returnState, goBackwards", { options: { returnState: true, goBackwards: true } }],
  ["initial state, returnState", { initial: true, options: { returnState: true } }],
  ["without bias", { options: { useBias: false, returnSequences: true } }],
  ["dropout, goBackwards", { options: { dropout: 0.4, goBackwards: true, returnSequences: true } }],
  [
    "everything together",
    {
      initial: true,
      options: { returnState: true, returnSequences: true, goBackwards: true, dropout: 0.3, useBias: false },
    },
  ],
  ["all sizes 1", { initial: true, sizes: { N: 1, T: 1, C: 1, H: 1 } }],
  ["sizes of whole vectors", { sizes: { N: 4, T: 2, C: 4, H: 8 } }],
  ["sizes above whole vectors", { sizes: { N: 5, T: 3, C: 5, H: 9 }, options: { returnSequences: true } }],
];
const withActivations: [string, Case][] = elementwiseActivations.map(activation => [
  `activation ${activation}`,
  {
    options: { activation, returnSequences: true },
    ...(isSmooth(activation) ? {} : kinks),
    ...(activation === "selu" ? { seed: 21 } : {}),
    ...(isBounded(activation) ? {} : { scale: 0.4, sizes: { ...usual, T: 3 } }),
  },
]);
const withRecurrent: [string, Case][] = elementwiseActivations.map(recurrentActivation => [
  `recurrentActivation ${recurrentActivation}`,
  {
    options: { recurrentActivation, returnSequences: true },
    ...(isGate(recurrentActivation) ? {} : { scale: 0.3, sizes: { ...usual, T: 2 } }),
    ...(isSmooth(recurrentActivation) ? {} : kinks),
  },
]);

describe.each(cells)("%s", (_, cell, own) => {
  const given = (test: Case): Case => ({ ...fine, ...test, options: { ...own, ...test.options } });

  describe.each([...common, ...withActivations, ...(cell === "gru" ? withRecurrent : [])])("%s", (_name, test) => {
    it("equals the reference", () => {
      const random = seeded(test.seed ?? SEED);
      const { layer, arrays, reference } = make(cell, random, given(test));
      expectReference(layer, arrays, reference, randomOuter(random, layer.forward(arrays)));
    });

    it("equals finite differences", () => {
      const random = seeded(test.seed ?? SEED);
      const { layer, arrays, reference } = make(cell, random, given(test));
      const outer = randomOuter(random, layer.forward(arrays));
      expectDifferences(layer, arrays, reference, outer, random, given(test));
    });
  });

  it.each([
    ["the output", [true, false]],
    ["h", [false, true]],
  ])("outer gradient of %s only", (_name, wanted) => {
    const random = seeded(SEED);
    const options = { returnState: true, returnSequences: true };
    const { layer, arrays, reference } = make(cell, random, given({ initial: true, options }));
    const outer = randomOuter(random, layer.forward(arrays)).map((d, i) => (wanted[i] ? d : undefined));
    expectReference(layer, arrays, reference, outer);
  });
});

it("indRNN has relu and recurrent weights in [0, 1) by default", () => {
  const net = new OneLayer(layers.indRNN({ units: 200 }), { x: [3, 2] });
  const [, { data }] = net.model.getWeights();
  expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...data)).toBeLessThan(1);
  expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(0.9);
  expect(net.model.layers[0].options).toMatchObject({ activation: "relu" });
});

describe("errors name the layer, what was expected and what came", () => {
  it.each([
    [() => layers.gru({ units: 0 }), /gru units: expected .* got 0/],
    [() => layers.gru({ units: 3, resetAfter: 1 as never }), /gru resetAfter: expected .* got 1/],
    [() => layers.gru({ units: 3, activation: "softmax" as never }), /gru activation: expected .*softmax/],
    [() => layers.simpleRNN({ units: 3, recurrentActivation: "tanh" } as never), /simpleRNN.*recurrentActivation/],
    [() => layers.indRNN({ units: 3, recurrentInitializer: "eye" as never }), /indRNN recurrentInitializer: .*eye/],
  ])("%s", (action, message) => {
    expect(action).toThrow(message);
  });
});
