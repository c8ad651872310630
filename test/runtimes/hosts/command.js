// Runtimes that are started by a command and print.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { INSTALL } from "./host.js";

/** What npm brings is for this platform alone. */
const linux = process.platform === "linux" && process.arch === "x64";
const runner = new URL("runner.js", import.meta.url).pathname;

/** A file of the packages in test/runtimes. @param {string} path */
export const inModules = path => new URL(`../node_modules/${path}`, import.meta.url).pathname;

/**
 * A runtime on the command line.
 *
 * @param {string} name
 * @param {string} file the program
 * @param {{ before?: string[], needs?: string[] }} [more] arguments before those of a script; files that must be there too
 * @returns {import("./host.js").CommandHost}
 */
export function commandHost(name, file, { before = [], needs = [] } = {}) {
  const installed = () => file === process.execPath || (linux && [file, ...needs].every(path => existsSync(path)));
  const command = () => {
    if (!installed()) throw new Error(`${name} is not installed: ${INSTALL}`);
    return [file, ...before];
  };
  return {
    name,
    installed,
    command,
    async run(script, options = {}, { seconds = 300 } = {}) {
      const [program, ...argv] = [...command(), runner, resolve(script), JSON.stringify(options)];
      const { stdout } = await promisify(execFile)(program, argv, { maxBuffer: 2 ** 26, timeout: 1000 * seconds });
      return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "").value;
    },
  };
}
