// The package as npm would bring it, in a folder with programs that use it.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));
const run = promisify(execFile);

/**
 * Packs what is built, and unpacks it where programs find it by its name.
 *
 * @param {string} name of the folder, in build/
 * @returns {Promise<string>} the folder, which has copies of the programs of this one
 */
export async function makeProject(name) {
  const folder = join(root, "build", name);
  const home = join(folder, "node_modules/wasm-lstm");
  await rm(folder, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout);
  await run("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", home]);
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await writeFile(join(folder, "tsconfig.json"), "{}\n"); // else webpack finds that of this checkout, and the sources by it
  for (const file of await readdir(here)) {
    if (/^(app|body|first|program)\./.test(file)) await copyFile(join(here, file), join(folder, file));
  }
  return folder;
}
