/** What is published: small, complete, and free of what does not belong. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import { describe, expect, it } from "vitest";
import { addressOf, relativeLinks, withLinks } from "../packaging/links.js";
import { layers, ndarray, sequential } from "../src/index.ts";

const dist = new URL("../dist/", import.meta.url);
const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The files that would be published. */
function packed(): string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const [{ files }] = JSON.parse(
    execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  return files.map(({ path }: { path: string }) => path);
}

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
  it("declares typed arrays as older compilers know them", () => {
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter(file => file.endsWith(".d.ts"));
    const generic = (file: string) => /(Int|Float|Big)\w*Array</.test(readFileSync(new URL(file, dist), "utf8"));
    expect(files.filter(generic)).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });

  it("is at most 187 kB minified and gzipped without the command line, kernels and their loader included", async () => {
    const input = new URL("bundle.js", dist).pathname;
    expect([...imported(new URL("bundle.js", dist))].every(file => !file.includes("/cli/"))).toBe(true);
    const { output } = await build({
      input,
      external: /^node:/,
      platform: "neutral",
      write: false,
      output: { minify: true },
    });
    const size = output.reduce((sum, file) => sum + gzipSync(file.type === "chunk" ? file.code : "").length, 0);
    expect(size).toBeGreaterThan(10_000);
    expect(size).toBeLessThanOrEqual(187_000);
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

  it("can be read where it throws: Node prints the line, and with a source map the place", () => {
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter(file => /\.c?js$/.test(file));
    for (const file of files) {
      const code = readFileSync(new URL(file, dist), "utf8");
      for (const line of code.split("\n"))
        expect(line.length, `${file}: ${line.slice(0, 80)}`).toBeLessThanOrEqual(400);
    }
    const places = ["index.js", "sync/index.js"].map(entry => {
      const program = `import { layers } from ${JSON.stringify(new URL(entry, dist).href)}; layers.lstm({ units: -1 });`;
      const argv = ["--enable-source-maps", "--input-type=module", "--eval", program];
      const { stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
      expect(stderr).toContain("RangeError: lstm units: expected a whole number >= 1, got -1");
      return stderr.match(/at expectInteger \((.*\/src\/expect\.ts):(\d+):\d+\)/)?.slice(1);
    });
    expect(places[0]?.[0].replace("file://", "")).toBe(join(root, "src/expect.ts"));
    expect(places[1]).toEqual(places[0]);
    const thrown = readFileSync(join(root, "src/expect.ts"), "utf8").split("\n")[Number(places[0]?.[1]) - 1];
    expect(thrown).toMatch(/^ +throw new RangeError/);
  });

  it("carries relaxed kernels only for those who import them", () => {
    const [plain, relaxed] = ["index.js", "relaxed.js"].map(entry => imported(new URL(entry, dist)));
    const own = [...relaxed].filter(file => !plain.has(file)).map(file => readFileSync(new URL(file), "utf8"));
    // What differs from the baseline kernels, and nothing else.
    expect(own.join("").length).toBeGreaterThan(1_000);
    expect(own.join("").length).toBeLessThan(4_000);
    // Unlike other files, these do something when they are imported: bundlers must keep it.
    expect(manifest.sideEffects).toContain(manifest.exports["./relaxed"].default);
  });

  it("still registers its kernels and makers when a bundler keeps only what a program uses", async () => {
    const input = "program";
    const program = `export { loadModel } from ${JSON.stringify(new URL("bundle.js", dist).pathname)};`;
    const plugins = [
      {
        name: "program",
        resolveId: (id: string) => (id === input ? id : null),
        load: (id: string) => (id === input ? program : null),
      },
    ];
    const { output } = await build({ input, plugins, external: /^node:/, platform: "neutral", write: false });
    const bundled = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
    const net = sequential([layers.gru({ units: 2, inputShape: [3, 1] })], { seed: 1 });
    net.compile({ optimizer: "adam", loss: "mse" });
    expect(bundled.loadModel(net.save()).predict([[[1], [2], [3]]]).data).toEqual(net.predict([[[1], [2], [3]]]).data);
    for (const file of [manifest.exports["."].default, manifest.exports["."].module, "./dist/chunks/library.js"])
      expect(manifest.sideEffects).toContain(file);
    expect(manifest.sideEffects).toContain("./dist/chunks/library.js");
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

  it("installs nothing else and runs no script, and says whose code is in it", () => {
    for (const kind of ["dependencies", "optionalDependencies", "peerDependencies"])
      expect(manifest).not.toHaveProperty(kind);
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      expect(manifest.scripts).not.toHaveProperty(script);
    const notices = readFileSync(join(root, "THIRD-PARTY.md"), "utf8");
    const maps = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter(file => /\.c?js\.map$/.test(file));
    expect(maps.some(file => readFileSync(new URL(file, dist), "utf8").includes("/**"))).toBe(false); // which are in the types
    const sources: string[] = maps.flatMap(file => JSON.parse(readFileSync(new URL(file, dist), "utf8")).sources);
    const bundled = sources.flatMap(source => source.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []);
    expect([...new Set(bundled)].sort()).toEqual(["@assemblyscript/loader"]);
    for (const name of bundled) expect(notices).toContain(`## ${name}\n`);
    expect(packed()).toContain("THIRD-PARTY.md");
  });

  it("has README's links where npm shows them: in the package, or in the repository once there is one", () => {
    const page = readFileSync(join(root, "README.md"), "utf8");
    const address = addressOf(manifest);
    expect(page, "run npm run links").toBe(withLinks(page, address));
    const files = packed();
    const links = relativeLinks(page);
    expect(links.length === 0).toBe(address !== "");
    for (const path of links) expect(files, `README.md links ${path}`).toContain(path);

    const some = "[a](docs/a.md), [b](#b), [c](https://example.com/c/d/e), ![d](bench/d.svg)";
    const there = "https://example.com/me/it";
    const absolute =
      "[a](https://example.com/me/it/blob/HEAD/docs/a.md), [b](#b), [c](https://example.com/c/d/e), ![d](https://example.com/me/it/raw/HEAD/bench/d.svg)";
    expect(withLinks(some, addressOf({ repository: { url: `git+${there}.git` } }))).toBe(absolute);
    expect(withLinks(absolute, there)).toBe(absolute);
    expect(withLinks(absolute, "")).toBe(some);
    expect(relativeLinks(some)).toEqual(["docs/a.md", "bench/d.svg"]);
  });

  it("has types for every public file", () => {
    const names = readdirSync(dist);
    expect(names).toContain("index.d.ts");
    expect(names).toContain("node.d.ts");
  });
});

function targets(entry: unknown): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry as object).flatMap(targets);
}
