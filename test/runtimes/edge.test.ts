/** Edge runtimes, which compile no WebAssembly: the package by its names, found by their conditions, does what it does elsewhere. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import run from "./bodies/package.ts";
import { edgeLight, workerd } from "./hosts/edge.js";
import { INSTALL } from "./hosts/host.js";

const script = fileURLToPath(new URL("bodies/package.ts", import.meta.url));

it.for([workerd, edgeLight])("$name trains, saves, loads and streams to the same bits", async (host, { skip }) => {
  if (!host.installed()) skip(`${host.name} is not installed: ${INSTALL}`);
  const expected = await run();
  expect(expected.loaded).toBe(expected.resumed);
  expect(await host.run(script, { threads: 2 })).toEqual(expected);
});
