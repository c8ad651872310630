/** Runtimes that have no WebAssembly, forbid it, or have no room left: what the error says. */
import { spawnSync } from "node:child_process";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type * as Package from "../../src/index.ts";
import { errorOf, expectError } from "../helpers/models.ts";

const NONE =
  "this runtime has no WebAssembly (nor have React Native, Lockdown Mode, node --jitless): use another " +
  "browser, or a server with Node.js, Deno or Bun";
const FORBIDDEN =
  "this runtime forbids to compile WebAssembly: in a page, add 'wasm-unsafe-eval' to script-src of its " +
  'Content-Security-Policy; for an edge runtime, bundle with its condition, "workerd" or "edge-light"';
const NO_SIMD =
  "this runtime has no WebAssembly SIMD: use Node.js 20, Chrome or Edge 91, Firefox 89, Safari 16.4, or later ones";

/** A package that has compiled nothing yet. */
let fresh: typeof Package;

beforeEach(async () => {
  vi.resetModules();
  fresh = await import("../../src/index.ts");
});
afterEach(() => vi.unstubAllGlobals());

const make = (options = {}) => fresh.sequential([fresh.layers.dense({ units: 1, inputShape: [2] })], options);

const { Module, Instance, Memory, CompileError, LinkError, validate } = WebAssembly;

/** WebAssembly in which something throws. */
function stub(changed: object): void {
  vi.stubGlobal("WebAssembly", { Module, Instance, Memory, CompileError, validate, ...changed });
}

const throwing = (error: Error) =>
  function refuse(): never {
    throw error;
  };

describe("a runtime without WebAssembly", () => {
  it("is told in one sentence, with what to do, wherever an engine is made", async () => {
    const bytes = make().save();
    vi.stubGlobal("WebAssembly", undefined);
    await expectError(make, "Error", NONE);
    await expectError(() => make({ threads: 2 }), "Error", NONE);
    await expectError(() => fresh.loadModel(bytes), "Error", NONE);
    const x = fresh.input({ shape: [2] });
    await expectError(
      () => fresh.model({ inputs: x, outputs: fresh.layers.dense({ units: 1 }).apply(x) }),
      "Error",
      NONE,
    );
    await import("../../src/relaxed.ts");
    await expectError(() => make({ simd: "relaxed" }), "Error", NONE);
    const error = await errorOf(make);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("is found in node --jitless", () => {
    const program = `
      import { layers, sequential } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      try { sequential([layers.dense({ units: 1, inputShape: [2] })]) } catch (error) { console.log(error.message) }`;
    const { stdout } = spawnSync(process.execPath, ["--jitless", "--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    expect(stdout.trim()).toBe(NONE);
  });
});

describe("a runtime without converters of text", () => {
  it.each(["atob", "TextEncoder"])("is told that it lacks %s", async name => {
    vi.stubGlobal(name, undefined); // so that it comes back
    delete (globalThis as Record<string, unknown>)[name];
    await expectError(make, "Error", `${name} is not defined in this runtime (jsdom?): set it on globalThis`);
    vi.unstubAllGlobals();
    expect(make().predict([[1, 2]]).shape).toEqual([1, 1]);
  });

  it("is told that it lacks TextDecoder, by what reads files", async () => {
    const [bytes, table] = [make().save(), new TextEncoder().encode("a,b\n1,2\n")];
    const { readTable } = await import("../../src/table/index.ts");
    vi.stubGlobal("TextDecoder", undefined); // so that it comes back
    delete (globalThis as Record<string, unknown>).TextDecoder;
    const text = "TextDecoder is not defined in this runtime (jsdom?): set it on globalThis";
    await expectError(() => fresh.loadModel(bytes), "Error", text);
    await expectError(() => readTable(table), "Error", text);
    await expectError(() => readTable(table, { encoding: "utf-16" }), "Error", text);
  });
});

describe("a runtime that does not compile", () => {
  it.each([
    ["no SIMD", "WebAssembly.Module(): Wasm SIMD unsupported @+1234", NO_SIMD],
    [
      "Chromium's policy",
      "WebAssembly.Module(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
      FORBIDDEN,
    ],
    ["Firefox' policy", "call to WebAssembly.Module() blocked by CSP", FORBIDDEN],
    [
      "Safari's policy",
      "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
      FORBIDDEN,
    ],
    [
      "the main thread of an older Chromium",
      "WebAssembly.Module(): Argument 0: WebAssembly.Compile is disallowed on the main thread, if the buffer size is larger than 4KB. Use WebAssembly.compile, or compile on a worker thread.",
      "this browser compiles so much WebAssembly in workers only: make the model in one, or use a newer browser",
    ],
  ])("%s", async (_name, message, text) => {
    stub({ Module: throwing(new CompileError(message)) });
    await expectError(make, "Error", text);
    await expectError(() => make({ threads: 2 }), "Error", text);
  });

  it("because its embedder forbids it, as edge runtimes do", async () => {
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    vi.stubGlobal("WebAssembly", runInContext("WebAssembly", context));
    await expectError(make, "Error", FORBIDDEN);
    expect(((await errorOf(make)).cause as Error).message).toBe(
      "WebAssembly.Module(): Wasm code generation disallowed by embedder",
    );
  });

  it("a module that it calls invalid", async () => {
    const parse = new CompileError("WebAssembly.Module doesn't parse at byte 1234: invalid opcode");
    stub({ Module: throwing(parse), validate: () => false });
    await expectError(make, "Error", NO_SIMD);
    // Valid all the same: what is wrong nobody knows.
    stub({ Module: throwing(parse) });
    expect(await errorOf(make)).toBe(parse);
  });

  it("compiles once it may", async () => {
    stub({ Module: throwing(new CompileError("blocked by CSP")) });
    await expectError(make, "Error", FORBIDDEN);
    vi.unstubAllGlobals();
    expect(make().predict([[1, 2]]).shape).toEqual([1, 1]);
  });
});

describe("a runtime without room for another model", () => {
  const text = (alive: number) =>
    `no memory for another model beside the ${alive} alive: let small models ` +
    "share one, { memory: modelMemory() }, or drop some";

  it("is told how many there are", async () => {
    const kept = [make(), make(), make()];
    for (const [place, error] of [
      ["Memory", new RangeError("WebAssembly.Memory(): could not allocate memory")],
      ["Memory", new RangeError("Out of memory")],
      [
        "Instance",
        new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance"),
      ],
    ] as const) {
      stub({ [place]: throwing(error) });
      await expectError(make, "RangeError", text(kept.length));
      expect((await errorOf(make)).cause).toBe(error);
    }
    vi.unstubAllGlobals();
    kept.push(make());
    stub({ Memory: throwing(new RangeError("could not allocate memory")) });
    await expectError(() => make({ threads: 2 }), "RangeError", text(kept.length));
    expect(kept[0].predict([[1, 2]]).shape).toEqual([1, 1]);
  });

  it("other errors stay as they are", async () => {
    const other = new LinkError('WebAssembly.Instance(): Import #0 "env" "memory": memory import must be shared');
    stub({ Instance: throwing(other) });
    expect(await errorOf(make)).toBe(other);
  });
});
