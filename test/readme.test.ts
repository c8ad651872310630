/** The programs of README.md are read by the compiler in strict mode, with the package's own types. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** What a program may use of the text before it. */
const GIVEN: Record<string, string> = {
  net: "declare const net: import('wasm-lstm').Model;",
  target: "declare const target: import('wasm-lstm').SymbolicTensor;",
  states: "declare const states: import('wasm-lstm').SymbolicTensor[];",
  classes: "declare const classes: import('wasm-lstm').Layer;",
  y: "declare const y: import('wasm-lstm').SymbolicTensor;",
  encode: "declare const encode: import('wasm-lstm').Model;",
  question: "declare const question: number[][];",
  days: "declare const days: number[][][];",
  shops: "declare const shops: number[][];",
  lengths: "declare const lengths: number[];",
  prices: "declare const prices: number[];",
  kinds: "declare const kinds: number[];",
  weights: "declare const weights: number[];",
  START: "declare const START: number;",
  END: "declare const END: number;",
};
const NAMES = [
  "defineCell",
  "defineLayer",
  "defineLoss",
  "defineMetric",
  "input",
  "layers",
  "model",
  "ops",
  "optimizers",
  "sequential",
  "windows",
];

const uses = (program: string, name: string): boolean =>
  new RegExp(`(?:^|[^\\w.]|\\.\\.\\.)${name}\\b(?!:)`, "m").test(program);
const declares = (program: string, name: string): boolean =>
  new RegExp(`(?:const|let) [^=]*\\b${name}\\b[^=]*=|import \\{[^}]*\\b${name}\\b`).test(program);

/** A program with the names that it takes for granted. */
function complete(program: string): string {
  const missing = (name: string) => uses(program, name) && !declares(program, name);
  const given = Object.keys(GIVEN)
    .filter(missing)
    .map(name => GIVEN[name]);
  return [`import { ${NAMES.filter(missing).join(", ")} } from "wasm-lstm";`, ...given, program, "export {};"].join(
    "\n",
  );
}

/** The programs; one with an ellipsis is a sketch. */
const programsOf = (page: string): string[] =>
  [...page.matchAll(/^```(?:js|ts)\n([\s\S]*?)^```$/gm)]
    .map(([, program]) => program)
    .filter(text => !text.includes("…"));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "readme-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the compiler says. */
async function compile(programs: readonly string[]): Promise<string> {
  const options = {
    target: "ES2022",
    lib: ["ES2022", "DOM"],
    module: "NodeNext",
    moduleResolution: "NodeNext",
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    paths: { "wasm-lstm": [join(root, "src/index.ts")], "wasm-lstm/*": [join(root, "src/*/index.ts")] },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["*.ts"] }));
  for (const [i, program] of programs.entries()) await writeFile(join(folder, `program${i}.ts`), complete(program));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

it("every program of README.md compiles in strict mode", async () => {
  const programs = programsOf(await readFile(join(root, "README.md"), "utf8"));
  expect(programs.length).toBeGreaterThan(5);
  expect(await compile(programs)).toBe("");
});

it("a wrong name in one would not", async () => {
  expect(await compile(['net.compile({ loss: "meanSquarredError" });'])).toContain("meanSquarredError");
  expect(await compile(["net.predictions([[1]]);"])).toContain("predictions");
});
