/** The benchmark's page runs in browsers, and says what the command line says. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { INSTALL } from "./hosts/host.js";
import { chromium, firefox, webkit } from "./hosts/index.js";

const main = fileURLToPath(new URL("../../bench/browser/main.js", import.meta.url));

it.for([chromium, firefox, webkit])("in $name", { timeout: 120_000 }, async ({ name, installed }, { skip }) => {
  if (!installed()) skip(`${name} is not installed: ${INSTALL}`);
  const argv = [main, "--headless", "--browser", name.toLowerCase(), "--only", "sequence50,streams", "--time", "1"];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  expect(stdout).toMatch(new RegExp(`^${name} [\\d.]+, one thread$`, "m"));
  expect(stdout).toMatch(/^workload +what +median ms +min ms +GFLOP\/s +% of peak$/m);
  expect(stdout.match(/^(sequence50|stream\d+) /gm)).toHaveLength(8);
  expect(stdout).toMatch(/^sequence50 +training step +[\d.]+ +[\d.]+ +[\d.]+ +\*?\d+$/m);
  expect(stdout).toMatch(/^peak: \d+\.\d GFLOP\/s/m);
});

it("says what browsers there are", async () => {
  const run = promisify(execFile)(process.execPath, [main, "--headless", "--browser", "opera"]);
  await expect(run).rejects.toThrow('--browser: expected chromium, firefox or webkit, got "opera"');
});
