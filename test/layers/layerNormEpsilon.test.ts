/** The epsilon of layer normalization inside of LSTM and GRU: steps of zeros that begin a sequence, and files of old. */
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.ts";
import { type GruLayerOptions, layers, loadModel, type Model, ndarray, sequential } from "../../src/index.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectError, numbers } from "../helpers/models.ts";
import { expectReference, expectSlopes } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { layerNormReference } from "../reference/layerNorm.ts";

const { bidirectional, dense, masking } = layers;
const KINDS = ["lstm", "gru"] as const;
type Kind = (typeof KINDS)[number];

const normalized = (kind: Kind, options: Omit<GruLayerOptions, "layerNorm">) =>
  layers[kind]({ layerNorm: true, ...options });

describe.each(KINDS)("%s with layerNorm", kind => {
  it.each([
    [1e-5, 1],
    [undefined, 3],
    [0.5, 50],
  ])(
    "epsilon %d: after zeros at the beginning, gradients are those of the formula and of differences",
    (epsilon, zeros) => {
      const [N, C, H] = [2, 3, 5];
      const T = zeros + 4;
      const options = { returnSequences: true, ...(epsilon === undefined ? {} : { layerNormEpsilon: epsilon }) };
      const one = new OneLayer(normalized(kind, { units: H, ...options }), { x: [T, C] });
      const random = seeded(3);
      const arrays: Record<string, ReturnType<typeof ndarray>> = { x: randomArray(random, [N, T, C]) };
      for (const [name, shape] of Object.entries(one.weightShapes)) arrays[name] = randomArray(random, shape, 0.5);
      for (let n = 0; n < N; n++) arrays.x.data.fill(0, n * T * C, (n * T + zeros) * C);
      arrays.bias.data.fill(0); // as layers begin: then c and h stay 0
      const outer = [one.forward(arrays)[0].map(() => random.normal())];
      const whole = layerNormReference(kind, { N, T, C, H }, options);
      const reference: typeof whole = values => {
        const run = whole(values);
        return { ...run, outputs: run.outputs.slice(0, 1) };
      };
      expectReference(one, arrays, reference, outer as never, { relative: 2e-4, absolute: 1e-4 } as never);
      if (zeros === 50) expectSlopes(one, arrays, reference, outer as never, random, { h: 1 / 128, exact: false });
    },
  );

  it("trains on sequences that begin with 50 steps of silence, hidden or not: gradients back through them are cut at 1e15", () => {
    for (const hidden of [true, false]) {
      const net = sequential(
        [
          ...(hidden ? [masking({ inputShape: [60, 2] })] : []),
          normalized(kind, { units: 8, ...(hidden ? {} : { inputShape: [60, 2] }) }),
          dense({ units: 1 }),
        ],
        { seed: 1 },
      );
      net.compile({ optimizer: "adam", loss: "mse" });
      const x = numbers([4, 60, 2]);
      for (let n = 0; n < 4; n++) x.data.fill(0, 120 * n, 120 * n + 100);
      const y = [[1], [-1], [0.5], [0]];
      const largest = Math.max(...net.gradients(x, y).flatMap(({ data }) => [...data].map(Math.abs)));
      if (hidden) expect(largest).toBeLessThan(10);
      else {
        expect(largest).toBeGreaterThan(1e13);
        expect(largest).toBeLessThan(1e19); // sums of what was cut, times gains and weights
      }
      const { loss } = net.trainOnBatch(x, y);
      for (let step = 0; step < 200; step++) net.trainOnBatch(x, y);
      expect(net.trainOnBatch(x, y).loss).toBeLessThan(loss / 4);
    }
  });

  it("trains on nothing but zeros", () => {
    const inner = normalized(kind, { units: 8 });
    const own = bidirectional({ layer: inner, inputShape: [100, 2] });
    for (const layer of [normalized(kind, { units: 8, inputShape: [100, 2] }), own]) {
      const net = sequential([layer, dense({ units: 1 })], { seed: 1 });
      net.compile({ optimizer: "adam", loss: "mse" });
      const x = ndarray(new Float32Array(200), [1, 100, 2]);
      for (let step = 0; step < 20; step++) net.trainOnBatch(x, [[1]]);
      expect(net.trainOnBatch(x, [[1]]).loss).toBeLessThan(1);
    }
  });

  it("keeps what it was trained with in files, those of old 1e-5", () => {
    const make = (layerNormEpsilon?: number) => {
      const layer = normalized(kind, { units: 3, ...(layerNormEpsilon && { layerNormEpsilon }), inputShape: [4, 2] });
      return sequential([layer, dense({ units: 1 })], { seed: 1 });
    };
    const x = numbers([2, 4, 2]);
    const predictions = (net: Model) => [...net.predict(x).data];
    const net = make();
    expect(loadModel(net.save()).layers[0].options).toMatchObject({ layerNormEpsilon: 1e-3 });
    expect(predictions(loadModel(net.save()))).toEqual(predictions(net));
    expect(predictions(loadModel(make(0.25).save()))).toEqual(predictions(make(0.25)));
    const { tensors, metadata } = decodeSafetensors(net.save());
    const model = JSON.parse(metadata.model);
    delete model.layers[0].options.layerNormEpsilon;
    const old = encodeSafetensors(
      [...tensors].map(([name, numbers]) => ({ name, ...numbers })),
      { ...metadata, model: JSON.stringify(model) },
    );
    expect(predictions(loadModel(old))).toEqual(predictions(make(1e-5)));
    expect(predictions(make(1e-5))).not.toEqual(predictions(net));
    expect(predictions(loadModel(loadModel(old).save()))).toEqual(predictions(make(1e-5)));
  });

  it("has an epsilon with normalization alone, of at least 1e-12", async () => {
    expect(layers[kind]({ units: 2 }).options).not.toHaveProperty("layerNormEpsilon");
    await expectError(
      () => layers[kind]({ units: 2, layerNormEpsilon: 0.1 }),
      "RangeError",
      `${kind} layerNormEpsilon: expected layerNorm: true beside it, got false; without normalization leave it out`,
    );
    for (const bad of [0, -1, 1e-60, Number.NaN]) {
      await expectError(
        () => normalized(kind, { units: 2, layerNormEpsilon: bad }),
        "RangeError",
        `${kind} layerNormEpsilon: expected a number >= 1e-12, got ${bad}`,
      );
    }
  });
});

describe("rows of any size", () => {
  it.each([1, 1e18, 1e20, 1e30, 3e38])("are normalized: %d", size => {
    for (const C of [4, 7, 33]) {
      const net = sequential([layers.layerNormalization({ epsilon: 1e-5, inputShape: [C] })]);
      const row = Array.from({ length: C }, (_, i) => size * (0.5 + 0.5 * Math.sin(i + 1)));
      const mean = row.reduce((a, b) => a + b / C, 0);
      const deviation =
        Math.sqrt(row.reduce((sum, v) => sum + ((v - mean) / size) ** 2 / C, 1e-5 / size / size)) * size;
      net.predict([row]).data.forEach((value, i) => {
        expect(Math.abs(value - (row[i] - mean) / deviation)).toBeLessThan(1e-5);
      });
      expect([...net.predict([new Array(C).fill(size)]).data].every(v => Math.abs(v) < (size > 1 ? 1e-6 : 1e-3))).toBe(
        true,
      );
    }
  });

  it.each(KINDS)("are normalized in the gates of the %s too: the scale of kernel is not seen", kind => {
    const net = sequential([normalized(kind, { units: 5, inputShape: [3, 2] })], { seed: 1 });
    const x = numbers([2, 3, 2]);
    const times = (factor: number) => ndarray(x.data.map(v => v * factor) as Float32Array, x.shape);
    const wanted = [...net.predict(times(1e10)).data];
    for (const factor of [1e17, 1e20, 1e30, 1e38]) {
      net.predict(times(factor)).data.forEach((v, i) => {
        expect(Math.abs(v - wanted[i])).toBeLessThan(1e-5);
      });
    }
  });
});
