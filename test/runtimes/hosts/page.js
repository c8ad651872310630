// Browsers: a page runs the script and posts what it returns.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { INSTALL } from "./host.js";
import { serve } from "./serve.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * A browser.
 *
 * @param {string} name
 * @param {string[]} files the program, and files that it needs
 * @param {(where: { profile: string, address: string }) => string[]} argv a profile is an empty folder
 * @returns {import("./host.js").PageHost}
 */
export function pageHost(name, files, argv) {
  const installed = () => files.every(path => existsSync(path));
  /** @param {string} address */
  const visit = address => {
    if (!installed()) throw new Error(`${name} is not installed: ${INSTALL}`);
    const profile = mkdtempSync(join(tmpdir(), "wasm-lstm-"));
    const env = { ...process.env, HOME: profile };
    const browser = spawn(files[0], argv({ profile, address }), { detached: true, stdio: "ignore", env });
    const close = () => {
      process.off("exit", close);
      try {
        process.kill(-Number(browser.pid), "SIGKILL"); // the whole group: browsers are many processes
      } catch {} // it has ended by itself
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    };
    process.on("exit", close);
    return close;
  };
  return {
    name,
    installed,
    visit,
    async run(script, options = {}, { seconds = 300, isolated = true } = {}) {
      const server = await serve(root, { isolated });
      const query = new URLSearchParams({
        script: `/${relative(root, resolve(script))}`,
        options: JSON.stringify(options),
      });
      const timeout = setTimeout(() => server.fail(new Error(`no answer after ${seconds} s`)), 1000 * seconds);
      let close = () => {};
      try {
        close = visit(`${server.address}/test/runtimes/hosts/page.html?${query}`);
        const { value, error } = await server.answer;
        if (error) throw new Error(error);
        return value;
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
      } finally {
        close();
        clearTimeout(timeout);
        server.close();
      }
    },
  };
}
