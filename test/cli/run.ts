/** Runs the command line in this process and gives what it wrote. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../../src/cli/io.ts";
import { main } from "../../src/cli/run.ts";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** @param options.terminal whether there is one, of 80 columns or as many */
export async function run(
  argv: readonly string[],
  options: Partial<Io> & { terminal?: boolean | number } = {},
): Promise<Result> {
  const { terminal, ...io } = options;
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, {
    stdout: {
      write: text => out.push(text),
      isTTY: terminal !== undefined && terminal !== false,
      columns: terminal === true ? 80 : terminal || undefined,
    },
    stderr: { write: text => err.push(text) },
    env: {},
    ...io,
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
}

/** The one object of `--json`; fails on anything else. */
export async function runJson(argv: readonly string[]) {
  const { code, stdout, stderr } = await run([...argv, "--json"]);
  if (code !== 0 || stderr !== "") throw new Error(`exit code ${code}: ${stderr}`);
  if (stdout.indexOf("\n") !== stdout.length - 1) throw new Error("expected one line");
  return JSON.parse(stdout);
}

/** A folder of its own, with what a test needs to make files in it and to see what is there. */
export function makeFolder() {
  const path = mkdtempSync(join(tmpdir(), "cli-test-"));
  return {
    path,
    file: (name: string) => join(path, name),
    write(name: string, content: string | Uint8Array): string {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
    list: () => readdirSync(path).sort(),
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** Two years of days: a yearly wave, a faster one that leads it by a day, and a word. */
export function waves(rows = 800): string {
  const start = Date.UTC(2020, 0, 1);
  const lines = Array.from({ length: rows }, (_, i) => {
    const date = new Date(start + i * 864e5).toISOString().slice(0, 10);
    const value = 10 + 5 * Math.sin((2 * Math.PI * i) / 365.25) + 2 * Math.sin(i / 3);
    const lead = 2 * Math.sin((i + 1) / 3);
    return `${date},${value.toFixed(4)},${lead.toFixed(4)},${i % 3 ? "sun" : "rain"}`;
  });
  return ["date,value,lead,sky", ...lines, ""].join("\n");
}
