// What there is to choose from: the benchmark's workloads, and its streams together.
import { streamUnits, workloads } from "../../dist/cli/bench/engine.js";

const STREAMS = "streams";

/** Names, what they are, and whether they are among those of a quick look. */
export const choices = [
  ...workloads.map(({ name, about, source }) => ({
    name,
    about: `${about}; ${source}`,
    quick: !name.startsWith("large"),
  })),
  { name: STREAMS, about: `LSTM(N) of N features, one step of a stream, N = ${streamUnits.join(", ")}`, quick: true },
];

/** What to measure for some names. @param {readonly string[]} names */
export function chosen(names) {
  return {
    some: workloads.filter(({ name }) => names.includes(name)),
    units: names.includes(STREAMS) ? streamUnits : [],
  };
}
