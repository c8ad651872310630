import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { NoSkips } from "./test/noSkips.ts";

export default defineConfig({
  // The examples import the package by its name; tests run them on its source.
  resolve: {
    alias: [
      { find: /^wasm-lstm$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
      {
        find: /^wasm-lstm\/formats$/,
        replacement: fileURLToPath(new URL("src/interchange/index.ts", import.meta.url)),
      },
      {
        find: /^wasm-lstm\/operators$/,
        replacement: fileURLToPath(new URL("src/interchange/operators.ts", import.meta.url)),
      },
      { find: /^wasm-lstm\/(\w+)$/, replacement: fileURLToPath(new URL("src/$1/index.ts", import.meta.url)) },
    ],
  },
  test: {
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    reporters: process.env.ALL_TESTS ? ["default", new NoSkips()] : ["default"],
  },
});
