/** Learning curves of what `fit` returns, as a picture and as text. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { chart, type HistoryLike, toSVG } from "../../src/curves/index.ts";
import { isAsciiOnly } from "../../src/curves/terminal.ts";
import { layers, sequential } from "../../src/index.ts";
import { expectError } from "../helpers/models.ts";

afterEach(() => vi.restoreAllMocks());

const LOGS = {
  loss: [4, 3, 2, 1],
  accuracy: [0.25, 0.5, 0.75, 1],
  valLoss: [4, 2, 3, 3],
  valAccuracy: [0.5, 0.6, 0.5, 0.5],
};
const HISTORY = { history: LOGS, epoch: [3, 4, 5, 6], stopReason: "completed", seconds: 1 };

/** The points of the lines of a picture: by panel, training then validation. */
const lines = (svg: string): number[][][] =>
  [...svg.matchAll(/<path class="line \w+" d="([^"]*)"/g)].map(([, d]) =>
    [...d.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
  );

describe("toSVG", () => {
  it("draws a panel for each loss and metric, with its validation", () => {
    const svg = toSVG(HISTORY, { title: "A net" });
    expect([...svg.matchAll(/class="name"[^>]*>(\w+)/g)].map(([, name]) => name)).toEqual(["loss", "accuracy"]);
    expect([...svg.matchAll(/<path class="line (\w+)"/g)].map(([, kind]) => kind)).toEqual([
      "train",
      "valid",
      "train",
      "valid",
    ]);
    const [train, valid] = lines(svg);
    // 0..4 on 180 pixels from y = 264 up; epochs 3..6 over 632 pixels from x = 64.
    expect(train).toEqual([
      [64, 84],
      [274.67, 144],
      [485.33, 204],
      [696, 264],
    ]);
    expect(valid.map(([, y]) => y)).toEqual([84, 204, 144, 144]);
    expect(svg).toContain('<text class="title" x="64" y="30">A net</text>');
  });

  it("marks the epoch of the lowest validation loss in every panel, or of the lowest loss", () => {
    const best = (svg: string) => [...svg.matchAll(/>(best: [^<]*)</g)].map(([, words]) => words);
    expect(best(toSVG(HISTORY))).toEqual(["best: epoch 4, 2.000", "best: epoch 4, 0.6000"]);
    expect(best(toSVG({ loss: [2, 1, 1.5], mae: [1, 2, 3] }))).toEqual([
      "best: epoch 2, 1.000",
      "best: epoch 2, 2.000",
    ]);
    expect(best(toSVG({ mae: [1, 2, 3] }))).toEqual([]);
    expect(best(toSVG({ loss: [NaN, 3, NaN] }))).toEqual(["best: epoch 2, 3.000"]);
  });

  it("is one file by itself, for light and for dark, whatever the title", () => {
    const svg = toSVG(HISTORY, { title: 'a <b> & "c"\u0000\ud800' });
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg).toContain("a &lt;b&gt; &amp; &quot;c&quot;</text>");
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).not.toMatch(/href|url\(|<script|NaN|undefined|Infinity/);
    const open = [...svg.matchAll(/<(\w+)(?:>| [^>]*[^/]>)/g)].map(([, name]) => name).sort();
    expect([...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name).sort()).toEqual(open);
  });

  it("draws what is asked for: one metric, a validation by itself, another size", () => {
    expect(lines(toSVG(HISTORY, { metrics: ["accuracy"] }))).toHaveLength(2);
    expect(lines(toSVG(HISTORY, { metrics: "valLoss" }))).toHaveLength(1);
    const svg = toSVG(HISTORY, { metrics: ["loss"], width: 400, height: 200 });
    expect(svg).toContain('viewBox="0 0 400 208"');
    expect(lines(svg)[0].at(-1)?.[0]).toBe(376);
  });

  it("goes by logarithms, and says what has none", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const [points] = lines(toSVG({ loss: [1, 0.1, 0.01] }, { log: true }));
    expect(points.map(([, y]) => y)).toEqual([48, 138, 228].map(y => expect.closeTo(y, 1)));
    expect(warn).not.toHaveBeenCalled();
    expect(lines(toSVG({ loss: [1, 0, 0.01] }, { log: true }))[0]).toHaveLength(2);
    expect(warn.mock.calls).toEqual([
      ["wasm-lstm: toSVG: loss: values <= 0 have no logarithm and are left out; leave log out to see them"],
    ]);
  });

  it("leaves a gap where a number is not finite, and takes one epoch, many, and all alike", () => {
    const svg = toSVG({ loss: [1, NaN, 3, Infinity, 2] });
    expect(svg.match(/d="(M[^"]*)"/)?.[1].match(/M/g)).toHaveLength(3);
    for (const loss of [[5], [2, 2, 2], Array.from({ length: 5000 }, (_, i) => 1 / (i + 1)), [0, 0]]) {
      expect(toSVG({ loss })).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it("draws a training as it comes, also after its way through JSON", async () => {
    const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
    net.compile({ loss: "mse", metrics: ["mae"], optimizer: "adam" });
    const x = [
      [1, 2],
      [2, 1],
      [0, 1],
      [1, 1],
    ];
    const history = await net.fit(x, [1, 2, 3, 4], { epochs: 3, validationSplit: 0.5, verbose: 0 });
    const svg = toSVG(history, { title: "Both" });
    expect(lines(svg).map(points => points.length)).toEqual([3, 3, 3, 3]);
    expect(toSVG(JSON.parse(JSON.stringify(history)), { title: "Both" })).toBe(svg);
    expect(chart(history)).toContain("best epoch");
  });
});

describe("chart", () => {
  const plain = { colors: false, ascii: false, width: 34, height: 4 };

  it("draws training as a line and validation as dots, a chart for each metric", () => {
    expect(chart(HISTORY, { ...plain, title: "A net" })).toBe(
      [
        "A net",
        "",
        "loss, best epoch 4: 2.000   ─ training  • validation",
        "4.00 ┤•───╮",
        "3.00 ┤    ╰─────╮  •     •",
        "2.00 ┤      •   ╰─────╮",
        "1.00 ┤                ╰───",
        "      epoch 3            6",
        "",
        "accuracy, best epoch 4: 0.6000   ─ training  • validation",
        "1.000 ┤                ╭───",
        "0.750 ┤          ╭─────╯",
        "0.500 ┤•   ╭─•───╯  •     •",
        "0.250 ┤────╯",
        "       epoch 3            6",
      ].join("\n"),
    );
  });

  it("takes more epochs than columns: a column is the mean of its epochs", () => {
    const loss = Array.from({ length: 1000 }, (_, i) => (i < 500 ? i % 2 : 4 + (i % 2)));
    const text = chart({ loss }, { ...plain, height: 3 });
    for (const row of text.split("\n").slice(1)) expect(row.length).toBeLessThanOrEqual(34);
    expect(text).toMatch(/4\.50 ┤ {10}╭─{9}/);
  });

  it("is ASCII, and coloured, where that is asked for or the terminal says so", () => {
    const text = chart(HISTORY, { ...plain, ascii: true });
    expect([...text].every(letter => letter.charCodeAt(0) < 128)).toBe(true);
    expect(text).toContain("- training  o validation");
    expect(chart(HISTORY, { ...plain, colors: true })).toContain("\x1b[36m─\x1b[0m training");
    const utf8 = [{}, { LANG: "de_DE.UTF-8" }, { LANG: "C", LC_ALL: "C.utf8" }, { LANG: "" }];
    expect(utf8.map(env => isAsciiOnly(env))).toEqual([false, false, false, false]);
    const ascii = [{ LANG: "C" }, { LC_ALL: "POSIX", LANG: "en_US.UTF-8" }, { TERM: "linux", LANG: "en_US.UTF-8" }];
    expect(ascii.map(env => isAsciiOnly(env))).toEqual([true, true, true]);
    expect([{}, { WT_SESSION: "1" }, { TERM: "xterm-256color" }].map(env => isAsciiOnly(env, "win32"))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("goes by logarithms", () => {
    const rows = chart({ loss: [1000, 100, 10, 1] }, { ...plain, log: true }).split("\n");
    expect(rows.slice(1, 5).map(row => row.split("┤")[0].trim())).toEqual(["1.00e+3", "100", "10.0", "1.00"]);
  });
});

it.each<[unknown, object, "TypeError" | "RangeError", string]>([
  [{}, {}, "TypeError", ": expected a history of at least one epoch, as fit returns it, got an object"],
  [
    { history: {}, epoch: [] },
    {},
    "TypeError",
    ": expected a history of at least one epoch, as fit returns it, got an object",
  ],
  [{ loss: [] }, {}, "TypeError", ": expected a history of at least one epoch, as fit returns it, got an object"],
  [null, {}, "TypeError", ": expected a history of at least one epoch, as fit returns it, got null"],
  [
    Promise.resolve(HISTORY),
    {},
    "TypeError",
    ": expected a history of at least one epoch, as fit returns it, got an object (Promise)",
  ],
  [{ loss: [NaN] }, {}, "RangeError", ': expected finite numbers of "loss", got none'],
  [{ loss: [-1] }, { log: true }, "RangeError", ': expected finite positive numbers of "loss", got none'],
  [
    HISTORY,
    { metrics: ["acuracy"] },
    "RangeError",
    ' metrics: expected one of loss, accuracy, valLoss, valAccuracy, got "acuracy", did you mean "accuracy"?',
  ],
  [HISTORY, { metrics: [] }, "TypeError", " metrics: expected a name or a list of names, got an array of 0"],
  [HISTORY, { title: 5 }, "TypeError", " title: expected a text, got 5"],
  [HISTORY, { width: 5 }, "RangeError", /width: expected a whole number in \[\d+, \d+\], got 5/.source],
])("refuses case %#", async (history, options, type, message) => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  for (const [name, draw] of Object.entries({ toSVG, chart })) {
    const text = message.includes("\\") ? new RegExp(message) : `${name}${message}`;
    await expectError(() => draw(history as HistoryLike, options), type, text);
  }
});
