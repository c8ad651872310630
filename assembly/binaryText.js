// Bytes as text in a source file, for src/engine/binaryText.ts to read back. The frequent bytes are one letter each, the
// others two: no longer than the bytes by a few percent, and a gzipped text is as small as the gzipped bytes, of which
// base64 makes half as many again, since it puts parts of two bytes into a letter.

// ASCII, without what an HTML page, a quote or a template could take for its own.
const LETTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(c => !"\"'`$\\<".includes(c));
// As first of two letters.
const ESCAPES = 2;

/**
 * @param {Uint8Array | number[]} bytes whose frequencies count
 * @returns {string} an alphabet: the letters, then the bytes in the order of their frequency as hex
 */
export function alphabetFor(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  return LETTERS.join("") + order.map(byte => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Uint8Array | number[]} bytes
 * @param {string} alphabet that `alphabetFor` made
 * @returns {string} the bytes as text
 */
export function textOf(bytes, alphabet) {
  const singles = LETTERS.length - ESCAPES;
  const words = new Map(
    alphabet
      .slice(LETTERS.length)
      .match(/../g)
      .map((hex, rank) => {
        const rest = rank - singles;
        const pair = LETTERS[Math.floor(rest / LETTERS.length)] + LETTERS[rest % LETTERS.length];
        return [Number.parseInt(hex, 16), rank < singles ? LETTERS[ESCAPES + rank] : pair];
      }),
  );
  return Array.from(bytes, byte => words.get(byte)).join("");
}
