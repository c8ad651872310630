import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { minMaxScaler, type Scaler, scalerFromJSON, standardScaler } from "../../src/data/index.ts";
import { ndarray } from "../../src/ndarray.ts";
import { expectClose } from "../helpers/compare.ts";

const table = [
  [1, 10, -4],
  [2, 10, 0],
  [6, 10, 8],
];

/** Both kinds, for what they have in common. */
const kinds: [string, () => Scaler][] = [
  ["standardScaler", standardScaler],
  ["minMaxScaler", () => minMaxScaler({ range: [-2, 3] })],
];

describe("standardScaler", () => {
  it("gives mean 0 and population deviation 1", () => {
    // mean 3, squares 4 + 1 + 9; mean 4/3, squares 256/9 + 16/9 + 400/9.
    const [d0, d2] = [Math.sqrt(14 / 3), Math.sqrt(672 / 27)];
    const y = standardScaler().fitTransform(table);
    expect(y.shape).toEqual([3, 3]);
    expect(y.data).toBeInstanceOf(Float32Array);
    const expected = [-2 / d0, 0, -16 / 3 / d2, -1 / d0, 0, -4 / 3 / d2, 3 / d0, 0, 20 / 3 / d2];
    expectClose(y.data, expected, { relative: 1e-7 });
  });

  it("works on the last axis of three", () => {
    const scaler = standardScaler().fit(ndarray([1, 5, 3, 9, 1, 5, 3, 9], [2, 2, 2]));
    vi.stubGlobal("structuredClone", undefined); // as in some runtimes, and in jsdom
    expect(scaler.toJSON()).toEqual({ kind: "standard", mean: [2, 7], deviation: [1, 2] });
    vi.unstubAllGlobals();
    expect(scaler.transform([[[4, 3]]]).toArray()).toEqual([[[2, -2]]]);
  });

  it("keeps a constant that float64 cannot sum exactly", () => {
    const constant = { shape: [7, 1], data: new Float64Array(7).fill(0.1) };
    const scaler = standardScaler().fit(constant);
    expect(scaler.toJSON()).toEqual({ kind: "standard", mean: [0.1], deviation: [0] });
    expect([...scaler.transform(constant).data]).toEqual(new Array(7).fill(0));
    expect(scaler.transform([[0.6]]).data[0]).toBeCloseTo(0.5, 6);
    expect(scaler.inverseTransform([[0.5]]).data[0]).toBeCloseTo(0.6, 6);
  });

  it.each([
    ["Float64Array", { shape: [3, 1], data: Float64Array.of(1e9, 1e9 + 1, 1e9 + 2) }],
    ["number[]", { shape: [3, 1], data: [1e9, 1e9 + 1, 1e9 + 2] }],
    ["nested arrays", [[1e9], [1e9 + 1], [1e9 + 2]]],
    ["rows of Float64Array", [1e9, 1e9 + 1, 1e9 + 2].map(x => Float64Array.of(x)) as unknown as number[][]],
  ])("does not round %s to float32 before it scales", (_, data) => {
    const y = standardScaler().fitTransform(data);
    expectClose(y.data, [-Math.sqrt(1.5), 0, Math.sqrt(1.5)], { relative: 1e-7 });
  });

  it("takes integers", () => {
    expect(standardScaler().fitTransform(ndarray(Int32Array.of(1, 3), [2, 1])).data).toEqual(Float32Array.of(-1, 1));
  });
});

describe("minMaxScaler", () => {
  it("puts minimum and maximum at 0 and 1", () => {
    const scaler = minMaxScaler().fit(table);
    expect(scaler.toJSON()).toEqual({ kind: "minMax", range: [0, 1], min: [1, 10, -4], max: [6, 10, 8] });
    expectClose(scaler.transform(table).data, [0, 0, 0, 0.2, 0, 1 / 3, 1, 0, 1], { relative: 1e-7 });
    expectClose(scaler.transform([[11, 12, -16]]).data, [2, 2, -1], { relative: 1e-7 });
  });

  it("puts them at the ends of another range", () => {
    const scaler = minMaxScaler({ range: [-1, 3] }).fit(table);
    const expected = [-1, -1, -1, -0.2, -1, 1 / 3, 3, -1, 3];
    expectClose(scaler.transform(table).data, expected, { relative: 1e-6 });
    expectClose(scaler.inverseTransform([[1, -1, 1]]).data, [3.5, 10, 2], { relative: 1e-7 });
  });

  it("checks its range", () => {
    const make = (range: unknown) => () => minMaxScaler({ range: range as [number, number] });
    expect(make([1, 1])).toThrow(
      new RangeError("minMaxScaler: range: expected [low, high] with low < high, got [1, 1]"),
    );
    expect(make([0, 1e-50])).toThrow(RangeError);
    expect(make([0, 1, 2])).toThrow("expected [low, high] with low < high, got [0, 1, 2]");
    expect(make([0, Infinity])).toThrow(
      new RangeError("minMaxScaler: range[1]: expected a number that fits float32, got Infinity"),
    );
    expect(make("0,1")).toThrow(new TypeError('minMaxScaler: range: expected an array of numbers, got "0,1"'));
    expect(() => minMaxScaler({ rnage: [0, 1] } as object)).toThrow('minMaxScaler: unknown option "rnage"');
  });
});

describe.each(kinds)("%s", (name, make) => {
  const cell = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    );

  it("comes back to the data within float32 rounding of its spread", () => {
    fc.assert(
      fc.property(matrix, data => {
        const scaler = make().fit(data);
        const back = scaler.inverseTransform(scaler.transform(data));
        const flat = data.flat();
        const columns = data[0].length;
        flat.forEach((x, i) => {
          const column = data.map(row => row[i % columns]);
          const spread = Math.max(...column) - Math.min(...column);
          const most = 2 ** -22 * (spread + Math.abs(x)) + 1e-40;
          expect(Math.abs(back.data[i] - x), `element ${i}`).toBeLessThanOrEqual(most);
        });
      }),
    );
  });

  it("is the same after a trip through JSON", () => {
    fc.assert(
      fc.property(matrix, data => {
        const scaler = make().fit(data);
        const again = scalerFromJSON(JSON.parse(JSON.stringify(scaler)));
        expect(again.kind).toBe(scaler.kind);
        expect(again.toJSON()).toEqual(JSON.parse(JSON.stringify(scaler.toJSON())));
        expect(again.transform(data).data).toEqual(scaler.transform(data).data);
      }),
    );
  });

  it("skips NaN when it learns and keeps it when it transforms", () => {
    const scaler = make().fit([...table, [NaN, NaN, NaN]]);
    expect(scaler.toJSON()).toEqual(make().fit(table).toJSON());
    const y = scaler.transform([[NaN, 10, NaN]]).data;
    expect([Number.isNaN(y[0]), Number.isNaN(y[1]), Number.isNaN(y[2])]).toEqual([true, false, true]);
  });

  it("learns anew from each fit, and leaves its input alone", () => {
    const input = ndarray([1, 2, 3, 4], [4, 1]);
    const scaler = make().fit(table).fit(input);
    scaler.transform(input);
    expect(scaler.features).toBe(1);
    expect([...input.data]).toEqual([1, 2, 3, 4]);
  });

  it("scales columns alone as it scales them together", () => {
    const scaler = make().fit(table);
    const all = scaler.transform(table).toArray() as number[][];
    const some = scaler.select([2, 0, 2]);
    expect(some.features).toBe(3);
    const chosen = table.map(row => [row[2], row[0], row[2]]);
    expect(some.transform(chosen).toArray()).toEqual(all.map(row => [row[2], row[0], row[2]]));
    const back = scaler.column(2).inverseTransform(all.map(row => [row[2]]));
    expectClose(
      back.data,
      table.map(row => row[2]),
      { relative: 1e-6, absolute: 1e-6 },
    );
  });

  it("takes a list of numbers as one feature", () => {
    const list = make().fit([1, 2, 6]);
    expect(list.toJSON()).toEqual(
      make()
        .fit([[1], [2], [6]])
        .toJSON(),
    );
    const y = list.transform([2, 6]);
    expect(y.shape).toEqual([2]);
    expect([...y.data]).toEqual([...list.transform([[2], [6]]).data]);
    expectClose(list.inverseTransform(y).data, [2, 6], { relative: 1e-6 });
    expect(list.inverseTransform(Float32Array.of(0) as never).shape).toEqual([1]);
  });

  it("repeats its features for rows side by side", () => {
    const scaler = make().fit(table);
    const both = scaler.repeat(2);
    expect(both.toJSON()).toEqual(scaler.select([0, 1, 2, 0, 1, 2]).toJSON());
    const side = scaler.transform(table.slice(0, 2)).data;
    expect([...both.transform([[...table[0], ...table[1]]]).data]).toEqual([...side]);
    for (const rows of [0, 1.5, -1, NaN, 1e300, "2"]) {
      expect(() => scaler.repeat(rows as number)).toThrow(
        `${name}.repeat: rows: expected a whole number in [1, 1000000]`,
      );
    }
    expect(() => make().repeat(2)).toThrow(`${name}.repeat: nothing learned yet; call fit(data) first`);
  });

  it("gives JSON that is its own", () => {
    const scaler = make().fit(table);
    const json = scaler.toJSON();
    const before = structuredClone(json);
    for (const value of Object.values(json)) if (Array.isArray(value)) value.fill(99);
    expect(scaler.toJSON()).toEqual(before);
    const own = structuredClone(before);
    const again = scalerFromJSON(own);
    for (const value of Object.values(own)) if (Array.isArray(value)) value.fill(99);
    expect(again.toJSON()).toEqual(before);
  });

  it("asks for fit first", () => {
    const scaler = make();
    expect(scaler.features).toBe(0);
    const error = (method: string) => new Error(`${name}.${method}: nothing learned yet; call fit(data) first`);
    expect(() => scaler.transform(table)).toThrow(error("transform"));
    expect(() => scaler.inverseTransform(table)).toThrow(error("inverseTransform"));
    expect(() => scaler.select([0])).toThrow(error("select"));
    expect(() => scaler.column(0)).toThrow(error("column"));
    expect(() => JSON.stringify(scaler)).toThrow(error("toJSON"));
  });

  it("refuses data that do not fit", () => {
    const scaler = make().fit(table);
    expect(() => scaler.transform([[1, 2]])).toThrow(
      new RangeError(
        `${name}.transform: expected 3 features on the last axis as in fit, got shape [1, 2]; ` +
          "for some of the features take select([...]) first, for several rows side by side repeat(n)",
      ),
    );
    expect(() => scaler.inverseTransform([[1, 2, 3, 4]])).toThrow(RangeError);
    expect(() => scaler.transform([1, 2, 3])).toThrow(
      new RangeError(
        `${name}.transform: expected 3 features on the last axis as in fit, got shape [3]; ` +
          "numbers of one feature need its scaler, column(i)",
      ),
    );
    expect(() => scaler.transform({ shape: [1, 1, 1, 3], data: [1, 2, 3] })).toThrow(
      new RangeError(
        `${name}.transform: expected [rows, features], [N, T, features] or the numbers of one feature, got shape [1, 1, 1, 3]`,
      ),
    );
    expect(() => scaler.fit("x" as unknown as number[])).toThrow(TypeError);
    expect(() => scaler.fit([[1], [Infinity]])).toThrow(
      new RangeError(
        `${name}.fit: expected numbers that fit float32, got Infinity in feature 0, row 1; remove it or put NaN there`,
      ),
    );
    expect(() => scaler.fit([[1e39]])).toThrow("got 1e+39 in feature 0, row 0");
    expect(() => scaler.fit([[1, NaN]])).toThrow(
      new RangeError(
        `${name}.fit: feature 1 has no number to learn from (shape [1, 2], NaN is skipped); ` +
          "remove the feature or pass more rows",
      ),
    );
    expect(() => scaler.fit(ndarray([], [0, 2]))).toThrow("feature 0 has no number to learn from (shape [0, 2]");
    expect(() => scaler.fit([[], []])).toThrow(`${name}.fit: expected at least one feature, got shape [2, 0]`);
    expect(scaler.toJSON()).toEqual(make().fit(table).toJSON());
  });

  it("refuses columns that are not there", () => {
    const scaler = make().fit(table);
    expect(() => scaler.select([0, 3])).toThrow(
      new RangeError(`${name}.select: expected column numbers from 0 to 2, got 3`),
    );
    expect(() => scaler.column(-1)).toThrow(new RangeError(`${name}.column: expected a whole number >= 0, got -1`));
    expect(() => scaler.select([])).toThrow(
      new RangeError(`${name}.select: expected at least one column number, got an empty list`),
    );
    expect(() => scaler.select("temp" as unknown as number[])).toThrow(
      new TypeError(`${name}.select: expected a list of column numbers, got "temp"`),
    );
    expect(() => scaler.select(["0"] as unknown as number[])).toThrow(TypeError);
  });
});

it("learns from sequences of unequal length, all steps alike", () => {
  const sequences = [
    [[1, 10]],
    [
      [2, 20],
      [3, 60],
    ],
    [],
  ];
  for (const make of [standardScaler, minMaxScaler]) {
    expect(make().fit(sequences).toJSON()).toEqual(make().fit(sequences.flat()).toJSON());
    expect(() => make().fit([[1, 2], [3]])).toThrow(/expected every row of axis 1 to have 2 entries, got one of 1/);
  }
});

it("standardScaler refuses options, which it has none of", () => {
  expect(() => standardScaler({ withMean: false } as never)).toThrow(
    'standardScaler: unknown option "withMean"; it takes none',
  );
});

it.each([1e-310, 5e-324])("a spread of %d, by which nothing can be divided, is none", spread => {
  for (const scaler of [standardScaler(), minMaxScaler()]) {
    const [a, b] = scaler.fit([[0], [spread]]).transform([[0.5], [0]]).data;
    expect(a - b).toBe(0.5);
  }
});
