/** Classifiers of tables: which class follows. */
import { describe, expect, it, vi } from "vitest";
import { scoreClasses } from "../../src/forecast/classScores.ts";
import { classifier, classifierOf, forecasterOf, loadClassifier } from "../../src/forecast/index.ts";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { readTable } from "../../src/table/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const date = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 864e5).toISOString().slice(0, 10);
/** Three days of sun, then rain, then two days of cloud; and a number that says nothing. */
const cycle = ["sun", "sun", "sun", "rain", "cloud", "cloud"];
const rows = (n: number) => range(n, i => ({ day: date(i), sky: cycle[i % 6] as string | null, x: Math.sin(i * i) }));
const quick = { target: "sky", window: 8, units: 12, epochs: 30, learningRate: 0.02 };

describe("a classifier", () => {
  it("learns which class follows, step by step, and comes back from a file", async () => {
    const net = classifier({ ...quick, horizon: 2 });
    const { heldOut, by, classes, validation } = await net.fit(rows(300));
    expect([by, classes]).toEqual(["network", ["cloud", "rain", "sun"]]);
    expect(heldOut.accuracy).toBeGreaterThan(0.97);
    expect(validation.last).toBeCloseTo(1 / 3, 1);
    // By hand: half of the days are sunny; the last class is right on 3 of 6 days one day ahead, on 1 of 6 two days ahead.
    expect(heldOut.majority).toBeCloseTo(0.5, 1);
    expect(heldOut.steps.map(({ last }) => Math.round(6 * last))).toEqual([3, 1]);
    expect(heldOut.classes.map(({ class: name, recall }) => [name, (recall ?? 0) > 0.9])).toEqual(
      classes.map(name => [name, true]),
    );
    const again = loadClassifier(net.save());
    const next = again.forecast(rows(303));
    expect(next).toEqual(net.forecast(rows(303)));
    expect(next.map(({ step, date: day, class: name }) => [step, day, name])).toEqual([
      [1, date(303), "rain"],
      [2, date(304), "cloud"],
    ]);
    expect(next[0].probability).toBe(next[0].probabilities.rain);
    expect(Object.values(next[0].probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const later = again.evaluate(rows(340));
    expect([later.seen, later.windows, later.accuracy]).toEqual([292, 39, 1]);
    expect(() => again.forecast(rows(303), 3)).toThrow("from 1 to the model's horizon, 2");
    expect(() => forecasterOf(loadModel(net.save()))).toThrow("does not say which columns it reads");
    expect(() => again.forecast(rows(303), 1, { future: rows(1) })).toThrow(
      "future: the forecaster has learned from no column that is known ahead",
    );
    const two = readTable("sky,shop\nsun,a\nrain,b\nsun,a\nrain,b\n", { series: ["shop"] });
    expect(() => again.forecast(two)).toThrow("forecast: the forecaster has learned from one series");
    expect(() => again.evaluate(two)).toThrow("evaluate: the forecaster has learned from one series");
  });

  it("tells how it learned, what each input brings, and how it would have done at several times", async () => {
    const net = classifier(quick);
    const { curve, inputs = [], heldOut, epochs } = await net.fit(rows(300), { weigh: true });
    expect(curve.training.length).toBe(curve.validation.length);
    expect(curve.validation[epochs - 1]).toBe(Math.min(...curve.validation));
    // The sky follows from the sky; x and the week say nothing of it.
    expect(inputs.map(({ input }) => input).sort()).toEqual(["sky", "the time of week", "x"]);
    expect(inputs[0].input).toBe("sky");
    expect(inputs[0].accuracy).toBeGreaterThan(0.3);
    expect(Math.abs(inputs[2].logLoss)).toBeLessThan(inputs[0].logLoss / 5);
    expect(heldOut.confusion.flat().reduce((a, b) => a + b)).toBe(heldOut.windows);
    const before = net.spec;
    const origins = await net.backtest(rows(300), { origins: 2 });
    expect(origins.map(({ from, to, time, windows }) => [from, to, time, windows])).toEqual([
      [240, 270, date(240), 30],
      [270, 300, date(270), 30],
    ]);
    expect(origins[1].accuracy).toBeGreaterThan(0.9);
    expect(net.spec).toBe(before);
    // What comes after an origin changes nothing before it.
    const changed = rows(300).map((row, i) => (i >= 270 ? { ...row, sky: "sun" } : row));
    const [first] = await net.backtest(changed, { origins: 2 });
    expect(first).toEqual(origins[0]);
    const stopped = await net.backtest(rows(300), { origins: 2, signal: AbortSignal.abort() });
    expect(stopped).toEqual([]);
    await expect(loadClassifier(net.save()).backtest(rows(300))).rejects.toThrow(/of a file/);
  });

  it("keeps what it has learned when it is aborted, and throws before there is anything", async () => {
    await expect(classifier(quick).fit(rows(300), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    for (const [stage, part] of [
      ["up to the validation", 0.7],
      ["fit before the test", 0.01],
      ["fit to all rows", 0.01],
    ] as const) {
      const controller = new AbortController();
      const net = classifier(quick);
      const onStage = ({ name, done }: { name: string; done: number }) => {
        if (name === stage && done > part) controller.abort();
      };
      const { aborted, heldOut } = await net.fit(rows(300), { signal: controller.signal, onStage });
      expect(aborted).toBe(true);
      // A network that has learned nothing is right on a half at most.
      if (stage !== "fit before the test") expect(heldOut.accuracy).toBeGreaterThan(0.9);
      // It says itself which rows it knows.
      expect(net.spec.seen.rows).toBe(240);
      expect(net.evaluate(rows(300)).windows).toBe(60);
    }
  });

  it("says that a baseline wins where nothing can be known, and forecasts by it", async () => {
    let state = 1;
    const coin = range(300, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return { side: state / 2 ** 32 < 0.7 };
    });
    const net = classifier({ ...quick, target: "side", epochs: 4 });
    const { by, heldOut, validation, classes } = await net.fit(coin);
    expect(classes).toEqual(["no", "yes"]);
    expect([by, validation.network <= validation.majority]).toEqual(["majority", true]);
    expect(heldOut.accuracy).toBe(heldOut.majority);
    const [{ class: side, probability }] = net.forecast(coin);
    expect(side).toBe("yes");
    expect(probability).toBeCloseTo(coin.filter(each => each.side).length / 300, 1);
  });

  it("chooses nothing, and learns nothing before the refit, from rows that are held out", async () => {
    const outcome = async (last: string) => {
      const net = classifier({ ...quick, epochs: 3, refit: false });
      const report = await net.fit(
        rows(200).map((row, i) => (i >= 160 ? { ...row, sky: i % 2 ? last : "sun", x: i } : row)),
      );
      return [report.by, report.validation, net.spec, net.model.getWeights().map(({ data }) => [...data])];
    };
    expect(await outcome("rain")).toEqual(await outcome("cloud"));
  });

  it("takes several series, what is known ahead, and classes that are numbers", async () => {
    const open = (i: number) => i % 7 !== 3 && Math.sin(i * i) > -0.6;
    const of = (shop: string, n: number) =>
      range(n, i => ({ shop, day: date(i), state: open(i) ? 1 : 0, closing: open(i) ? "no" : "yes" }));
    const net = classifier({ ...quick, target: "state", series: "shop", known: "closing" });
    const data = [...of("A", 120), ...of("B", 90), ...of("C", 2)];
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { heldOut } = await net.fit(data);
    expect(heldOut.accuracy).toBe(1);
    expect(heldOut.series?.map(({ name, windows, accuracy }) => [name, windows, accuracy])).toEqual([
      ["A", 24, 1],
      ["B", 18, 1],
    ]);
    expect(() => net.forecast(data)).toThrow(
      `"closing" must be known for the 1 row to forecast of "A", and is not for ${date(120)}`,
    );
    const future = [...of("A", 121).slice(120), ...of("B", 91).slice(90)];
    const next = net.forecast(data, 1, { future });
    expect(next.map(({ series, class: name }) => [series, name])).toEqual([
      ["A", open(120) ? "1" : "0"],
      ["B", open(90) ? "1" : "0"],
    ]);
    warn.mockRestore();
  });

  it("has errors for what are no classes, and leaves out classes that are new", async () => {
    const learn = (values: (string | number | null)[], target = "y") =>
      classifier({ ...quick, target, epochs: 1 }).fit(values.map((y, i) => ({ y, z: Math.sin(i) })));
    await expect(learn(range(80, () => "same"))).rejects.toThrow(
      'column "y" has no classes that can be learned: the word "same"',
    );
    await expect(learn(range(80, () => "yes"))).rejects.toThrow('it is always "yes"');
    await expect(learn(range(80, i => `n${i}`))).rejects.toThrow("80 different words");
    await expect(learn(range(80, i => i / 7))).rejects.toThrow("80 different numbers, more than the 20");
    await expect(learn(range(9, i => (i % 2 ? "a" : "b")))).rejects.toThrow("too few");
    expect(() => classifier({ target: ["a", "b"] })).toThrow("expected one column");
    const net = classifier({ ...quick, epochs: 1 });
    await net.fit(rows(120).map((row, i) => (i % 10 === 4 ? { ...row, sky: null } : row)));
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { windows } = net.evaluate([...rows(160), { day: date(160), sky: "hail", x: 0 }]);
    expect(windows).toBe(40);
    expect(warn.mock.calls.flat().join()).toContain(
      '"hail" is no class that has been learned; such rows are not scored',
    );
    warn.mockRestore();
    const other = sequential([layers.lstm({ units: 2, inputShape: [3, 1] }), layers.dense({ units: 1 })]);
    expect(() => classifierOf(other)).toThrow("the model is no classifier of a table");
    other.metadata = { classifier: { ...net.spec, classes: ["a"] } };
    expect(() => classifierOf(other)).toThrow("its description of the classes is damaged");
  });
});

describe("scores of classes", () => {
  it("are those made by hand", () => {
    const scores = scoreClasses(
      ["a", "b"],
      {
        truth: [0, 1, 1, 1],
        said: [0, 0, 1, 1],
        last: [0, 1, 1, 0],
        majority: 1,
        probabilities: [0.5, 0.5, 1, 0, 0, 1, 0.5, 0.5],
      },
      1,
    );
    expect(scores).toMatchObject({ windows: 4, accuracy: 0.75, majority: 0.75, last: 0.75 });
    expect(scores.logLoss).toBeCloseTo((2 * Math.log(2) - Math.log(1e-7)) / 4, 9);
    expect(scores.classes).toEqual([
      { class: "a", rows: 1, forecast: 2, precision: 0.5, recall: 1, f1: 2 / 3 },
      { class: "b", rows: 3, forecast: 2, precision: 1, recall: 2 / 3, f1: 0.8 },
    ]);
    expect(scores.confusion).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect(scores.f1).toBeCloseTo((2 / 3 + 0.8) / 2, 9);
    // Always b: F1 of a 0, of b 6/7. The last class: a once right and once wrong, b twice right, once missed.
    expect(scores.majorityF1).toBeCloseTo(3 / 7, 9);
    expect(scores.lastF1).toBeCloseTo((2 / 3 + 0.8) / 2, 9);
    expect(scores.steps).toEqual([{ step: 1, accuracy: 0.75, majority: 0.75, last: 0.75 }]);
    expect(scores).not.toHaveProperty("series");
  });

  it("are made of each series too, of a class that never comes null, and by step", () => {
    const scores = scoreClasses(
      ["a", "b", "c"],
      {
        truth: [0, 1, 1, 0, 1, 1],
        said: [0, 1, 0, 1, 1, 1],
        last: [0, 1, 1],
        majority: 1,
        probabilities: new Array(18).fill(1 / 3),
      },
      2,
      [
        { name: "x", places: [0] },
        { name: "y", places: [] },
        { name: "z", places: [1, 2] },
      ],
    );
    expect(scores.steps).toEqual([
      { step: 1, accuracy: 2 / 3, majority: 2 / 3, last: 1 },
      { step: 2, accuracy: 2 / 3, majority: 2 / 3, last: 1 / 3 },
    ]);
    expect(scores.classes[2]).toEqual({ class: "c", rows: 0, forecast: 0, precision: null, recall: null, f1: null });
    expect(scores.f1).toBeCloseTo((0.5 + 0.75) / 2, 9);
    expect(scores.series?.map(({ name, windows, accuracy, last }) => [name, windows, accuracy, last])).toEqual([
      ["x", 1, 1, 0.5],
      ["z", 2, 0.5, 0.75],
    ]);
    expect(scores.logLoss).toBeCloseTo(Math.log(3), 9);
  });
});
