/** Learning curves, as a picture and as text: the subpath `wasm-lstm/curves`. Runs wherever JavaScript does. */

export { type ChartOptions, chart } from "./chart.ts";
export type { HistoryLike } from "./panels.ts";
export { type SvgOptions, toSVG } from "./svg.ts";
