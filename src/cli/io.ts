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

/** Writes sentences: in a terminal no line is broken within a word. */
export function say(io: Io, text: string): void {
  const { isTTY, columns } = io.stdout;
  print(
    io,
    isTTY && columns
      ? text
          .split("\n")
          .flatMap(line => wrapped(line, columns))
          .join("\n")
      : text,
  );
}

/**
 * A line in lines of at most so many letters, if its words allow it.
 *
 * @param more how far those after the first stand to the right of it
 */
export function wrapped(line: string, most: number, more = 2): string[] {
  const indent = `${/^ */.exec(line)?.[0]}${" ".repeat(more)}`;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > most) {
    const near = rest.lastIndexOf(" ", most);
    // A word that is longer than a line stays whole: paths are to be copied.
    const at = near > indent.length ? near : rest.indexOf(" ", /[^ ]/.exec(rest)?.index);
    if (at < 0) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest];
}

/** Of the objects that `--json` prints: what is there stays, more may come. */
const VERSION = 1;

/** Writes the one object that `--json` promises. */
export function printJson(io: Io, value: object): void {
  print(io, JSON.stringify({ version: VERSION, ...value }));
}
