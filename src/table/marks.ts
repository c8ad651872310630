/** What stands in cells for a value that is missing. */

const USUAL = new Set(
  (
    "na n/a n.a. n.d. n/d nd s/d s.d. k.a. k/a #n/a #na <na> nan -nan 1.#qnan nat null (null) nil none undefined missing \\n - -- --- – — . .. ... : ? " +
    "(na) [na] na. n.v. nv tbd _ __ ?? · ∅ n/e nodata no_data (blank) * ** *** #value! #div/0! #ref! #num! #name? #null!"
  )
    .split(" ")
    .concat("no data", "not available", "not applicable", "keine angabe", "keine daten", "sin datos"),
);
const LONGEST = Math.max(...[...USUAL].map(({ length }) => length));

export class Marks {
  readonly #own: ReadonlySet<string>;
  /** Those of the user that are numbers, such as -999 */
  readonly numbers: readonly number[];

  constructor(own: readonly string[]) {
    this.#own = new Set(own);
    this.numbers = own.filter(mark => mark.trim() !== "").map(Number);
  }

  has(cell: string): boolean {
    return cell === "" || this.#own.has(cell) || (cell.length <= LONGEST && USUAL.has(cell.toLowerCase()));
  }
}
