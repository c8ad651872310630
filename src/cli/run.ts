/** The command line: which command, its arguments, and what happens to errors. */
import { readFileSync } from "node:fs";
import { inspect as inspectError } from "node:util";
import { closest } from "../closest.ts";
import { describe } from "../ndarray.ts";
import { benchCommand } from "./benchOptions.ts";
import { convertCommand } from "./convertOptions.ts";
import { CliError } from "./error.ts";
import { evaluate, evaluateCommand } from "./evaluate.ts";
import { plain } from "./format.ts";
import { inspect, inspectCommand } from "./inspect.ts";
import { type Io, print, printJson, say } from "./io.ts";
import { type Args, type Command, commandHelp, parseCommand } from "./options.ts";
import { predict, predictCommand } from "./predict.ts";
import { columnsOf } from "./tables.ts";
import { train } from "./train.ts";
import { trainCommand } from "./trainOptions.ts";

type Run = (args: Args, io: Io) => Promise<number>;

/** Loaded on demand: no other command needs it. */
async function bench(args: Args, io: Io): Promise<number> {
  return (await import("./bench.ts")).bench(args, io);
}

async function convert(args: Args, io: Io): Promise<number> {
  return (await import("./convert.ts")).convert(args, io);
}

const COMMANDS: readonly (readonly [Command, Run])[] = [
  [trainCommand, train],
  [predictCommand, predict],
  [evaluateCommand, evaluate],
  [inspectCommand, inspect],
  [convertCommand, convert],
  [benchCommand, bench],
];

/**
 * Runs a command.
 *
 * @param argv what follows the program's name
 * @param io where output goes
 * @returns the exit code: 0, 1 after bad input, which with --json is an object on standard output too, 130 after Ctrl-C
 * @example await main(["inspect", "model.safetensors"], { stdout: process.stdout, stderr: process.stderr, env: {} })
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const message = plain(text.replace(/\s*\n\s*/g, " "));
    if (io.stdout.isTTY) io.stdout.write("\r\x1b[2K"); // the progress bar, if there is one
    if (argv.includes("--json")) printJson(io, { command: argv[0], error: { message } });
    io.stderr.write(`wasm-lstm: ${message}\n`);
    if (io.env.WASM_LSTM_DEBUG) io.stderr.write(`${inspectError(error)}\n`);
    return 1;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === "help" && rest.length > 0) {
    print(io, commandHelp(commandOf(rest[0])[0], columnsOf(io)));
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    say(io, help());
    return 0;
  }
  if (name === "--version" || name === "-v") {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    print(io, version);
    return 0;
  }
  const [command, run] = commandOf(name);
  const args = parseCommand(command, rest);
  if (args !== "help") return run(args, io);
  print(io, commandHelp(command, columnsOf(io)));
  return 0;
}

function commandOf(name: string): readonly [Command, Run] {
  const entry = COMMANDS.find(([command]) => command.name === name);
  if (entry) return entry;
  const names = COMMANDS.map(([command]) => command.name);
  const meant = closest(name, names);
  const hint = meant === undefined ? "" : ` did you mean ${meant}?`;
  throw new CliError(`unknown command ${describe(name)};${hint} expected one of ${names.join(", ")}, or --help`);
}

function help(): string {
  const width = Math.max(...COMMANDS.map(([{ name }]) => name.length));
  const lines = COMMANDS.map(([{ name, summary }]) => `  ${name.padEnd(width)}  ${summary.split("\n")[0]}`);
  return [
    "usage: wasm-lstm <command> [options]",
    "",
    ...lines,
    "",
    "wasm-lstm help <command>, or <command> --help, tells about its options, wasm-lstm --version the version.",
    "Environment: NO_COLOR=1 for no colours, WASM_LSTM_DEBUG=1 to see where an error comes from.",
  ].join("\n");
}
