/** Progress: a line for each stage of a fit that is done, and in a terminal a bar below them. */
import type { Stage } from "../forecast/index.ts";
import { type Io, say, shown } from "./io.ts";

const BAR = 24;
const SHORTEST = 4;
const REDRAW_MS = 80;

/** A bar in a terminal, and nothing where there is none. */
export function drawBar(io: Io): { draw: (text: string, done: number) => void; clear: () => void } {
  const { stdout } = io;
  const drawn = stdout.isTTY === true;
  const clear = () => drawn && stdout.write("\r\x1b[2K");
  return {
    clear,
    draw(text, done) {
      if (!drawn) return;
      // A line that is broken could not be cleared: a shorter bar, or none.
      const columns = (stdout.columns || 80) - 1;
      const room = Math.min(BAR, columns - text.length - 2);
      const filled = Math.round(done * room);
      clear();
      if (room < SHORTEST) stdout.write(shown(io, text.slice(0, columns)));
      else stdout.write(shown(io, `${"█".repeat(filled)}${"░".repeat(room - filled)}  ${text}`));
    },
  };
}

export function progress(io: Io): { onStage: (stage: Stage) => void; clear: () => void } {
  const { draw, clear } = drawBar(io);
  let begun = performance.now();
  let lastDraw = 0;
  return {
    clear,
    onStage({ name, done }) {
      const now = performance.now();
      if (done >= 1) {
        clear();
        say(io, `  ${name}: ${((now - begun) / 1000).toFixed(1)} s`);
        begun = now;
        return;
      }
      if (now - lastDraw < REDRAW_MS) return;
      lastDraw = now;
      const seconds = ((now - begun) / 1000) * (1 / done - 1);
      draw(`${name}, ${seconds.toFixed(1)} s left`, done);
    },
  };
}
