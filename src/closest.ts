/** The name that was probably meant. */
import { describe } from "./describe.ts";
import { OTHER_NAMES } from "./otherNames.ts";

/** What a name longer than this means, nobody knows, and comparing it takes long. */
const LONGEST = 100;

/** learning_rate, learning-rate, LearningRate: all one. */
const plain = (name: string): string =>
  name
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/[_\s-]/g, "");

/** By the plain name that another library gives it: what we call it, or a sentence where we have no such thing. */
let others: Map<string, string[]> | undefined;

/** Made when the first name is wrong. */
function oursFor(name: string): readonly string[] {
  if (!others) {
    others = new Map();
    for (const [ours, names] of Object.entries(OTHER_NAMES)) {
      for (const other of names.split(" ")) others.set(other, [...(others.get(other) ?? []), ours]);
    }
  }
  return others.get(name) ?? [];
}

/** The same name written otherwise, or by another library; else the one with the fewest letters to change, at most half. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const given = plain(name);
  const ours = oursFor(given);
  const same = candidates.find(candidate => plain(candidate) === given) ?? candidates.find(each => ours.includes(each));
  if (same !== undefined) return same;
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const changes = editDistance(given, other);
    if (changes < fewest && changes <= Math.max(given.length, other.length) / 2) {
      best = candidate;
      fewest = changes;
    }
  }
  return best;
}

/** See `hintFor`. */
export function hint(name: string, candidates: readonly string[]): string {
  const ours = oursFor(plain(name));
  const sentence = ours.find(each => each.includes(" "));
  const known = candidates.some(candidate => ours.includes(candidate) || plain(candidate) === plain(name));
  if (sentence && !known) return `; ${sentence}`;
  const meant = closest(name, candidates);
  return meant === undefined ? "" : `, did you mean ${describe(meant)}?`;
}

/** Levenshtein distance: insertions, deletions and replacements from a to b. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length];
}
