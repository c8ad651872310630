/** Binaries as text, as assembly/binaryText.js writes them: gzipped they are as small as the bytes themselves. */
const LETTERS = 89;
/** So many of the letters are the first of two. */
const ESCAPES = 2;
const SINGLES = LETTERS - ESCAPES;

/** The bytes again. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const places = new Uint8Array(128);
  for (let i = 0; i < LETTERS; i++) places[text.charCodeAt(i)] = i;
  const begin = LETTERS + 2 * 256;
  const byRank = Uint8Array.from({ length: 256 }, (_, rank) =>
    Number.parseInt(text.slice(LETTERS + 2 * rank, LETTERS + 2 * rank + 2), 16),
  );
  const bytes = new Uint8Array(text.length - begin);
  let size = 0;
  for (let i = begin; i < text.length; i++) {
    const place = places[text.charCodeAt(i)];
    const rank = place < ESCAPES ? SINGLES + place * LETTERS + places[text.charCodeAt(++i)] : place - ESCAPES;
    bytes[size++] = byRank[rank];
  }
  return bytes.slice(0, size);
}
