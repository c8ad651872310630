/** What a command sees of the outside: two streams, and how the user interrupts it. */

import { isAsciiOnly } from "../curves/terminal.ts";

export interface Writer {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface Io {
  stdout: Writer;
  stderr: Writer;
  env: Record<string, string | undefined>;
  /** From now on Ctrl-C aborts the signal instead of ending the process. */
  interrupt?(): AbortSignal;
}

/** Whether colours may be used on standard output. */
export function hasColors({ stdout, env }: Io): boolean {
  return stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Whether charts are to be drawn with ASCII alone. */
export function isAscii({ stdout, env }: Io): boolean {
  return stdout.isTTY === true && isAsciiOnly(env, process.platform);
}

const ASCII: Readonly<Record<string, string>> = { "─": "-", "█": "#", "░": ".", "…": "...", "²": "^2" };

/** Lines, bars and dots of our own as the terminal can show them; what a table says stays. */
export function shown(io: Io, text: string): string {
  return isAscii(io) ? text.replace(/[─█░…²]/g, glyph => ASCII[glyph]) : text;
}

/** Writes one line, or several. */
export function print(io: Io, text = ""): void {
  io.stdout.write(`${shown(io, text)}\n`);
}

/** Of the objects that `--json` prints: what is there stays, more may come. */
const VERSION = 1;

/** Writes the one object that `--json` promises. */
export function printJson(io: Io, value: object): void {
  print(io, JSON.stringify({ version: VERSION, ...value }));
}
