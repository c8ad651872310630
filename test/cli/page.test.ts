/** `train --report`: one page by itself, in which no text of a table can do anything. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html, listOf, tableOf } from "../../src/cli/page/html.ts";
import { plot, ticksOf } from "../../src/cli/page/plot.ts";
import { makeFolder, run, runJson, waves } from "./run.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

/** Its text without tags, as a reader has it. */
const textOf = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("the page", () => {
  const nasty = `<script>alert("x")</script>'&`;
  const data = folder.write(
    "page.csv",
    waves(400)
      .replace("value", `"${nasty.replaceAll('"', '""')}"`)
      .replaceAll("rain", "</ul><img src=x onerror=alert(1)>")
      .replaceAll("\n", ",<i>\n")
      .replace(",<i>", ",same"),
  );
  const report = folder.file("page.html");
  let page: string;
  let told: Awaited<ReturnType<typeof runJson>>;
  beforeAll(async () => {
    const options = [
      "--horizon",
      "3",
      "--units",
      "4",
      "--epochs",
      "2",
      "--seeds",
      "1",
      "--window",
      "10",
      "--origins",
      "2",
    ];
    const out = folder.file("page.safetensors");
    told = await runJson(["train", data, "--target", nasty, ...options, "--report", report, "--out", out]);
    page = readFileSync(report, "utf8");
  });

  it("loads nothing, runs nothing, and shows texts of the table as they are", () => {
    expect(page).toMatch(/^<!doctype html>/);
    const tags = page.match(/<[^>]*>/g)?.join("\n");
    expect(tags).not.toMatch(/<script|<img|<link|<iframe|javascript:|\son\w+=|src=|href=/i);
    expect(page).not.toMatch(/@import|url\(/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain(`&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;`);
    expect(page).toContain("prefers-color-scheme: dark");
    for (const tag of ["section", "table", "svg", "figure", "ul", "p", "div", "dl", "h2"]) {
      expect(page.match(new RegExp(`<${tag}[ >]`, "g"))?.length, tag).toBe(
        page.match(new RegExp(`</${tag}>`, "g"))?.length,
      );
    }
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("has the forecast, errors by step beside baselines, candidates, curves, inputs, and what was guessed", () => {
    const text = textOf(page);
    const [score] = told.training.heldOut.scores;
    for (const { mae, last, linear } of score.steps) {
      for (const value of [mae, last, linear]) expect(text).toContain(value.toPrecision(4));
    }
    for (const title of ["what comes next", "rows held out", "error by rows ahead", "what was compared"]) {
      expect(text).toContain(title);
    }
    expect(text).toContain("2021-02-04"); // the first row ahead
    expect(text).toContain("Learned anew at several times");
    expect(text).toContain("LSTMs of changes");
    expect(text).toContain("80 % of values");
    expect(text).toContain("not used: same, the word &quot;&lt;i&gt;&quot;");
    const [first] = told.inputs;
    expect(text).toContain(
      first.input.replace(
        /[<>"'&]/g,
        (c: string) => `&${{ "<": "lt", ">": "gt", '"': "quot", "'": "#39", "&": "amp" }[c]};`,
      ),
    );
    expect(page.match(/<figure>/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it("goes where it may, or training does not begin", async () => {
    const train = (...more: string[]) => run(["train", data, "--target", nasty, ...more]);
    const model = folder.file("m.safetensors");
    for (const [more, message] of [
      [["--report", folder.file("none/x.html")], /--report: folder .* does not exist/],
      [["--report", data], /--report: .* is the data itself/],
      [["--report", model, "--out", model], /--report: .* is where the model goes/],
      [["--report", folder.path], /--report: .* is not a regular file/],
    ] as const) {
      const { code, stderr } = await train(...more);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
    }
    expect(folder.list()).toEqual(["page.csv", "page.html", "page.safetensors"]);
  });
});

describe("pieces", () => {
  it("escape what comes in, and keep what is HTML", () => {
    expect(html`<b>${"<&>"}${3}${[html`<i>${"'"}</i>`]}</b>`).toBe("<b>&lt;&amp;&gt;3<i>&#39;</i></b>");
    expect(tableOf(["<a>"], [["\u0007<b>"]], [0])).toContain('<td class="number">&lt;b&gt;</td>');
    expect(listOf(["<x>"])).toBe("<ul><li>&lt;x&gt;</li></ul>");
  });

  it("draw what is known, at its place", () => {
    const svg = plot({
      about: "t",
      lines: [{ name: "a", ink: "own", values: [0, Number.NaN, 10] }],
      band: { name: "b", low: [Number.NaN, 0, 0], high: [Number.NaN, 10, 10] },
      ticks: ticksOf(3, at => `at ${at}`),
    });
    expect(svg).toContain('d="M64 242M744 12"');
    expect(svg).toContain('d="M404 12L744 12L744 242L404 242Z"');
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain(">at 2</text>");
    expect(ticksOf(0, String)).toEqual([]);
    expect(ticksOf(1, String)).toEqual([{ at: 0, text: "0" }]);
    expect(ticksOf(101, String, 3).map(({ at }) => at)).toEqual([0, 50, 100]);
  });
});
