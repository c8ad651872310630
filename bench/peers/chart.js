/** A bar chart of the training steps, as SVG, on a card of its own so that it reads well on light and dark pages. */
import { showTime } from "./table.js";

/** @typedef {import("./rounds.js").Cell & { ratio?: number }} Result */

const WIDTH = 760;
const LABELS = 190; // right edge of the names
const BARS = WIDTH - 130; // right edge of the longest bar; values stand behind it
const ROW = 20;
const TOP = 78;
const GROUP = 44; // a group's heading and the space above it

const STYLE = `
    text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #424a53; }
    .card { fill: #ffffff; stroke: #d0d7de; }
    .title { font-size: 16px; font-weight: 600; fill: #1f2328; }
    .group, .own { font-weight: 600; fill: #1f2328; }
    .bar { fill: #afb8c1; }
    .bar.own { fill: #0969da; }
    .grid { stroke: #d8dee4; }
    .tick { font-size: 11px; fill: #59636e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #c9d1d9; }
      .card { fill: #161b22; stroke: #30363d; }
      .title, .group, .own { fill: #f0f6fc; }
      .bar { fill: #57606a; }
      .bar.own { fill: #58a6ff; }
      .grid { stroke: #2b3138; }
      .tick { fill: #9198a1; }
    }`;

/** @param {string} text */
const escapeText = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** @param {number} ms */
const showTick = ms => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

/** @param {number} x @param {number} y @param {string} content @param {string} [attributes] */
const text = (x, y, content, attributes = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeText(content)}</text>`;

/**
 * Draws the training steps of all workloads on one logarithmic axis.
 *
 * @param {readonly Result[]} results all cells; what is no training step or has no figure is left out
 * @param {ReadonlyMap<string, string>} titles of the peers, by name
 * @returns {string} an SVG document
 */
export function chart(results, titles) {
  const shown = results.filter(({ task, ms }) => task === "train" && ms !== undefined);
  const workloads = [...new Set(shown.map(({ workload }) => workload))];
  const times = shown.map(({ ms }) => ms ?? 1);
  const low = Math.floor(Math.log10(Math.min(...times)) - 0.05);
  const high = Math.ceil(Math.log10(Math.max(...times)));
  const at = (/** @type {number} */ ms) => LABELS + 10 + ((Math.log10(ms) - low) / (high - low)) * (BARS - LABELS - 10);
  const height = TOP + workloads.length * GROUP + shown.length * ROW + 14;

  const parts = [];
  for (let decade = low; decade <= high; decade++) {
    const x = at(10 ** decade);
    parts.push(`<line class="grid" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${TOP}" y2="${height - 14}"/>`);
    parts.push(text(x, TOP - 8, showTick(Number((10 ** decade).toPrecision(1))), 'class="tick" text-anchor="middle"'));
  }
  let y = TOP;
  for (const workload of workloads) {
    y += GROUP;
    parts.push(text(24, y - 10, workload, 'class="group"'));
    for (const { peer, ms = 1, ratio = 1 } of shown.filter(result => result.workload === workload)) {
      const own = peer === "ours" ? " own" : "";
      const middle = y + ROW / 2 + 4;
      const length = at(ms) - LABELS - 10;
      const value = own ? showTime(ms) : `${showTime(ms)}  ${ratio.toPrecision(ratio < 100 ? 2 : 3)}x`;
      parts.push(text(LABELS, middle, titles.get(peer) ?? peer, `class="label${own}" text-anchor="end"`));
      parts.push(
        `<rect class="bar${own}" x="${LABELS + 10}" y="${y + 3}" width="${length.toFixed(1)}" height="${ROW - 6}" rx="2"/>`,
      );
      parts.push(text(at(ms) + 6, middle, value, `class="label${own}"`));
      y += ROW;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Time of a training step, by workload and library">
  <style>${STYLE}
  </style>
  <rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
  ${text(24, 32, "Time of one training step, one thread", 'class="title"')}
  ${text(24, 50, "logarithmic scale; shorter is faster; 2x: takes twice as long as wasm-lstm", 'class="tick"')}
  ${parts.join("\n  ")}
</svg>
`;
}
