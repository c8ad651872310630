// One file an entry and shared chunks: Node imports a few files instead of seventy. Types come from tsc.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: {
    index: "src/index.ts",
    node: "src/node.ts",
    "cli/main": "src/cli/main.ts",
    "cli/bench/workloads": "src/cli/bench/workloads.ts",
  },
  platform: "neutral",
  external: [/^node:/, "csv-parse/sync", "@assemblyscript/loader"],
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    chunkFileNames: "chunks/[name]-[hash].js",
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false } },
    comments: false,
  },
});
