/** Classes of a column: of words, of yes and no, or of a few numbers. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { yesOrNo } from "../table/words.ts";
import { warnOnce } from "../warn.ts";

/** Different numbers that may be classes */
const MOST = 20;

/** Whether a column is forecast as classes unless told otherwise: it holds words, or yes and no. */
export function holdsClasses(table: Table, name: string): boolean {
  const { kind } = table.column(name);
  return kind === "boolean" || kind === "words";
}

/**
 * The classes of a column, sorted; of yes and no in this order: no, yes.
 *
 * @throws RangeError where there is one alone, or there are too many
 */
export function classesOf(table: Table, target: string, option = (name: string) => name): string[] {
  const { kind, words, unused } = table.column(target);
  const refuse = (why: string) =>
    new RangeError(`${option("target")}: column ${describe(target)} has no classes that can be learned: ${why}`);
  if (words) return [...words];
  if (kind === "words") throw refuse(unused ?? "it holds other cells than words");
  const cells = table.words(target).filter(cell => cell !== null);
  if (kind === "boolean") {
    const [no, yes] = ([0, 1] as const).map(which => cells.find(cell => yesOrNo(cell) === which));
    if (no === undefined || yes === undefined) throw refuse(`it is always ${describe(cells[0])}`);
    return [no, yes];
  }
  const numbers = [...new Set(table.numbers(target))].filter(value => !Number.isNaN(value)).sort((a, b) => a - b);
  if (numbers.length < 2) throw refuse(`it is always ${numbers[0]}`);
  if (numbers.length > MOST)
    throw refuse(`it has ${numbers.length} different numbers, more than the ${MOST} that are learned`);
  return numbers.map(String);
}

/** For each row the number of its class; NaN where it is missing, or a class that was not learned, which is said. */
export function classNumbers(table: Table, target: string, classes: readonly string[]): Float64Array {
  const places = new Map(classes.map((name, i) => [name, i]));
  const { kind, values } = table.column(target);
  const cells =
    kind === "number" && values
      ? Array.from(values, value => (Number.isNaN(value) ? null : String(value)))
      : table.words(target);
  const isPair = classes.length === 2 && yesOrNo(classes[0]) === 0 && yesOrNo(classes[1]) === 1;
  return Float64Array.from(cells, cell => {
    if (cell === null) return Number.NaN;
    const place = places.get(cell) ?? (isPair ? yesOrNo(cell) : undefined);
    if (place !== undefined) return place;
    warnOnce(
      `column ${describe(target)}: ${describe(cell)} is no class that has been learned; such rows are not scored`,
    );
    return Number.NaN;
  });
}
