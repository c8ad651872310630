const said = new Set<string>();

/**
 * A line on the console, the first time only.
 *
 * @param about what makes two lines the same; default the text
 */
export function warnOnce(text: string, about = text): void {
  if (said.has(about)) return;
  said.add(about);
  console.warn(`wasm-lstm: ${text}`);
}
