/** Data of any kind: what is numbers in a regular shape is taken as it is, anything else is one clear error. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { chronologicalSplit, concat, latestWindow, minMaxScaler, standardScaler, windows } from "../../src/index.ts";
import { toNDArray } from "../../src/ndarray.ts";
import { data, type Made, made, nested, number, odd } from "./anyData.ts";
import { TIMEOUT, tried } from "./budget.ts";
import { clear } from "./clear.ts";

it("toNDArray takes regular arrays as they are", { timeout: TIMEOUT }, () => {
  tried(
    fc.property(nested, list => {
      expect(toNDArray(list, "x").toArray()).toEqual(list);
    }),
    500,
  );
});

it("toNDArray refuses all else", { timeout: TIMEOUT }, () => {
  tried(
    fc.property(data, fc.boolean(), (make, booleans) => {
      const value = make();
      const array = clear(() => toNDArray(value, "x", booleans));
      if (!array) return;
      expect(array.shape.reduce((product, n) => product * n, 1)).toBe(array.data.length);
      expect(toNDArray(array, "x")).toBe(array);
    }),
    2500,
  );
});

it("what is made of data does so too", { timeout: TIMEOUT }, () => {
  const any = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<Made> =>
    fc.oneof({ weight: 4, arbitrary: usual.map(made) }, number.map(made), odd);
  const option = any(fc.integer({ min: 0, max: 4 }));
  const columns = any(fc.oneof(fc.constant(undefined), fc.array(fc.nat(3), { maxLength: 3 })));
  const share = any(fc.constantFrom(0, 0.1, 0.3, 0.5));
  const settingsOf = (makers: Record<string, Made>) =>
    Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make()]));
  const optional = fc.record(
    { window: option, horizon: option, stride: option, features: columns, targets: columns },
    { requiredKeys: [] },
  );
  const shares = fc.record({ validation: share, test: share }, { requiredKeys: [] });
  tried(
    fc.property(data, data, optional, shares, option, (makeX, makeY, makeSettings, makeParts, makeAxis) => {
      const [x, y, axis] = [makeX(), makeY(), makeAxis()] as [number[], number[], number];
      const { window, features, ...settings } = settingsOf(makeSettings) as Record<string, never>;
      const parts = settingsOf(makeParts);
      clear(() => windows(x, { window, features, ...settings }));
      clear(() => windows([x, y], { window, features, ...settings }));
      clear(() => latestWindow(x, window, features));
      clear(() => chronologicalSplit(x, parts));
      clear(() => chronologicalSplit({ x, y }, parts));
      clear(() => chronologicalSplit([x, y] as never, parts));
      clear(() => concat([x, y], axis));
      for (const scaler of [standardScaler(), minMaxScaler({ range: [-1, 1] })]) {
        if (!clear(() => scaler.fit(x))) continue;
        clear(() => scaler.transform(y));
        clear(() => scaler.inverseTransform(x));
        clear(() => scaler.repeat(axis));
        clear(() => scaler.select(features));
      }
    }),
    800,
  );
});
