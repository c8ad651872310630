// What the examples on real data share: where their data is, parts for validation, and their results beside the ones wanted.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toSVG } from "wasm-lstm/curves";
import { randomNumbers } from "./curve.js";

/**
 * The folder with the data: the first argument of the command line.
 *
 * @param file one of those in it
 * @param from where people get it
 */
export function folderOf(file, from) {
  const [, script, folder] = process.argv;
  if (folder !== undefined && existsSync(join(folder, file))) return folder;
  const problem = folder === undefined ? "the folder with the data is missing" : `${folder} has no ${file}`;
  console.error(`${problem}\n  node ${script} FOLDER\nget it from ${from}`);
  process.exit(1);
}

/** A list in another order, the same for the same seed. */
export function shuffled(list, seed) {
  const random = randomNumbers(seed);
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

export const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

export const percent = share => `${(100 * share).toFixed(2)} %`;

/** Draws the curves of a training into `curves/`, or into the folder that CURVES names. */
export function saveHistory(name, history, title) {
  const folder = process.env.CURVES ?? new URL("curves/", import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.svg`);
  writeFileSync(file, toSVG(history, { title }));
  console.log(`curves: ${file}`);
}

/** Processor seconds since `begun`, a result of `process.cpuUsage()`: the same on a busy machine. */
export function secondsSince(begun) {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

/** Says a result and what was wanted of it; the exit code tells too. */
export function conclude(what, value, { least, most, show = percent }) {
  const good = least === undefined ? value <= most : value >= least;
  const wanted = least === undefined ? `at most ${show(most)}` : `at least ${show(least)}`;
  console.log(`${what}: ${show(value)}, wanted ${wanted}${good ? "" : ": NOT reached"}`);
  if (!good) process.exitCode = 1;
}
