/** Files of other programs with bytes changed at random: read or refused, soon, in little memory, and without a trace elsewhere. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { stopwatch } from "../../fuzz/clear.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What happened to so many mutants of a file. */
export interface Survey {
  read: number;
  refused: number;
  /** The longest that one took, in ms */
  slowest: number;
  /** The most bytes of buffers that one held, above what was there before */
  largest: number;
  /** Errors that are no refusal */
  crashes: string[];
}

/**
 * Reads mutants of a file.
 *
 * @param seed of the changes
 * @param read the reader; what it throws must be a TypeError or RangeError that begins with its name
 */
export function survey(
  file: Uint8Array,
  count: number,
  seed: number,
  read: (bytes: Uint8Array) => unknown,
  name: string,
): Survey {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const result: Survey = { read: 0, refused: 0, slowest: 0, largest: 0, crashes: [] };
  for (let i = 0; i < count; i++) {
    let bytes = file.slice();
    for (let changes = 1 + random(6); changes > 0; changes--) {
      const [at, kind] = [random(bytes.length), random(8)];
      if (kind === 0) bytes.fill(random(256), at, at + random(9));
      else if (kind === 1) bytes.copyWithin(at, random(bytes.length), random(bytes.length));
      else bytes[at] = kind < 4 ? 255 : random(256);
    }
    if (random(6) === 0) bytes = bytes.slice(0, random(bytes.length));
    const before = process.memoryUsage().arrayBuffers;
    const milliseconds = stopwatch();
    try {
      read(bytes);
      result.read++;
    } catch (error) {
      result.refused++;
      const { message, constructor: kind } = error as Error;
      if (![TypeError, RangeError].includes(kind as never) || !message.startsWith(name))
        result.crashes.push(`${kind.name}: ${message}`);
      if (/\(reading |is not a function|not iterable|Invalid array length|call stack/.test(message)) {
        result.crashes.push(message);
      }
    }
    result.slowest = Math.max(result.slowest, milliseconds());
    result.largest = Math.max(result.largest, process.memoryUsage().arrayBuffers - before);
    if (i % 50 === 49) collect();
  }
  return result;
}
