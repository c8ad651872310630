// What is bundled to what. One file an entry and shared chunks: Node imports a few files instead of many.
// The code of workers is one file without imports; what starts them names that file by its place, so it has a fixed one.

const output = {
  format: "esm",
  // Names of classes are in messages: "got an object (Layer)".
  minify: {
    compress: true,
    mangle: { keepNames: { class: true, function: false } },
    codegen: { removeWhitespace: true },
  },
  comments: { legal: false, annotation: true, jsdoc: false },
};

export const builds = [
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
    external: [/^node:/],
    output: {
      ...output,
      codeSplitting: {
        groups: [
          // Side by side, since what is alike is then compressed as one.
          { name: "kernels", test: /engine.families.\w+\.generated\.ts$/ },
          { name: "engine/threads/spawn", test: /threads.spawn\.ts$/ },
        ],
      },
      chunkFileNames: ({ name }) => (name.includes("/") ? "[name].js" : "chunks/[name]-[hash].js"),
    },
  },
  { input: { "engine/threads/worker": "src/engine/threads/worker.ts" }, platform: "neutral", output },
];
