// What the learning examples share: random numbers from a seed, and curves as an SVG file.
import { mkdirSync, writeFileSync } from "node:fs";

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [640, 320, 70, 40, 40];
const COLOURS = ["#0b7285", "#c2255c", "#5f3dc4"];

/**
 * Writes curves of [step, value] pairs on a logarithmic axis beside the examples, with a dashed line for each level.
 *
 * @returns the file's name
 */
export function saveCurves(name, { title, curves, levels }) {
  const points = Object.values(curves).flat();
  const values = [...points.map(([, value]) => value), ...Object.values(levels)].map(Math.log10);
  const [low, high] = [Math.min(...values) - 0.05, Math.max(...values) + 0.05];
  const last = Math.max(...points.map(([step]) => step));
  const x = step => (LEFT + (step / last) * (WIDTH - LEFT - 90)).toFixed(1);
  const y = value => (TOP + ((high - Math.log10(value)) / (high - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const end = WIDTH - 90;
  const text = (at, value, words, extra = "") => `<text x="${at}" y="${value}" ${extra}>${words}</text>`;
  const parts = [
    text(LEFT, 24, title, 'font-weight="bold"'),
    text(LEFT, HEIGHT - 14, "0"),
    text(end, HEIGHT - 14, `${last} steps`, 'text-anchor="end"'),
    ...Object.entries(levels).flatMap(([words, value]) => [
      `<line x1="${LEFT}" x2="${end}" y1="${y(value)}" y2="${y(value)}" stroke="#868e96" stroke-dasharray="4 4"/>`,
      text(end + 6, Number(y(value)) + 4, words),
      text(LEFT - 6, Number(y(value)) + 4, value.toPrecision(2), 'text-anchor="end"'),
    ]),
    ...Object.entries(curves).flatMap(([label, pairs], i) => {
      const path = pairs.map(([step, value]) => `${x(step)},${y(value)}`).join(" ");
      const [step, value] = pairs[pairs.length - 1];
      return [
        `<polyline points="${path}" fill="none" stroke="${COLOURS[i]}" stroke-width="2"/>`,
        text(Number(x(step)) + 6, Number(y(value)) - 4, label, `fill="${COLOURS[i]}"`),
      ];
    }),
  ];
  const folder = new URL("curves/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`;
  const alternative = `<title>${title}</title>`;
  const ground = '<rect width="100%" height="100%" fill="white"/>';
  writeFileSync(new URL(`${name}.svg`, folder), `${[head, alternative, ground, ...parts, "</svg>"].join("\n")}\n`);
  return `examples/curves/${name}.svg`;
}
