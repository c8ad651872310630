// A script and all that it imports as one file, which every runtime can import.
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/**
 * Bundles a script.
 *
 * @param {URL} script
 * @returns {Promise<string>} the path of the bundle
 */
export async function bundle(script) {
  const input = fileURLToPath(script);
  const name = basename(input, extname(input));
  const file = fileURLToPath(new URL(`../../build/runtimes/${name}.js`, import.meta.url));
  await build({
    input,
    platform: "neutral",
    // Helpers that scripts share with tests import it for the tests.
    external: "vitest",
    treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
    logLevel: "warn",
    output: { file },
  });
  return file;
}
