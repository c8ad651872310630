// Measures in a worker, so that the page stays alive: posts each row, then the report.
import { runBench } from "../../dist/cli/bench/engine.js";
import { chosen } from "./choice.js";

/** @param {MessageEvent<{ only: string[], milliseconds: number }>} event */
self.onmessage = ({ data: { only, milliseconds } }) => {
  try {
    const { some, units } = chosen(only);
    self.postMessage({ report: runBench(some, units, milliseconds, row => self.postMessage({ row })) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
