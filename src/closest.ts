/** The name that was probably meant: the one with the fewest letters to change, unless that is more than half of them. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const changes = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (changes < fewest && changes <= Math.max(name.length, candidate.length) / 2) {
      best = candidate;
      fewest = changes;
    }
  }
  return best;
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
