/** Progress of a fit: a line for each stage that is done, and in a terminal a bar below them. */
import type { Stage } from "../forecast/index.ts";
import type { Io } from "./io.ts";

const BAR = 24;
const REDRAW_MS = 80;

export function progress({ stdout }: Io): { onStage: (stage: Stage) => void; clear: () => void } {
  const drawn = stdout.isTTY === true;
  const clear = () => drawn && stdout.write("\r\x1b[2K");
  let begun = performance.now();
  let lastDraw = 0;
  return {
    clear,
    onStage({ name, done }) {
      const now = performance.now();
      if (done >= 1) {
        clear();
        stdout.write(`  ${name}: ${((now - begun) / 1000).toFixed(1)} s\n`);
        begun = now;
        return;
      }
      if (!drawn || now - lastDraw < REDRAW_MS) return;
      lastDraw = now;
      const filled = Math.round(done * BAR);
      const seconds = ((now - begun) / 1000) * (1 / done - 1);
      clear();
      stdout.write(`${"█".repeat(filled)}${"░".repeat(BAR - filled)}  ${name}, ${seconds.toFixed(1)} s left`);
    },
  };
}
