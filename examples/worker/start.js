// Runs the Worker as Cloudflare does, on this machine: bundled by esbuild with the condition "workerd", in workerd by miniflare.
// `wrangler dev` and `wrangler deploy` do the same by wrangler.toml.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const folder = dirname(fileURLToPath(import.meta.url));

/**
 * @param {number} port 0 for a free one
 * @returns {Promise<Miniflare>} the Worker; `await worker.ready` is its address
 */
export async function serve(port) {
  const models = ["model.safetensors", "forecaster.safetensors"];
  if (!models.every(name => existsSync(resolve(folder, name)))) await import("./train.js");

  // Files that workerd loads by itself are left out of the bundle, by their names.
  const files = new Map();
  const besides = {
    name: "besides",
    setup({ onResolve }) {
      onResolve({ filter: /\.(wasm(\?module)?|safetensors)$/ }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path.replace(/\?module$/, ""));
        files.set(`./${basename(file)}`, file);
        return { path: `./${basename(file)}`, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, "worker.js")],
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    minify: true,
    write: false,
    plugins: [besides],
  });
  return new Miniflare({
    port,
    compatibilityDate: "2026-04-01",
    modulesRoot: folder,
    modules: [
      { type: "ESModule", path: resolve(folder, "bundle.js"), contents: outputFiles[0].text },
      ...[...files].map(([name, file]) => ({
        type: name.endsWith(".wasm") ? "CompiledWasm" : "Data",
        path: resolve(folder, name),
        contents: readFileSync(file),
      })),
    ],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const worker = await serve(Number(process.env.PORT ?? 8787));
  const thirty = Array.from({ length: 30 }, (_, i) => 15 + (i % 5));
  console.log(`try: curl ${await worker.ready}predict -d '{"window":[${thirty}]}'`);
}
