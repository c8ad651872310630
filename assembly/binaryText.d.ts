/** See binaryText.js. */
export function textOf(bytes: Uint8Array): string;
