/** Recurrent dropout, zoneout and layer normalization as layers: their masks, scales and options. */
import { describe, expect, it } from "vitest";
import { layers } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/recurrent/lstm.ts";
import { STREAMS } from "../../src/recurrent/run/regularizers.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { type LayerNormCell, type LayerNormOptions, layerNormReference } from "../reference/layerNorm.ts";

const usual = { N: 3, T: 4, C: 3, H: 5 };

type Options = Omit<LstmLayerOptions, "units">;

function make(options: Options, { sizes = usual, initial = true, kind = "lstm" as LayerNormCell } = {}) {
  const { N, T, C, H } = sizes;
  const random = seeded(5);
  const inputs = { x: [T, C], ...(initial && { h: [H], ...(kind === "lstm" && { c: [H] }) }) };
  const made = layers[kind]({ units: H, returnState: true, ...options });
  const layer = new OneLayer(made, inputs, { training: true });
  const arrays: Record<string, NDArrays[string]> = {};
  for (const [name, shape] of Object.entries(inputs)) arrays[name] = randomArray(random, [N, ...(shape as number[])]);
  for (const [name, shape] of Object.entries(layer.weightShapes)) arrays[name] = randomArray(random, shape, 0.5);
  return { layer, arrays, random };
}

const zoneout = { hidden: 0.3, cell: 0.4 };
const smooth = { activation: "sigmoid", useBias: false } as const;

/** What the forms that everyCell.test.ts goes through leave out. */
describe.each<[string, LayerNormOptions & Pick<Options, "useBias">, Parameters<typeof make>[1]]>([
  ["lstm, all sizes 1", {}, { sizes: { N: 1, T: 2, C: 1, H: 1 } }],
  ["lstm, sigmoid, without bias", smooth, {}],
  ["gru, all sizes 1", {}, { kind: "gru", sizes: { N: 1, T: 2, C: 1, H: 1 } }],
  [
    "gru, sigmoid, without bias, backwards",
    { ...smooth, goBackwards: true },
    { kind: "gru", sizes: { N: 2, T: 3, C: 1, H: 8 }, initial: false },
  ],
])("layer normalization: %s", (_, options, more) => {
  it("equals the reference and finite differences", () => {
    const { layer, arrays, random } = make({ ...options, layerNorm: true } as Options, more);
    const reference = layerNormReference(more?.kind ?? "lstm", more?.sizes ?? usual, options);
    const outer = randomOuter(random, layer.forward(arrays));
    expectReference(layer, arrays, reference, outer);
    expectDifferences(layer, arrays, reference, outer, random, { h: 1 / 256 });
  });
});

describe("masks", () => {
  it("are others in the next training step, and recurrent dropout has none in predictions", () => {
    for (const options of [{ recurrentDropout: 0.4 }, { zoneout }]) {
      const { layer, arrays } = make(options, { initial: false });
      const first = layer.forward(arrays);
      expect(layer.forward(arrays)).toEqual(first);
      layer.model.network.parameters.step++;
      expect(layer.forward(arrays)).not.toEqual(first);
    }
    const [dropped, plain] = [make({ recurrentDropout: 0.4 }, { initial: false }), make({}, { initial: false })];
    expect(dropped.layer.model.predictAll(dropped.arrays.x)).toEqual(plain.layer.model.predictAll(plain.arrays.x));
  });

  it("of recurrent dropout drop its rate of units and scale the rest; gates have their own", () => {
    const [rate, size] = [0.3, 4 * 64 * 128];
    const { layer } = make({ recurrentDropout: rate });
    const mask = layer.mask(rate, size, STREAMS.recurrentDropout);
    const dropped = mask.filter(m => m === 0).length / size;
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / size));
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - Math.fround(rate)))]));
    const gates = [0, 1, 2, 3].map(gate => mask.slice(gate * 128, (gate + 1) * 128).join());
    expect(new Set(gates).size).toBe(4);
  });

  it("of zoneout keep their rates of values, at each step others", () => {
    const sizes = { N: 16, T: 12, C: 2, H: 31 };
    const { layer, arrays } = make({ zoneout, returnSequences: true }, { sizes, initial: false });
    const { N, T, H } = sizes;
    const [output] = layer.forward(arrays);
    const count = N * (T - 1) * H;
    let kept = 0;
    let keptTwice = 0;
    for (let n = 0; n < N; n++) {
      for (let i = n * T * H + H; i < (n + 1) * T * H; i++) {
        if (output[i] !== output[i - H]) continue;
        kept++;
        if (i >= n * T * H + 2 * H && output[i - H] === output[i - 2 * H]) keptTwice++;
      }
    }
    const { hidden } = zoneout;
    expect(Math.abs(kept / count - hidden)).toBeLessThan(4 * Math.sqrt((hidden * (1 - hidden)) / count));
    const pairs = N * (T - 2) * H;
    expect(Math.abs(keptTwice / pairs - hidden ** 2)).toBeLessThan(6 * Math.sqrt(hidden ** 2 / pairs));
    const cells = layer.zoneoutMask(zoneout.cell, STREAMS.cellZoneout, [N, T, H]);
    const keptCells = cells.filter(m => m === 0).length / cells.length;
    expect(Math.abs(keptCells - zoneout.cell)).toBeLessThan(4 * Math.sqrt(0.24 / cells.length));
  });
});

it.each<LayerNormCell>(["lstm", "gru"])("layer normalization does not see the scale of kernel: %s", kind => {
  const { layer, arrays } = make({ layerNorm: true, layerNormEpsilon: 1e-5, returnSequences: true }, { kind });
  const [output] = layer.forward(arrays);
  const { data, shape } = arrays.kernel;
  const moved = { ...arrays, kernel: { ...arrays.kernel, shape, data: Float32Array.from(data, v => 16 * v) } };
  const [scaled] = layer.forward(moved);
  // Epsilon alone makes a difference, in variances of the size of 1.
  scaled.forEach((value, i) => {
    expect(value).toBeCloseTo(output[i], 4);
  });
});

describe("impossible options name the layer, what came, and what to do", () => {
  const build = (options: object) => () =>
    new OneLayer(layers.lstm({ units: 4, ...options } as LstmLayerOptions), { x: [3, 2] });

  it.each<[object, typeof RangeError | typeof TypeError, string]>([
    [{ recurrentDropout: 1 }, RangeError, "lstm recurrentDropout: expected a number in [0, 1), got 1"],
    [{ recurrentDropout: "much" }, TypeError, "lstm recurrentDropout: expected a number"],
    [{ zoneout: 1 }, RangeError, "lstm zoneout: expected a number in [0, 1), got 1"],
    [{ zoneout: { hidden: -0.1 } }, RangeError, "lstm zoneout.hidden: expected a number in [0, 1)"],
    [{ zoneout: { h: 0.1 } }, TypeError, 'lstm zoneout: unknown option "h"; known options are hidden, cell'],
    [{ zoneout: "some" }, TypeError, "lstm zoneout: expected an options object"],
    [{ layerNorm: 1 }, TypeError, "lstm layerNorm: expected true or false"],
    ...[{ peephole: "gers" }, { inputGate: "squared" }, { coupledGates: true }, { projection: 2 }, { clip: 3 }].map(
      (other): [object, typeof RangeError, string] => [
        { layerNorm: true, ...other },
        RangeError,
        `lstm layerNorm: expected false with ${Object.keys(other)[0]}, got true`,
      ],
    ),
  ])("%j", (options, type, message) => {
    expect(build(options)).toThrow(type);
    expect(build(options)).toThrow(message);
  });

  it("layer normalization of a GRU that resets before its product", () => {
    const both = () => layers.gru({ units: 3, layerNorm: true, resetAfter: false });
    expect(both).toThrow(RangeError);
    expect(both).toThrow("gru layerNorm: expected false with resetAfter: false, got true; normalization needs");
    const wrong = () => layers.gru({ units: 3, layerNorm: "yes" as unknown as boolean });
    expect(wrong).toThrow("gru layerNorm: expected true or false");
  });

  it("zoneout.cell without a cell state", () => {
    expect(() => layers.gru({ units: 3, zoneout: { cell: 0.1 } })).toThrow("gru: expected zoneout.cell 0");
    expect(() => layers.indRNN({ units: 3, recurrentDropout: 0.1 })).toThrow("indRNN: expected recurrentDropout 0");
  });
});
