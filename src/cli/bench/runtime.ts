/** What a measurement was made in. */
import { cpus } from "node:os";
import { runtimeName } from "./runtimeName.ts";

export interface Machine {
  cpu: string;
  runtime: string;
}

export function machine(): Machine {
  return { cpu: cpus()[0]?.model ?? "unknown", runtime: runtimeName() };
}
