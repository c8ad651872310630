/** Progress of training: a line an epoch, and in a terminal a bar below them. */
import type { Callback } from "../index.ts";
import { showNumber } from "./format.ts";
import type { Io } from "./io.ts";

const BAR = 24;
const REDRAW_MS = 80;

export function progress({ stdout }: Io): Callback {
  const drawn = stdout.isTTY === true;
  const clear = () => drawn && stdout.write("\r\x1b[2K");
  let begun = 0;
  let epochsDone = 0;
  let lastDraw = 0;
  return {
    onTrainBegin() {
      begun = performance.now();
    },
    onBatchEnd(batch, _logs, { epochs, batchesPerEpoch }) {
      const now = performance.now();
      if (!drawn || now - lastDraw < REDRAW_MS) return;
      lastDraw = now;
      const part = (epochsDone + (batch + 1) / batchesPerEpoch) / epochs;
      const filled = Math.round(part * BAR);
      const seconds = ((now - begun) / 1000) * (1 / part - 1);
      clear();
      stdout.write(`${"█".repeat(filled)}${"░".repeat(BAR - filled)}  at most ${seconds.toFixed(1)} s left`);
    },
    onEpochEnd(epoch, { loss, valLoss }, { epochs }) {
      epochsDone++;
      const number = String(epoch + 1).padStart(String(epochs).length);
      clear();
      stdout.write(`epoch ${number}/${epochs}  loss ${showNumber(loss)}  validation ${showNumber(valLoss)}\n`);
    },
    onTrainEnd() {
      clear();
    },
  };
}
