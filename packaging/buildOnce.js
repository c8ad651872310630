// Builds a fresh checkout, and nothing where dist/ is there: `npm ci` builds nothing, so that installing the package runs no script.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

if (!existsSync(new URL("../dist/index.d.ts", import.meta.url))) {
  process.exitCode = spawnSync("npm run build", { shell: true, stdio: "inherit" }).status ?? 1;
}
