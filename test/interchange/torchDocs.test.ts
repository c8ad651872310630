/** The programs of docs/from-pytorch.md and docs/from-onnx.md run, on the built package, and print what Python prints. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const fixtures = join(root, "test/fixtures/interchange/docs");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "docs-"));
  await cp(fixtures, folder, { recursive: true });
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/wasm-lstm"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the programs of a page print, in their order. */
async function printed(page: string): Promise<string[]> {
  const text = await readFile(join(root, `docs/${page}.md`), "utf8");
  const programs = [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, program]) => program);
  const outputs: string[] = [];
  for (const [i, program] of programs.entries()) {
    const file = join(folder, `${page}-${i}.mjs`);
    await writeFile(file, program);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
    expect(stderr).toBe("");
    outputs.push(stdout);
  }
  return outputs;
}

/** The numbers of the last list that was printed. */
const lastNumbers = (text: string): number[] =>
  (text.match(/\[[^\]]*\]\s*$/)?.[0].match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);

it.each(["from-pytorch", "from-onnx"])("%s", { timeout: 60_000 }, async page => {
  const [first, second, ...more] = await printed(page);
  expect(more).toEqual([]);
  const wanted: number[] = JSON.parse(await readFile(join(fixtures, `${page}.json`), "utf8"));
  const found = lastNumbers(first);
  expect(found.length).toBe(wanted.length);
  for (const [i, number] of wanted.entries()) expect(Math.abs(found[i] - number)).toBeLessThan(1e-6);
  if (page === "from-onnx") expect(second).toContain("[ 3, 32 ]");
  else
    expect((await readFile(join(folder, "tagger.safetensors"))).toString("latin1")).toContain(
      "rnn.weight_hh_l1_reverse",
    );
});
