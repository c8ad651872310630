/** This package. */
import { readFileSync } from "node:fs";
import { ours } from "../../../dist/cli/bench/engine.js";

export function open() {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return { ...ours, versions: { "wasm-lstm": version } };
}
