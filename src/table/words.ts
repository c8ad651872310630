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
  "sí no",
  "sim não",
  "ja nee",
  "j n",
  "vero falso",
  "verdadero falso",
  "verdadeiro falso",
  "waar onwaar",
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

/** 1 for yes, 0 for no, of any of the languages, or a number; undefined for another word. */
export function yesOrNo(word: string): 0 | 1 | undefined {
  const lower = word.toLowerCase();
  if (lower === "1" || lower === "0") return lower === "1" ? 1 : 0;
  const pair = PAIRS.find(each => each.includes(lower));
  return pair && (lower === pair[0] ? 1 : 0);
}

/** More different words say too little each, as do those that come in few rows. */
const MOST_LEARNED = 20;
const LEAST_ROWS = 5;

/** The words of a column, sorted, if they are few enough to be learned from; else why they are not. */
export function fewWords(words: ReadonlyMap<string, number>, rows: number): readonly string[] | string {
  if (words.size === 1) return showWords(words);
  if (words.size > MOST_LEARNED) return `${showWords(words)}: more than the ${MOST_LEARNED} that are learned from`;
  if (words.size * LEAST_ROWS > rows) return `${showWords(words)}, in ${rows} rows: too few of each`;
  return [...words.keys()].sort();
}

/** "5 different words, such as "rain"" */
export function showWords(words: ReadonlyMap<string, number>): string {
  const [first] = words.keys();
  const many = words.size >= MOST ? `${MOST} or more` : String(words.size);
  return words.size === 1 ? `the word ${describe(first)}` : `${many} different words, such as ${describe(first)}`;
}
