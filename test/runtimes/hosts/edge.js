// Edge runtimes: they compile no WebAssembly, so that the package is resolved by their conditions, and its .wasm files come along.
import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { inModules } from "./command.js";
import { INSTALL } from "./host.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** The file that a condition finds for a name of the package. @param {string} name @param {string} condition */
const fileOf = (name, condition) => resolve(root, manifest.exports[name.replace("wasm-lstm", ".")][condition]);

/**
 * A program that imports the package by its names as one file, and the .wasm files that it imports.
 *
 * @param {string} script
 * @param {string} condition
 * @param {"esm" | "iife"} format iife: modules are given in a global variable, by the names of their files
 */
async function bundle(script, condition, format) {
  /** @type {Map<string, string>} */
  const modules = new Map();
  const resolveId = (/** @type {string} */ id, /** @type {string | undefined} */ importer) => {
    if (/^wasm-lstm(\/|$)/.test(id)) return fileOf(id, condition);
    if (!id.endsWith(".wasm?module")) return null;
    const file = resolve(importer ?? "", "..", id.replace("?module", ""));
    modules.set(basename(file), file);
    return format === "esm" ? { id: `./${basename(file)}`, external: true } : `\0${basename(file)}`;
  };
  const load = (/** @type {string} */ id) =>
    id.startsWith("\0") ? `export default globalThis.MODULES[${JSON.stringify(id.slice(1))}];` : null;
  const { output } = await build({
    input: script,
    platform: "neutral",
    plugins: [{ name: "package", resolveId, load }],
    write: false,
    output: { format, name: "script", exports: "named", minify: true },
  });
  return { code: output[0].code, modules };
}

/** @param {string} name of a package in node_modules @returns {Promise<any>} */
const inFolder = name =>
  import(inModules(`${name}/${JSON.parse(readFileSync(inModules(`${name}/package.json`), "utf8")).main}`));

/** Cloudflare's runtime. */
export const workerd = {
  name: "workerd",
  installed: () => existsSync(inModules("miniflare")),
  /** Runs the default export of a script, as bundlers of this platform would have it. @param {string} script @param {object} options */
  async run(script, options = {}) {
    if (!this.installed()) throw new Error(`${this.name} is not installed: ${INSTALL}`);
    const { code, modules } = await bundle(script, "workerd", "esm");
    const main = `import run from "./script.js";
      export default { fetch: async request => Response.json(await run(await request.json())) };`;
    const { Miniflare } = await inFolder("miniflare");
    const miniflare = new Miniflare({
      compatibilityDate: "2026-04-01",
      modules: [
        { type: "ESModule", path: "main.js", contents: main },
        { type: "ESModule", path: "script.js", contents: code },
        ...[...modules].map(([path, file]) => ({ type: "CompiledWasm", path, contents: readFileSync(file) })),
      ],
    });
    try {
      const response = await miniflare.dispatchFetch("http://localhost/", {
        method: "POST",
        body: JSON.stringify(options),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return JSON.parse(text);
    } finally {
      await miniflare.dispose();
    }
  },
};

/** Vercel's runtime and Next's, with code generation off as in production: modules come from another realm. */
export const edgeLight = {
  name: "edge-light",
  installed: () => existsSync(inModules("@edge-runtime/vm")),
  /** @param {string} script @param {object} options */
  async run(script, options = {}) {
    if (!this.installed()) throw new Error(`${this.name} is not installed: ${INSTALL}`);
    const { code, modules } = await bundle(script, "edge-light", "iife");
    const compiled = [...modules].map(([name, file]) => [name, new WebAssembly.Module(readFileSync(file))]);
    const { EdgeVM } = await inFolder("@edge-runtime/vm");
    const vm = new EdgeVM({
      codeGeneration: { strings: false, wasm: false },
      extend: (/** @type {object} */ context) =>
        Object.assign(context, { MODULES: Object.fromEntries(compiled), MessageChannel: undefined }),
    });
    vm.evaluate(`${code}; globalThis.run = script.default;`);
    return JSON.parse(JSON.stringify(await vm.evaluate(`run(${JSON.stringify(options)})`)));
  },
};
