/** What runs this: "Node 20.20.2", "Deno 2.9.6", "Bun 1.4.5", "Firefox 153.0". */

/** Browsers by what they say of themselves; the later ones also call themselves by the names of the earlier. */
const BROWSERS = [
  ["Firefox", /Firefox\/([\d.]+)/],
  ["Chromium", /Chrome\/(\d+)/],
  ["WebKit", /AppleWebKit\/([\d.]+)/],
] as const;

/** Deno and Bun also say that they are Node, so they are asked first. */
export function runtimeName(): string {
  const { Deno, Bun } = globalThis as { Deno?: { version: { deno: string } }; Bun?: { version: string } };
  if (Deno) return `Deno ${Deno.version.deno}`;
  if (Bun) return `Bun ${Bun.version}`;
  if (globalThis.process?.versions?.node) return `Node ${process.versions.node}`;
  const agent = globalThis.navigator?.userAgent ?? "";
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(agent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return agent || "unknown";
}
