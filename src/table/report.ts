/** What a reader says: its guesses, a line each, and its errors, which name the line and the column. */
import { describe } from "../describe.ts";

/** How the caller's options are written, for remedies: `na: ["inf"]`, or on a command line `--na inf`. */
export type ShowOption = (name: string, value: string) => string;

/** Columns of which the same is said, one by one */
const MOST_ALIKE = 5;

export class Report {
  /** What was guessed, replaced or left out */
  readonly notes: string[] = [];
  /** What was found and could be read otherwise */
  readonly found: { decimal?: "." | ","; dateFormat?: string } = {};
  readonly #title: string;
  readonly #showOption: ShowOption;

  /**
   * @param title what errors call the table
   * @param showOption how remedies write an option
   */
  constructor(title: string, showOption: ShowOption) {
    this.#title = title;
    this.#showOption = showOption;
  }

  /** For a part of the table: it notes by itself. */
  part(): Report {
    return new Report(this.#title, this.#showOption);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  /** A line for each of a few columns of which the same is to be said. */
  noteEach(lines: readonly string[]): void {
    for (const line of lines.slice(0, MOST_ALIKE)) this.note(line);
    const more = lines.length - MOST_ALIKE;
    if (more > 0) this.note(`and the same of ${more} more`);
  }

  /** An option with its value, as the caller would write it. */
  option(name: string, value: string): string {
    return this.#showOption(name, value);
  }

  error(text: string, place: { line?: number; column?: string } = {}): RangeError {
    const line = place.line === undefined ? "" : `, line ${place.line}`;
    const column = place.column === undefined ? "" : `, column ${describe(place.column)}`;
    return new RangeError(`${this.#title}${line}${column}: ${text}`);
  }
}
