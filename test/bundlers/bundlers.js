// Bundlers without configuration: each turns the program of a page, app.html with app.js, into a folder that a server can hand out.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const modules = fileURLToPath(new URL("node_modules/", import.meta.url));
const bun = fileURLToPath(new URL("../runtimes/node_modules/@oven/bun-linux-x64/bin/bun", import.meta.url));
const run = promisify(execFile);

/** A tool of this folder's lock file. @param {string} path */
const tool = path => import(join(modules, path));

/** A page for a bundle. */
async function page(/** @type {string} */ to) {
  await mkdir(to, { recursive: true });
  await writeFile(
    join(to, "app.html"),
    '<!doctype html><meta charset="utf-8"><script type="module" src="./app.js"></script>',
  );
}

/**
 * From a folder to another one, in which app.html is the page.
 *
 * @type {Record<string, (from: string, to: string) => Promise<void>>}
 */
export const bundlers = {
  async esbuild(from, to) {
    await page(to);
    const { build } = await tool("esbuild/lib/main.js");
    const input = join(from, "app.js");
    await build({ entryPoints: [input], bundle: true, format: "esm", outfile: join(to, "app.js"), logLevel: "error" });
  },

  async "esbuild, minified"(from, to) {
    await page(to);
    const { build } = await tool("esbuild/lib/main.js");
    const options = { bundle: true, minify: true, format: "esm", logLevel: "error" };
    await build({ ...options, entryPoints: [join(from, "app.js")], outfile: join(to, "app.js") });
  },

  async rollup(from, to) {
    await page(to);
    const { rollup } = await tool("rollup/dist/es/rollup.js");
    const { default: resolve } = await tool("@rollup/plugin-node-resolve/dist/es/index.js");
    const bundle = await rollup({ input: join(from, "app.js"), plugins: [resolve()], logLevel: "silent" });
    await bundle.write({ dir: to, format: "es" });
    await bundle.close();
  },

  async rolldown(from, to) {
    await page(to);
    const { build } = await tool("rolldown/dist/index.mjs");
    await build({ input: join(from, "app.js"), output: { dir: to, format: "esm", minify: true }, logLevel: "silent" });
  },

  async vite(from, to) {
    const { build } = await tool("vite/dist/node/index.js");
    const input = join(from, "app.html");
    await build({
      root: from,
      configFile: false,
      logLevel: "error",
      build: { outDir: to, emptyOutDir: true, target: "esnext", rolldownOptions: { input } },
    });
  },

  async webpack(from, to) {
    await page(to);
    const { default: webpack } = await tool("webpack/lib/index.js");
    const options = { mode: "production", entry: join(from, "app.js"), output: { path: to, filename: "app.js" } };
    await new Promise((resolve, reject) => {
      webpack({ ...options, performance: { hints: false } }, (/** @type {any} */ error, /** @type {any} */ stats) => {
        if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString("errors-only")));
        else resolve(undefined);
      });
    });
  },

  async Parcel(from, to) {
    const argv = [
      join(modules, "parcel/lib/bin.js"),
      "build",
      "app.html",
      "--dist-dir",
      to,
      "--no-cache",
      "--log-level",
      "error",
    ];
    await run(process.execPath, argv, { cwd: from, env: { ...process.env, PARCEL_WORKERS: "0" } });
  },

  async Bun(from, to) {
    await page(to);
    await run(bun, ["build", join(from, "app.js"), "--outdir", to, "--minify"], { cwd: from });
  },
};

/**
 * Programs in one file for the command line, of program.js: what starts them.
 *
 * @type {Record<string, (from: string, to: string) => Promise<string[]>>}
 */
export const commands = {
  async "esbuild for Node"(from, to) {
    const { build } = await tool("esbuild/lib/main.js");
    const outfile = join(to, "program.mjs");
    await build({ entryPoints: [join(from, "program.js")], bundle: true, platform: "node", format: "esm", outfile });
    return [process.execPath, outfile];
  },

  async "Bun for itself"(from, to) {
    await run(bun, ["build", join(from, "program.js"), "--target", "bun", "--outdir", to]);
    return [bun, join(to, "program.js")];
  },

  async "Bun, compiled"(from, to) {
    const file = join(to, "program");
    await mkdir(to, { recursive: true });
    await run(bun, ["build", join(from, "program.js"), "--compile", "--outfile", file]);
    return [file];
  },
};

/** vite's server for development, which posts come to as well. @param {string} root */
export async function developmentServer(root) {
  const { createServer } = await tool("vite/dist/node/index.js");
  /** @type {(answer: any) => void} */
  let resolve = () => {};
  const answer = new Promise(found => {
    resolve = found;
  });
  const answers = {
    name: "answers",
    configureServer(/** @type {any} */ { middlewares }) {
      middlewares.use("/answer", async (/** @type {any} */ request, /** @type {any} */ response) => {
        let text = "";
        for await (const part of request) text += part;
        response.end();
        resolve(JSON.parse(text));
      });
    },
  };
  const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [answers],
    server: { port: 0, host: "127.0.0.1", headers, hmr: false },
  });
  await server.listen();
  return { answer, address: server.resolvedUrls.local[0], close: () => server.close() };
}
