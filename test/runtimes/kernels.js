// node test/runtimes/kernels.js: all tests of kernels, test/assembly, in engines other than that of this Node.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bun, node24 } from "./hosts/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

for (const { name, command } of [node24, bun]) {
  console.log(`test/assembly in ${name}`);
  const [file, ...before] = command();
  const { status } = spawnSync(file, [...before, "node_modules/vitest/vitest.mjs", "run", "test/assembly"], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TEST_RUNTIME: name },
  });
  if (status !== 0) process.exitCode = 1;
}
