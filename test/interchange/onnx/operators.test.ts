/** What docs/from-onnx.md says of operators: which a bundle reads by itself, and which with `wasm-lstm/operators`. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { handlerOf } from "../../../src/interchange/onnx/handlers.ts";

const page = readFileSync(new URL("../../../docs/from-onnx.md", import.meta.url), "utf8");
const namesIn = (text: string): string[] => text.match(/\b[A-Z][A-Za-z0-9]+\b/g) ?? [];
const between = (from: string, to: string): string => {
  const start = page.indexOf(from) + from.length;
  return page.slice(start, page.indexOf(to, start));
};

it("the page and the code know the same operators", async () => {
  const own = namesIn(between("maximum or sum: ", "of constants"));
  const all = namesIn(between("Also read: ", "of constants"));
  expect(own.length).toBeGreaterThan(40);
  for (const name of own) expect(() => handlerOf(name), name).not.toThrow();
  const others = all.filter(name => !own.includes(name));
  expect(others.length).toBeGreaterThan(35);
  for (const name of others) expect(() => handlerOf(name), name).toThrow('import "wasm-lstm/operators" too');
  await import("../../../src/interchange/operators.ts");
  for (const name of all) expect(() => handlerOf(name), name).not.toThrow();
  let message = "";
  try {
    handlerOf("NonZero");
  } catch (error) {
    message = (error as Error).message;
  }
  const known = namesIn(message.split("with those that are: ")[1]);
  expect(known.length).toBeGreaterThan(85);
  const told = new Set(namesIn(page));
  expect(known.filter(name => !told.has(name))).toEqual([]);
});
