/** What a measurement was made in. */
import { cpus } from "node:os";

export interface Machine {
  cpu: string;
  /** "Node 20.20.2", "Deno 2.9.6", "Bun 1.4.5" */
  runtime: string;
}

/** Deno and Bun also say that they are Node, so they are asked first. */
export function machine(): Machine {
  const { Deno, Bun } = globalThis as { Deno?: { version: { deno: string } }; Bun?: { version: string } };
  const runtime = Deno ? `Deno ${Deno.version.deno}` : Bun ? `Bun ${Bun.version}` : `Node ${process.versions.node}`;
  return { cpu: cpus()[0]?.model ?? "unknown", runtime };
}
