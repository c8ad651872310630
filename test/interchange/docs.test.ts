/** Every program of docs/from-keras.md and docs/from-tfjs.md runs. */
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as formats from "wasm-lstm/formats";
import * as main from "../../src/index.ts";
import { fileOf } from "./keras/files.ts";

const docs = join(import.meta.dirname, "../../docs");
let folder: string;

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  folder = await fs.mkdtemp(join(tmpdir(), "docs-"));
  await fs.writeFile(join(folder, "model.keras"), fileOf("lstm.keras"));
  const { layers } = main;
  const net = main.sequential([layers.lstm({ units: 4, inputShape: [5, 3] }), layers.dense({ units: 2 })]);
  const { modelJson, weights } = formats.saveTfjs(net);
  await fs.writeFile(join(folder, "model.json"), JSON.stringify(modelJson));
  await fs.writeFile(join(folder, "weights.bin"), weights);
});
afterAll(() => fs.rm(folder, { recursive: true }));

/** What programs import; files are in a folder of their own. */
const MODULES: Record<string, object> = {
  "wasm-lstm": main,
  "wasm-lstm/formats": formats,
  "node:fs/promises": {
    readFile: (path: string) => fs.readFile(join(folder, path)),
    writeFile: (path: string, content: Uint8Array) => fs.writeFile(join(folder, path), content),
  },
};

const AsyncFunction = (async () => {}).constructor as new (...names: string[]) => (modules: object) => Promise<void>;

async function programsOf(page: string): Promise<string[]> {
  const text = await fs.readFile(join(docs, page), "utf8");
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, program]) => program);
}

describe.each(["from-keras.md", "from-tfjs.md"])("docs/%s", page => {
  it("has programs that run", async () => {
    const programs = await programsOf(page);
    expect(programs.length).toBeGreaterThan(2);
    for (const program of programs) {
      const body = program.replace(/^import (\{[^}]*\}) from ("[^"]+");$/gm, "const $1 = modules[$2];");
      expect(body).not.toMatch(/^import /m);
      await new AsyncFunction("modules", body)(MODULES);
    }
  });
});
