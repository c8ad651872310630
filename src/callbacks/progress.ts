/** Progress of `fit` for people: a bar in a terminal, else a line for every epoch. */

import type { Callback, Logs } from "./callback.ts";

interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const BAR = 24;
const REDRAW_MS = 100;

/** process.stdout where there is one. */
function terminal(): Terminal | undefined {
  return (globalThis as { process?: { stdout?: Terminal } }).process?.stdout;
}

/** 0.012345 -> 0.0123, 12345.6 -> 12346: four digits that matter. */
function showNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(3);
  return value.toFixed(Math.min(4, Math.max(0, 4 - Math.floor(Math.log10(Math.max(size, 1))))));
}

function showLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${showNumber(value)}`)
    .join("  ");
}

/** 75 -> 1:15 */
function showTime(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/**
 * A callback that shows how far `fit` is.
 *
 * @param verbose 1: a bar where there is a terminal; 2: a line an epoch
 */
export function progress(verbose: 1 | 2): Callback {
  const out = terminal();
  const drawn = verbose === 1 && out?.isTTY === true;
  const line = (text: string): void => {
    if (drawn) out.write(`\r\x1b[2K${text}\n`);
    else console.log(text);
  };
  let begun = 0;
  let epochBegun = 0;
  let epochsDone = 0;
  let first: number | undefined;
  let lastDraw = 0;
  return {
    onTrainBegin() {
      begun = performance.now();
      epochsDone = 0;
      first = undefined;
    },
    onEpochBegin(epoch) {
      if (first === undefined) epochsDone = first = epoch;
      epochBegun = performance.now();
    },
    onBatchEnd(batch, logs, run) {
      const now = performance.now();
      if (!drawn || now - lastDraw < REDRAW_MS) return;
      lastDraw = now;
      const { epochs, batchesPerEpoch: all } = run;
      const part = (batch + 1) / all;
      const done = epochsDone + part - (first ?? 0);
      const left = ((now - begun) / 1000 / done) * (epochs - (first ?? 0) - done);
      const filled = Math.round(part * BAR);
      const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
      const [place, rest] =
        all < Number.POSITIVE_INFINITY ? [bar, `  ${showTime(left)} left`] : [`batch ${batch + 1}`, ""];
      const text = `epoch ${epochsDone + 1}/${epochs} ${place} ${showLogs(logs)}${rest}`;
      out.write(`\r\x1b[2K${text.slice(0, (out.columns ?? 120) - 1)}`);
    },
    onEpochEnd(_epoch, logs, run) {
      epochsDone++;
      const seconds = (performance.now() - epochBegun) / 1000;
      line(`epoch ${epochsDone}/${run.epochs}  ${showTime(seconds)}  ${showLogs(logs)}`);
    },
  };
}
