/** What was chosen, in words. */
import { describe, expect, it } from "vitest";
import { chosenLines } from "../../src/cli/chosen.ts";
import { moreScores } from "../../src/cli/report.ts";
import { forecaster } from "../../src/forecast/index.ts";

/** Weekly, with noise. */
const rows = (n: number, noise: number) =>
  Array.from({ length: n }, (_, i) => ({
    y: 20 + 5 * Math.sin((2 * Math.PI * i) / 7) + noise * Math.sin(i * i * 1.7),
  }));

describe("chosen lines", () => {
  it("say what the linear path is mixed of, where its error is not that of one ridge regression", async () => {
    const net = forecaster({ target: "y", network: "none" });
    const report = await net.fit(rows(300, 4));
    const [{ terms }] = report.targets;
    const forms = terms.filter(term => "form" in term).length;
    expect(forms).toBeGreaterThan(1);
    expect(chosenLines(report)).toContain(
      `y: the linear path was best: the mean of ${forms} ridge regressions${terms.length > forms ? " and the " : ""}`,
    );
    const [{ mae, linear }] = report.heldOut.scores;
    expect(linear?.mae).not.toBe(mae);
    expect(moreScores(report.heldOut.scores)).toContain("; one ridge regression alone: MAE ");
  });

  it("name every part by what it is", () => {
    const form = { base: "last", scale: "all", robust: false } as const;
    const told = (terms: unknown, effects: string[] = []) =>
      chosenLines({
        targets: [{ target: "y", baseline: null, season: 7, terms, effects, shares: [], errors: {} }],
        networks: [],
        heldOut: { windows: 1, scores: [] },
      } as never);
    const [one, last, season] = [
      { weight: 0.5, form, alpha: 1 },
      { weight: 0.5, baseline: "last" },
      { weight: 0.5, baseline: "season" },
    ];
    expect(told([one])).toBe("y: the linear path was best");
    expect(told([one, one])).toBe("y: the linear path was best: the mean of 2 ridge regressions");
    expect(told([last, one])).toBe("y: the linear path was best: the mean of one ridge regression and the last value");
    expect(told([season, one, one])).toBe(
      "y: the linear path was best: the mean of 2 ridge regressions and the value 7 rows before",
    );
    expect(told([one], ["holiday", "the time of week"])).toBe(
      "y: the linear path was best; it adds the effects of holiday and the time of week",
    );
  });

  it("say first which baseline was better on the rows held out, and by how much", () => {
    const told = (mae: number, last: number, season: number | null) =>
      chosenLines({
        targets: [{ target: "y", baseline: null, season: 7, terms: [{}], effects: [], shares: [], errors: {} }],
        networks: [],
        heldOut: {
          windows: 1,
          scores: [{ target: "y", mae, baseline: { mae: last }, season: season && { mae: season } }],
        },
      } as never).split("\n");
    expect(told(1, 2, 3)).toEqual(["y: the linear path was best"]);
    expect(told(2.1, 2, 3)[0]).toBe(
      "y: on the rows held out, the last value was better by 5.0 %; little can be known there",
    );
    expect(told(1.25, 2, 1)[0]).toBe("y: on the rows held out, the value a season before was better by 25.0 %");
    expect(told(1, 0, null)[0]).toBe(
      "y: on the rows held out, the last value was right throughout; little can be known there",
    );
  });

  it("say why a short table has no intervals", async () => {
    const { heldOut } = await forecaster({ target: "y", network: "none" }).fit(rows(20, 4));
    expect(heldOut.scores[0].interval).toBeNull();
    expect(moreScores(heldOut.scores)).toMatch(
      /; no intervals: too few forecasts were validated to tell how far off they are$/,
    );
  });
});
