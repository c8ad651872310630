// @ts-nocheck: it reads a list of limits by their names
// Forecasts of real series with defaults: every case of ../forecast.json, its errors next to those of baselines, and what all reach together.
// node bench/forecast/main.js [--only word] [--seeds 0,1] [--json]; exit code 1 where a limit is missed.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { forecaster } from "wasm-lstm/forecast";
import { readTable } from "wasm-lstm/table";
import { baselineIntervals, maeOf, naiveScale, seasonalNaive } from "./baselines.js";

const { values: flags } = parseArgs({
  options: { only: { type: "string" }, seeds: { type: "string" }, json: { type: "boolean" } },
});
const { cases, seeds, limits } = JSON.parse(readFileSync(new URL("../forecast.json", import.meta.url), "utf8"));
const chosenSeeds = flags.seeds?.split(",").map(Number) ?? seeds;
const mean = values => values.reduce((a, b) => a + b, 0) / values.length;
const geometric = values => Math.exp(mean(values.map(Math.log)));
const show = (value, digits = 3) => value.toFixed(digits);

const results = [];
for (const { file, target, season, horizon } of cases) {
  const name = `${file.replace(/^.*\/|\.csv$/g, "")} ${target} h${horizon}`;
  if (flags.only && !name.includes(flags.only)) continue;
  const table = readTable(readFileSync(new URL(file, new URL("./", import.meta.url))));
  for (const seed of chosenSeeds) {
    const begun = process.cpuUsage();
    const net = forecaster({ target, horizon, seed });
    const report = await net.fit(table);
    const { panel, origins } = net.scored;
    const [score] = report.heldOut.scores;
    const before = report.rows.total - report.rows.test;
    const naive = maeOf(panel.truth, origins, horizon, (row, k) => seasonalNaive(panel.values, panel, row, k, season));
    const [chose] = report.targets;
    results.push({
      name,
      seed,
      windows: report.heldOut.windows,
      mae: score.mae,
      last: score.baseline.mae,
      season: season > 1 ? naive : null,
      linear: score.linear.mae,
      mase: score.mae / naiveScale(panel.truth, before, season),
      by:
        chose.baseline ??
        (report.networks
          .map(({ kind }, i) => (chose.shares[i] > 0 ? `${+chose.shares[i].toFixed(2)} ${kind}` : ""))
          .join(" ")
          .trim() ||
          "linear"),
      found: chose.season,
      interval: score.interval,
      lastInterval: baselineIntervals(panel, origins, horizon, report.rows, score.interval?.level ?? 0.8),
      seconds: process.cpuUsage(begun).user / 1e6,
    });
    if (!flags.json) console.log(lineOf(results.at(-1)));
  }
}

function lineOf(result) {
  const { name, seed, mae, last, season, linear, mase, by, interval, lastInterval, seconds } = result;
  return [
    `${name.padEnd(52)} ${seed}`,
    mae.toPrecision(4).padStart(8),
    `last ${show(mae / last)}`,
    `season ${season === null ? "    -" : show(mae / season)}`,
    `linear ${show(mae / linear)}`,
    `MASE ${show(mase)}`,
    interval
      ? `inside ${show(100 * interval.coverage, 0)} % score ${show(interval.score / lastInterval, 2)}`
      : "no interval",
    by,
    `${show(seconds, 1)} s`,
  ].join("  ");
}

const best = ({ last, season }) => Math.min(last, season ?? last);
const isBuilt = ({ by }) => /changes|levels/.test(by);
const worse = part => results.filter(result => result.mae > part * best(result));
const withIntervals = results.filter(({ interval }) => interval);
const many = withIntervals.filter(({ windows }) => windows >= 100);
const perSeed = count => Math.ceil(count / chosenSeeds.length);
const all = {
  overLast: geometric(results.map(({ mae, last }) => mae / last)),
  mase: geometric(results.map(({ mase }) => mase)),
  overLinear: geometric(results.map(({ mae, linear }) => mae / linear)),
  withNetwork: results.filter(isBuilt).length / results.length,
  worseBy1Percent: perSeed(worse(1.01).length),
  worseBy5Percent: perSeed(worse(1.05).length),
  seattle: Math.max(...results.filter(({ name }) => name === "seattle-weather temp_max h1").map(({ mae }) => mae)),
  coverage: mean(withIntervals.map(({ interval }) => interval.coverage)),
  coverageOfEach: [
    Math.min(...many.map(({ interval }) => interval.coverage)),
    Math.max(...many.map(({ interval }) => interval.coverage)),
  ],
  intervalOverLast: geometric(withIntervals.map(({ interval, lastInterval }) => interval.score / lastInterval)),
};
const missed = Object.entries(limits).filter(([name, limit]) => {
  const value = all[name];
  if (name === "withNetwork") return value < limit;
  if (Array.isArray(limit)) return Math.min(...[value].flat()) < limit[0] || Math.max(...[value].flat()) > limit[1];
  return value > limit;
});
if (flags.json) console.log(JSON.stringify({ all, limits, missed: missed.map(([name]) => name), results }));
else {
  console.log(`\n${results.length} runs, ${show(mean(results.map(({ seconds }) => seconds)), 1)} CPU s each`);
  for (const [name, limit] of Object.entries(limits)) {
    const value = [all[name]]
      .flat()
      .map(each => show(each))
      .join(" to ");
    console.log(
      `${name.padEnd(18)} ${value.padEnd(16)} limit ${limit}${missed.some(([each]) => each === name) ? "  MISSED" : ""}`,
    );
  }
  for (const result of worse(1.01))
    console.log(`worse than a baseline: ${result.name} seed ${result.seed}, ${show(result.mae / best(result))} times`);
}
process.exitCode = missed.length > 0 && !flags.only ? 1 : 0;
