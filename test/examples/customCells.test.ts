/** The worked examples of cells of one's own: they run, and learn what they claim to. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((...parts) => void lines.push(parts.join(" ")));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const run = (name: string) => import(new URL(`../../examples/custom-cells/${name}.js`, import.meta.url).href);

it("gated-relu continues a wave", async () => {
  const { error, change } = await run("gated-relu");
  expect(change).toBeGreaterThan(0.2);
  expect(error).toBeLessThan(change / 4);
  expect(lines.join()).toContain("validation error");
});

it("three-maps tells languages apart", async () => {
  const { accuracy, right } = await run("three-maps");
  expect(accuracy).toBeGreaterThan(0.95);
  expect(right).toBeGreaterThanOrEqual(9);
});

it("elman recites", async () => {
  const { text, wanted } = await run("elman");
  expect(text).toBe(wanted);
});
