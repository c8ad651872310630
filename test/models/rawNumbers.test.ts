/** Raw numbers with a large offset: a scaler inside a model gives what the same scaler gives outside of it. */
import { describe, expect, it } from "vitest";
import { layers, ndarray, sequential, standardScaler, windows } from "../../src/index.ts";
import { untyped } from "../helpers/untyped.ts";

const T = 200;
/** Metres to the north, and seconds since 1970. */
const path = Array.from({ length: T }, (_, t) => [5_500_000 + 0.3 * Math.sin(t / 5), 1_700_000_000 + t]);
const flat = Float64Array.from(path.flat());

describe.each([0, 1e10 - 5_500_000])("at a further offset of %d", further => {
  const track = path.map(([north, time]) => [north + further, time]);
  const scaler = standardScaler().fit(track);
  const scaled = scaler.transform(track);

  it.each<[string, unknown]>([
    ["nested arrays", [track]],
    ["a list of Float64Arrays", [track.map(row => Float64Array.from(row))]],
    ["{ shape, data } of a Float64Array", { shape: [1, T, 2], data: Float64Array.from(track.flat()) }],
    ["{ shape, data } of an array", { shape: [1, T, 2], data: track.flat() }],
    ["an NDArray", ndarray(Float64Array.from(track.flat()), [1, T, 2])],
  ])("predict takes %s", (_, x) => {
    const net = sequential([layers.dense({ units: 2, useBias: false, inputShape: [null, 2] })]);
    net.setWeights([
      [
        [1, 0],
        [0, 1],
      ],
    ]); // what comes in
    const outside = net.predict(ndarray(scaled.data, [1, T, 2])).data;
    net.setScaling({ input: scaler });
    expect(net.predict(untyped(x)).data).toEqual(outside);
  });

  it("training does", async () => {
    const make = () => {
      const net = sequential([layers.lstm({ units: 3, inputShape: [5, 2] }), layers.dense({ units: 2 })], { seed: 1 });
      net.compile({ loss: "mse" });
      return net;
    };
    const { x, y } = windows(track, { window: 5 });
    const inner = windows(scaled, { window: 5 });
    const [inside, outside] = [make(), make()];
    inside.setScaling({ input: scaler, target: scaler });
    const settings = { epochs: 2, shuffle: false, verbose: 0 as const };
    const { history } = await inside.fit(x, y, settings);
    expect(history).toEqual((await outside.fit(inner.x, inner.y, settings)).history);
    expect(inside.getWeights()).toEqual(outside.getWeights());
    expect(await inside.evaluate(x, y)).toEqual(await outside.evaluate(inner.x, inner.y));
    expect(inside.gradients(x, y)).toEqual(outside.gradients(inner.x, inner.y));

    const { data } = inside.predict(x);
    expect(data).toBeInstanceOf(Float64Array);
    expect(data).toEqual(scaler.inverseTransform(outside.predict(inner.x)).data);
    const stream = inside.stream();
    let last = stream.step(track[0]);
    for (let t = 1; t < 5; t++) last = stream.step(track[t]);
    expect([...last]).toEqual([...data.slice(0, 2)]);
    expect(Math.abs(last[1] - track[5][1]), "seconds, not the 128 s of float32").toBeLessThan(300);
    expect(last[1] % 1).not.toBe(0);
    const out = new Float64Array(2);
    const again = inside.stream();
    for (let t = 0; t < 5; t++) again.step(track[t], out);
    expect(out).toEqual(last);
  });
});

it("the variance of scaled targets is 1", async () => {
  const net = sequential([layers.dense({ units: 1, useBias: false, kernelInitializer: "zeros", inputShape: [1] })]);
  const y = Array.from({ length: 8 }, (_, i) => [5_500_000 + 0.1 * i]);
  net.setScaling({ target: standardScaler().fit(y) });
  net.compile({ loss: "mse" });
  const { loss } = await net.evaluate(
    y.map(() => [0]),
    y,
  );
  expect(loss).toBeCloseTo(1, 5);
});

it("ids above 2^24 are exact", () => {
  const net = sequential([layers.embedding({ inputDim: 2 ** 24 + 8, outputDim: 1, inputShape: [1] })]);
  const id = 2 ** 24 + 3;
  const table = net.getWeights()[0];
  expect(net.predict([[id]]).data[0]).toBe(table.data[id]);
  expect(net.stream().step(id)[0]).toBe(table.data[id]);
});

it("float32 stays float32, without a copy", () => {
  const x = ndarray(Float32Array.from(flat.subarray(0, 8)), [4, 2]);
  expect(windows(x, { window: 2 }).x.data).toBeInstanceOf(Float32Array);
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  expect(net.predict(x).data).toBeInstanceOf(Float32Array);
});
