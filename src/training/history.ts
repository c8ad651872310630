/** What a training has come to, which can draw its curves where an entry brings that. */
import type { toSVG } from "../curves/svg.ts";

/** What `fit` returns. */
export interface History {
  /** The logs of every epoch: loss, valLoss, the metrics under their names */
  history: Record<string, number[]>;
  /** Numbers of the epochs, counted over the life of the weights */
  epoch: number[];
  /** "completed", "aborted", or what a callback gave as its reason */
  stopReason: string;
  seconds: number;
  /** Its curves as an SVG file; in a bundle `toSVG(history)` of `wasm-lstm/curves` does the same */
  toSVG(options?: Parameters<typeof toSVG>[1]): string;
}

let draw: typeof toSVG = () => {
  throw new Error('history.toSVG: a bundle draws by import { toSVG } from "wasm-lstm/curves", then toSVG(history)');
};

export function registerDrawing(drawing: typeof toSVG): void {
  draw = drawing;
}

/** With its method, which copies and comparisons do not see. */
export function drawable(plain: Omit<History, "toSVG">): History {
  const value: History["toSVG"] = options => draw(plain, options);
  return Object.defineProperty(plain, "toSVG", { value }) as History;
}
