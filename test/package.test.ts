/** What is published: small, complete, and free of what does not belong. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { describe, expect, it } from "vitest";
import { binary } from "../src/engine/binary.generated.ts";
import { ndarray } from "../src/index.ts";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Every file of the library that importing `file` brings in. */
function imported(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*["`](\.[^"`]+)["`]/g)) {
    imported(new URL(path, file), seen);
  }
  return seen;
}

describe("the built package", () => {
  it("is at most 123 kB minified and gzipped without the command line, the kernels included", async () => {
    const input = new URL("index.js", dist).pathname;
    expect([...imported(new URL("index.js", dist))].every(file => !file.includes("/cli/"))).toBe(true);
    const external = [/^node:/, "@assemblyscript/loader"];
    const { output } = await build({ input, external, platform: "neutral", write: false, output: { minify: true } });
    const size = output.reduce((sum, file) => sum + gzipSync(file.type === "chunk" ? file.code : "").length, 0);
    expect(size).toBeGreaterThan(10_000);
    expect(size).toBeLessThanOrEqual(123_000);
  });

  it("keeps checks that ask and use nothing of the answer, also when it is minified", async () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    for (const minify of [false, true]) {
      const input = new URL("../src/data/index.ts", import.meta.url).pathname;
      const { output } = await build({ input, platform: "neutral", write: false, output: { minify } });
      const { concat, windows } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
      const gone = ndarray(new Float32Array(2));
      structuredClone(0, { transfer: [gone.data.buffer] });
      expect(() => concat([proxy])).toThrow("concat: array 0: expected nested number arrays");
      expect(() => windows(proxy, { window: 1 })).toThrow("windows: series: expected nested number arrays");
      expect(() => concat([gone.data])).toThrow("its buffer was transferred or resized");
    }
  });

  it("can be read where it throws: Node prints the line", () => {
    for (const file of imported(new URL("index.js", dist))) {
      const lines = readFileSync(new URL(file), "utf8").split("\n");
      expect(lines.filter(line => line.includes("throw ") && line.length > 400)).toEqual([]);
    }
  });

  it("carries relaxed kernels only for those who import them", () => {
    const [plain, relaxed] = ["index.js", "relaxed.js"].map(entry => imported(new URL(entry, dist)));
    const own = [...relaxed].filter(file => !plain.has(file));
    expect(own.some(file => readFileSync(new URL(file), "utf8").length > 40_000)).toBe(true);
    // Unlike other files, these do something when they are imported: bundlers must keep it.
    expect(manifest.sideEffects).toContain(manifest.exports["./relaxed"].default);
  });

  it("still registers its kernels and makers when a bundler keeps only what a program uses", async () => {
    const input = "program";
    const program = `import { loadModel } from ${JSON.stringify(new URL("index.js", dist).pathname)}; console.log(loadModel);`;
    const plugins = [
      {
        name: "program",
        resolveId: (id: string) => (id === input ? id : null),
        load: (id: string) => (id === input ? program : null),
      },
    ];
    const { output } = await build({ input, plugins, external: /^node:/, platform: "neutral", write: false });
    expect(output[0].code).toContain(binary.slice(0, 1000));
    expect(output[0].code).toMatch(/^register\(\{/m);
    expect(manifest.sideEffects).toContain(manifest.exports["."].default);
    expect(manifest.sideEffects).toContain("./dist/chunks/*.js");
  });

  it("has every file that package.json points to", () => {
    const paths = [...Object.values<string>(manifest.bin), ...Object.values(manifest.exports).flatMap(targets)];
    for (const path of paths) expect(existsSync(new URL(`../${path}`, import.meta.url)), path).toBe(true);
  });

  it("imports nothing from node: in the library", () => {
    for (const file of imported(new URL("index.js", dist))) {
      expect(readFileSync(new URL(file), "utf8")).not.toMatch(/(?:from|import\() ?"node:/);
    }
  });

  it("has types for every public file", () => {
    const names = readdirSync(dist);
    expect(names).toContain("index.d.ts");
    expect(names).toContain("node.d.ts");
  });
});

function targets(entry: unknown): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry as Record<string, string>);
}
