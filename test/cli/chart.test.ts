import { expect, it } from "vitest";
import { drawChart } from "../../src/cli/chart.ts";

const rows = (chart: string) => chart.split("\n").slice(1, 13);

it("draws the truth as a line and the forecast as dots over it", () => {
  const chart = drawChart({ title: "t", truth: [0, 11, 11, 0], forecast: [NaN, NaN, 11, 5] }, false);
  expect(chart.split("\n")[0]).toBe("t   ─ truth  • forecast");
  expect(rows(chart)[0]).toBe("11.0 ┤ ╭•╮");
  expect(rows(chart)[6]).toBe(" 5.0 ┤ │ •");
  expect(rows(chart)[11]).toBe(" 0.0 ┤─╯ ╰");
});

it("has room for negative numbers, constants, one value, and what is not finite", () => {
  expect(rows(drawChart({ title: "", truth: [-3, -1], forecast: [] }, false))[11]).toMatch(/^-3\.00 ┤─╯$/);
  const flat = drawChart({ title: "", truth: [2, 2, 2], forecast: [] }, false);
  expect(rows(flat).filter(line => line.includes("───"))).toHaveLength(1);
  expect(rows(drawChart({ title: "", truth: [], forecast: [1] }, false)).join("")).toContain("•");
  expect(drawChart({ title: "", truth: [1, 2], forecast: [Infinity, 1] }, false)).not.toContain("Infinity");
});

it("names the ends, and colours the two when it may", () => {
  const chart = drawChart({ title: "", truth: new Array(12).fill(1), forecast: [2], ends: ["from", "to"] }, true);
  expect(chart.split("\n").at(-1)).toBe("      from      to");
  expect(chart).toContain("\x1b[36m─\x1b[0m");
  expect(chart).toContain("\x1b[33m•\x1b[0m");
});

it("draws an interval as a band behind both, in letters that a terminal has", () => {
  const interval = { level: 0.8, low: [NaN, NaN, 0, 3], high: [NaN, NaN, 11, 8] };
  const given = { title: "t", truth: [0, 11, 11, 0], forecast: [NaN, NaN, 5, 5], interval };
  const chart = drawChart(given, false);
  expect(chart.split("\n")[0]).toBe("t   ─ truth  • forecast  ░ 80 % of values");
  expect(rows(chart)[0]).toBe("11.0 ┤ ╭─╮");
  expect(rows(chart)[3]).toBe(" 8.0 ┤ │░│");
  expect(rows(chart)[6]).toBe(" 5.0 ┤ │••");
  expect(rows(chart)[11]).toBe(" 0.0 ┤─╯░╰");
  expect(rows(drawChart(given, false, true))[4]).toBe(" 7.0 | |:|");
  expect(drawChart(given, true)).toContain("\x1b[2m░\x1b[0m");
  const wide = drawChart(
    { ...given, interval: { level: 0.8, low: [NaN, NaN, -11, 3], high: [NaN, NaN, 0, 8] } },
    false,
  );
  expect(rows(wide)[11]).toMatch(/^-11\.0 ┤ +░$/);
});
