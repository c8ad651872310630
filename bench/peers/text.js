/** English text as token ids. */
import { readFileSync } from "node:fs";

/**
 * Words and punctuation marks, numbered by how often they occur (0 the most frequent; all that the vocabulary has no
 * room for share its last id), cut into samples that lie evenly over the text, as a shuffled batch would.
 *
 * @param {string} file any plain text of at least N·T tokens
 * @param {number} N samples
 * @param {number} T tokens in a sample
 * @param {number} V size of the vocabulary
 * @returns {{ ids: Int32Array, distinct: number }} ids [N, T] and how many different ones there are
 * @throws RangeError when the text is too short
 */
export function readTokens(file, N, T, V) {
  const tokens =
    readFileSync(file, "utf8")
      .toLowerCase()
      .match(/[\p{L}\p{N}']+|[^\s\p{L}\p{N}']/gu) ?? [];
  if (tokens.length < N * T) {
    throw new RangeError(`${file}: expected a text of at least ${N * T} tokens, got ${tokens.length}`);
  }
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const ids = new Map(ranked.map(([token], rank) => [token, Math.min(rank, V - 1)]));
  const stride = N > 1 ? Math.floor((tokens.length - T) / (N - 1)) : 0;
  const batch = new Int32Array(N * T);
  for (let n = 0; n < N; n++) {
    for (let t = 0; t < T; t++) batch[n * T + t] = ids.get(tokens[n * stride + t]) ?? 0;
  }
  return { ids: batch, distinct: new Set(batch).size };
}
