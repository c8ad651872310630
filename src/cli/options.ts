/** Options of a command: one list from which the arguments are read and the help is written. */
import { parseArgs } from "node:util";
import { closest } from "../closest.ts";
import { describe } from "../ndarray.ts";
import { CliError } from "./error.ts";
import { wrapped } from "./io.ts";

export interface Option {
  /** Without the dashes */
  name: string;
  /** What stands for the value in the help; a flag has none */
  value?: string;
  help: string;
  /** What others call it */
  others?: readonly string[];
}

export interface Command {
  name: string;
  /** Names of the arguments that must be given */
  positionals: readonly string[];
  summary: string;
  options: readonly Option[];
}

const COMMON: readonly Option[] = [
  { name: "json", help: "print one JSON object, for machines" },
  { name: "help", help: "print this help" },
];

/** The arguments of one call. */
export class Args {
  readonly #values: ReadonlyMap<string, string | true>;
  readonly positionals: readonly string[];

  constructor(values: ReadonlyMap<string, string | true>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === true ? undefined : value;
  }

  /** A whole number in [min, max], if given. */
  integer(name: string, min: number, max: number): number | undefined {
    const value = this.#number(name, /^\d+$/);
    if (value === undefined || (value >= min && value <= max)) return value;
    throw this.#bad(name, `a whole number from ${min} to ${max}`);
  }

  /** A number in (low, high], if given. */
  number(name: string, low: number, high: number): number | undefined {
    const value = this.#number(name, /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i);
    // What float32 takes for 0 is none.
    if (value === undefined || (Math.fround(value) > low && value <= high)) return value;
    throw this.#bad(name, `a number above ${low}, at most ${high}`);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined || choices.includes(value as T)) return value as T | undefined;
    throw this.#bad(name, `one of ${choices.join(", ")}`);
  }

  #number(name: string, form: RegExp): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return form.test(text) ? Number(text) : NaN;
  }

  #bad(name: string, expected: string): CliError {
    return new CliError(`--${name}: expected ${expected}, got ${describe(this.text(name))}`);
  }
}

/**
 * Reads the arguments of a command.
 *
 * @param argv what follows the command's name
 * @returns the arguments, or "help"
 * @throws CliError for an option that is not known, lacks its value, or for too many or too few arguments
 */
export function parseCommand(command: Command, argv: readonly string[]): Args | "help" {
  const known = [...command.options, ...COMMON];
  const more = `see wasm-lstm ${command.name} --help`;
  const types = known.map(({ name, value }) => [name, { type: value ? "string" : "boolean" }] as const);
  // Not strict: the messages of strict mode have several lines and name no command.
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(types), h: { type: "boolean" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (token.rawName === "-h" || token.name === "help") return "help";
    const option = known.find(({ name }) => token.rawName === `--${name}`);
    if (!option) throw unknownOption(token.rawName, known, more);
    if (option.value) {
      const missing = token.value === undefined || token.value === "";
      if (missing || (!token.inlineValue && token.value.startsWith("--"))) {
        throw new CliError(`--${option.name}: expected a value, as in --${option.name} ${option.value}; ${more}`);
      }
    } else if (token.value !== undefined) {
      throw new CliError(`--${option.name}: takes no value, got ${describe(token.value)}; ${more}`);
    }
    values.set(option.name, token.value ?? true);
  }
  const missing = command.positionals[positionals.length];
  if (missing) throw new CliError(`expected ${missing}: ${usage(command)}`);
  if (positionals.length > command.positionals.length) {
    throw new CliError(`unexpected argument ${describe(positionals[command.positionals.length])}: ${usage(command)}`);
  }
  return new Args(values, positionals);
}

function unknownOption(given: string, known: readonly Option[], more: string): CliError {
  const word = given.replace(/^-+/, "");
  const other = known.find(({ others }) => others?.includes(word))?.name;
  const meant =
    other ??
    closest(
      word,
      known.map(({ name }) => name),
    );
  return new CliError(
    `unknown option ${describe(given)};${meant === undefined ? "" : ` did you mean --${meant}?`} ${more}`,
  );
}

function usage({ name, positionals }: Command): string {
  return ["wasm-lstm", name, ...positionals.map(positional => `<${positional}>`), "[options]"].join(" ");
}

/** Columns that are left for what options do, or it stands below them */
const HELP = 36;

/**
 * The help of a command.
 *
 * @param columns of the terminal; undefined: lines are as long as they are
 */
export function commandHelp(command: Command, columns = Number.POSITIVE_INFINITY): string {
  const rows = [...command.options, ...COMMON].map(
    ({ name, value, help }) => [`--${name}${value ? ` ${value}` : ""}`, help] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  const below = columns - width - 4 < HELP;
  const lines = rows.flatMap(([left, help]) =>
    below
      ? [`  ${left}`, ...wrapped(`      ${help}`, columns, 0)]
      : wrapped(`  ${left.padEnd(width)}  ${help}`, columns, width + 2),
  );
  const summary =
    command.summary.length > columns
      ? wrapped(command.summary.replace(/\n/g, " "), columns, 0).join("\n")
      : command.summary;
  return [...wrapped(`usage: ${usage(command)}`, columns), "", summary, "", ...lines].join("\n");
}
