// One file an entry and shared chunks: Node imports a few files instead of many. Types come from tsc.
// The code of workers is one file without imports; what starts them names that file by its place, so it has a fixed one.
import { defineConfig } from "rolldown";

// Not minified: Node prints the line that throws, and people read what they step through. Bundlers minify by themselves.
const output = { dir: "dist", format: "esm", comments: { legal: false, annotation: true, jsdoc: false } };

export default defineConfig([
  {
    input: {
      index: "src/index.ts",
      node: "src/node.ts",
      relaxed: "src/relaxed.ts",
      "cli/main": "src/cli/main.ts",
      "cli/bench/engine": "src/cli/bench/engine.ts",
      "cli/bench/workloads": "src/cli/bench/workloads.ts",
    },
    platform: "neutral",
    external: [/^node:/, "csv-parse/sync", "@assemblyscript/loader"],
    output: {
      ...output,
      cleanDir: true,
      codeSplitting: { groups: [{ name: "engine/threads/spawn", test: /threads.spawn\.ts$/ }] },
      chunkFileNames: ({ name }) => (name.includes("/") ? "[name].js" : "chunks/[name]-[hash].js"),
    },
  },
  {
    input: { "engine/threads/worker": "src/engine/threads/worker.ts" },
    platform: "neutral",
    output,
  },
]);
