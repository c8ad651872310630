/** What a build for predictions alone takes along: no backward half of an op. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { expect, it } from "vitest";
import { lean } from "../../packaging/lean.js";

const folder = join(import.meta.dirname, "../../src/ops");
const files = readdirSync(folder).filter(file => !file.endsWith(".generated.ts"));

/** What the files of a folder export, but for what `leaves` matches. */
function exportsOf(leaves: RegExp): string[] {
  return files.flatMap(file => {
    const text = readFileSync(join(folder, file), "utf8");
    const names = [...text.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
    return names.filter(name => !leaves.test(name)).map(name => `${name} as ${name}_${file.replace(/\W/g, "_")}`);
  });
}

/** The bundle of an entry that uses some of the ops' exports. */
async function bundle(names: readonly string[], predicts = true): Promise<string> {
  const code = files.map(file => {
    const suffix = `_${file.replace(/\W/g, "_")}`;
    const own = names.filter(name => name.endsWith(suffix));
    const used = own.map(name => name.split(" ")[2]).join(", ");
    return `import { ${own.join(", ")} } from ${JSON.stringify(join(folder, file))}; globalThis.all = [${used}];`;
  });
  const entry = {
    name: "entry",
    resolveId: (id: string) => (id === "entry" ? id : null),
    load: (id: string) => (id === "entry" ? code.join("\n") : null),
  };
  const kernels = { base: "export const BASE = {};", more: "" };
  const { output } = await build({
    input: "entry",
    plugins: predicts ? [entry, lean(kernels)] : [entry],
    platform: "neutral",
    write: false,
  });
  return output[0].code;
}

const HALF = /[a-z]Backward$/;
const KERNEL = /\.(\w+(?:Backward|Gradient))\(/;

it("all ops, forward alone, bring no backward half and no kernel of one", async () => {
  const names = exportsOf(HALF);
  expect(names.length).toBeGreaterThan(20);
  const code = await bundle(names.filter(name => !/Gradient\b/.test(name.split(" ")[0])));
  expect(code).toContain("kernels.activationForward(");
  expect(code).not.toMatch(KERNEL);
  const comments = /\/\*[\s\S]*?\*\//g;
  expect(code.replace(comments, "")).not.toMatch(/[a-z]Backward\b/);
});

it("with them, that test would see it", async () => {
  expect(await bundle(exportsOf(/^$/), false)).toMatch(KERNEL);
});
