/** `npm run fuzz -- [minutes] [seed]`: the properties of this folder for long, each for so many minutes (60), from a new seed. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [minutes = "60", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
if (!(Number(minutes) > 0) || !Number.isInteger(Number(seed))) {
  console.error("usage: npm run fuzz -- [minutes] [seed]");
  process.exit(1);
}
console.log(`${minutes} minutes a property, seed ${seed}; a failure prints the seed and path to repeat it`);
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/fuzz"], {
  stdio: "inherit",
  env: { ...process.env, FUZZ_MINUTES: minutes, FUZZ_SEED: seed },
});
process.exit(status ?? 1);
