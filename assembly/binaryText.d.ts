/** The alphabet that makes the text of such bytes short. */
export function alphabetFor(bytes: Iterable<number>): string;
/** Bytes as text, for src/engine/binaryText.ts to read back. */
export function textOf(bytes: ArrayLike<number>, alphabet: string): string;
