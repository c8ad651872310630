/** Texts into tokens, and back. */

/** How a text falls into tokens. */
export interface Splitting {
  level: "words" | "characters";
  lower: boolean;
  punctuation: boolean;
}

const LETTER = "[\\p{L}\\p{M}\\p{N}_]";
/** Letters and digits, with what may stand between them ("don't", "well-known", "3.5"); or one emoji. */
const WORD = `${LETTER}+(?:['’\\-]${LETTER}+|[.,]\\p{N}+)*|\\p{Extended_Pictographic}[\\p{M}\\p{Emoji_Modifier}\\u200d\\p{Extended_Pictographic}]*`;
const WORDS = new RegExp(WORD, "gu");
const WORDS_AND_MARKS = new RegExp(`${WORD}|\\S`, "gu");

/**
 * The tokens of a text, in composed form (NFC): "é" is one character however it was typed, and no character is cut in two.
 */
export function split(text: string, { level, lower, punctuation }: Splitting): string[] {
  const composed = (lower ? text.toLowerCase() : text).normalize("NFC");
  if (level === "characters") return [...composed];
  return composed.match(punctuation ? WORDS_AND_MARKS : WORDS) ?? [];
}

const CLOSES = /^[.,!?;:…%)\]}»”’]$/;
const OPENS = /^[([{«“¿¡]$/;

/** What stands between two tokens. */
export function gap(before: string, token: string, { level }: Splitting): string {
  return level === "characters" || CLOSES.test(token) || OPENS.test(before) ? "" : " ";
}
