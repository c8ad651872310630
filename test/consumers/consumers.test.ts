/** The packed package in the hands of those who use it: compilers, checks of packages, test runners, other registries. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { makeJsrPackage } from "../../packaging/jsr.js";
import { deno, node22, node24, ownNode } from "../runtimes/hosts/index.js";
import { makeProject } from "../runtimes/packed/project.js";

const here = import.meta.dirname;
const root = join(here, "../..");
const modules = join(here, "node_modules");
const installed = existsSync(modules);
const INSTALL = "npm --prefix test/consumers ci --ignore-scripts does it";

/** What a command prints, whether it succeeds or not. */
async function printed(command: readonly string[], cwd: string, env: object = {}): Promise<string> {
  const [file, ...argv] = command;
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  const { stdout, stderr } = await promisify(execFile)(file, argv, options).catch(error => error);
  return stdout + stderr;
}

let folder: string;
beforeAll(async () => {
  folder = await makeProject("consumed");
  cpSync(join(here, "use.ts"), join(folder, "use.ts"));
}, 120_000);

describe("compilers, strictly, with all declarations checked", () => {
  const old = ["typescript54", "typescript59"].flatMap(name => [
    [name, "node10", "commonjs"],
    [name, "node16", "node16"],
    [name, "bundler", "esnext"],
  ]);
  const present = [
    ["typescript", "node16", "node16"],
    ["typescript", "nodenext", "nodenext"],
    ["typescript", "bundler", "esnext"],
  ];

  it.for([...old, ...present])(
    "%s with %s",
    { timeout: 120_000 },
    async ([name, moduleResolution, module], { skip }) => {
      const compiler = join(name === "typescript" ? join(root, "node_modules") : modules, name, "bin/tsc");
      if (!existsSync(compiler)) skip(`${name} is not installed: ${INSTALL}`);
      const compilerOptions = {
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        target: "es2022",
        lib: ["es2022", "dom"],
        types: [],
        module,
        moduleResolution,
      };
      const project = `${name}-${moduleResolution}.json`;
      writeFileSync(join(folder, project), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
      expect(await printed([process.execPath, compiler, "-p", project], folder)).toBe("");
    },
  );
});

it("arethetypeswrong finds that it is a package of modules, which Node 20.19 can require, and nothing else", {
  timeout: 120_000,
}, async ({ skip }) => {
  if (!installed) skip(`arethetypeswrong is not installed: ${INSTALL}`);
  const attw = join(modules, "@arethetypeswrong/cli/dist/index.js");
  const [tarball] = JSON.parse(await printed(["npm", "pack", "--dry-run", "--ignore-scripts", "--json"], root));
  const file = join(folder, tarball.filename);
  const said = await printed([process.execPath, attw, file, "--profile", "esm-only", "--format", "json"], folder);
  const problems = Object.values(JSON.parse(said).problems ?? {}).flat() as { kind: string }[];
  expect(problems.filter(({ kind }) => kind !== "CJSResolvesToESM")).toEqual([]);
});

describe("JSR", () => {
  const project = () => {
    makeJsrPackage(join(folder, "node_modules/wasm-lstm"), join(folder, "jsr"));
    return join(folder, "jsr");
  };

  it("takes the package, without types that it would have to infer", { timeout: 300_000 }, async ({ skip }) => {
    if (!deno.installed()) skip("Deno is not installed: test/runtimes/install.sh does it");
    const argv = ["publish", "--dry-run", "--allow-dirty", "--token", "none"];
    const said = await printed([deno.command()[0], ...argv], project(), { NO_COLOR: "1" });
    expect(said).toContain("Success Dry run complete");
    expect(said).not.toMatch(/^(error|warning)/im);
  });

  it("gives Deno its types", { timeout: 300_000 }, async ({ skip }) => {
    if (!deno.installed()) skip("Deno is not installed: test/runtimes/install.sh does it");
    const { exports } = JSON.parse(readFileSync(join(project(), "deno.json"), "utf8"));
    const files = Object.entries<string>(exports).map(([name, file]) => [name.slice(1), join(folder, "jsr", file)]);
    const imports = Object.fromEntries(files.map(([name, file]) => [`wasm-lstm${name}`, file]));
    writeFileSync(join(folder, "jsr-imports.json"), JSON.stringify({ imports, compilerOptions: { strict: true } }));
    const check = (file: string) =>
      printed([deno.command()[0], "check", "--no-lock", "--config", "jsr-imports.json", file], folder, {
        NO_COLOR: "1",
      });
    expect(await check("use.ts")).not.toMatch(/error/i);
    writeFileSync(join(folder, "wrong.ts"), 'import { layers } from "wasm-lstm"; layers.lstm({ units: "many" });');
    expect(await check("wrong.ts")).toContain("Type 'string' is not assignable to type 'number'");
  });
});

describe("require", () => {
  const program = `
    const { layers, sequential } = require("wasm-lstm");
    const { gru } = require("wasm-lstm/layers");
    const net = sequential([layers.lstm({ units: 2, returnSequences: true, inputShape: [2, 1] }), gru({ units: 1 })]);
    console.log(net.predict([[[1], [2]]]).shape.join());`;

  it.for([ownNode, node22, node24])("takes the package in $name", async (host, { skip }) => {
    if (!host.installed()) skip(`${host.name} is not installed`);
    const file = join(folder, "required.cjs");
    writeFileSync(file, program);
    expect(await printed([...host.command(), "--no-warnings", file], folder)).toBe("1,1\n");
  });
});

describe("Jest, with --experimental-vm-modules", () => {
  const body = `test("predicts", () => {
    const net = sequential([layers.lstm({ units: 2, inputShape: [2, 1] })], { seed: 1 });
    expect(net.predict([[[1], [2]]]).shape).toEqual([1, 2]);
  });`;
  const imports = { "a.test.mjs": `import { layers, sequential } from "wasm-lstm"; ${body}` };
  const requires = { "a.test.cjs": `const { layers, sequential } = require("wasm-lstm"); ${body}` };

  it.for([
    [ownNode, imports],
    [node24, imports],
    [node24, requires],
  ] as const)("runs tests in $0.name", { timeout: 120_000 }, async ([host, files], { skip }) => {
    if (!installed || !host.installed()) skip(`not installed: ${INSTALL}`);
    const [[name, text]] = Object.entries(files);
    writeFileSync(join(folder, name), text);
    const jest = join(modules, "jest/bin/jest.js");
    const argv = ["--rootDir", folder, "--testMatch", `**/${name}`, "--moduleFileExtensions", "mjs", "cjs", "js"];
    const said = await printed([...host.command(), "--experimental-vm-modules", jest, ...argv], folder);
    expect(said).toContain("1 passed, 1 total");
  });
});
