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
    const told = (terms: unknown) =>
      chosenLines({
        targets: [{ target: "y", baseline: null, season: 7, terms, shares: [], errors: {} }],
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
  });
});
