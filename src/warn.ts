const said = new Set<string>();

/** A line on the console, the first time only. */
export function warnOnce(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  console.warn(`wasm-lstm: ${text}`);
}
