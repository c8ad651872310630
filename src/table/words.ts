/** Columns of words, among them those of yes and no. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import type { Marks } from "./marks.ts";

const PAIRS = [
  "true false",
  "yes no",
  "y n",
  "t f",
  "on off",
  "ja nein",
  "oui non",
  "si no",
  "wahr falsch",
  "vrai faux",
].map(pair => pair.split(" "));

/** Different words that are counted at most */
const MOST = 10_000;

/** The different words of a column and how often each comes, missing ones left out. */
export function countWords(body: Body, column: number, marks: Marks): Map<string, number> {
  const words = new Map<string, number>();
  for (let row = 0; row < body.length; row++) {
    const cell = body.at(row, column);
    if (marks.has(cell)) continue;
    const count = words.get(cell);
    if (count !== undefined || words.size < MOST) words.set(cell, (count ?? 0) + 1);
  }
  return words;
}

/** The words for yes and no that a column has; undefined where it has any other. */
export function yesAndNo(words: ReadonlyMap<string, number>): [yes: string, no: string] | undefined {
  const lower = [...new Set([...words.keys()].slice(0, 20).map(word => word.toLowerCase()))];
  if (words.size > 20) return undefined;
  const pair = PAIRS.find(each => lower.every(word => each.includes(word)));
  return pair && lower.length > 0 ? [pair[0], pair[1]] : undefined;
}

/** "5 different words, such as "rain"" */
export function showWords(words: ReadonlyMap<string, number>): string {
  const [first] = words.keys();
  const many = words.size >= MOST ? `${MOST} or more` : String(words.size);
  return words.size === 1 ? `the word ${describe(first)}` : `${many} different words, such as ${describe(first)}`;
}
