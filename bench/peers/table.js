/** The results as lines of text. */

/** @typedef {import("./rounds.js").Cell} Cell */

/** @type {Record<import("./workloads.js").Task, string>} */
export const TASKS = {
  train: "training step",
  infer: "inference",
  step: "one step, N = 1",
  sequence: "a step of T = 100, N = 1",
};

/** @param {number} ms */
export function showTime(ms) {
  if (ms < 0.1) return `${(1000 * ms).toPrecision(3)} µs`;
  if (ms < 10) return `${ms.toPrecision(3)} ms`;
  return ms < 10_000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * How many times as long as this package a peer takes: above 1 this package is faster.
 *
 * @param {Cell} cell
 * @param {readonly Cell[]} cells of the same task, this package's first
 * @returns {number | undefined} undefined when one of the two has no figure
 */
export const ratio = (cell, [own]) => (cell.ms !== undefined && own.ms !== undefined ? cell.ms / own.ms : undefined);

/** @param {Cell} cell */
function remarks({ difference, lossDifference, wrong, note }) {
  const agreed = wrong || difference === undefined ? [] : [`differs by ${difference.toExponential(0)}`];
  if (!wrong && lossDifference !== undefined) agreed.push(`loss by ${lossDifference.toExponential(0)}`);
  return [...agreed, ...(note ? [note] : [])].join(", ");
}

/**
 * The block of one task.
 *
 * @param {readonly Cell[]} cells one for each peer, this package's first
 * @param {ReadonlyMap<string, string>} titles of the peers, by name
 * @returns {string}
 */
export function taskTable(cells, titles) {
  const [{ workload, task }] = cells;
  const heading = [
    `${workload}, ${TASKS[task]}`.padEnd(40),
    "median".padStart(9),
    "min".padStart(9),
    "ratio".padStart(8),
  ];
  const lines = cells.map((cell, i) => {
    const times = i === 0 ? undefined : ratio(cell, cells);
    const columns = [
      `  ${titles.get(cell.peer)}`.padEnd(40),
      (cell.ms === undefined ? "—" : showTime(cell.ms)).padStart(9),
      (cell.min === undefined ? "" : showTime(cell.min)).padStart(9),
      (times === undefined ? "" : `${times.toPrecision(3)}x`).padStart(8),
      i === 0 && !cell.note ? "" : ` ${remarks(cell)}`,
    ];
    return columns.join(" ").trimEnd();
  });
  return [heading.join(" "), ...lines, ""].join("\n");
}
