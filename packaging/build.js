// Makes dist/: the JavaScript that is published, minified, in short lines, with source maps. Types come from tsc.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { rolldown } from "rolldown";
import { builds, modules } from "./entries.js";
import { inShortLines } from "./shortLines.js";

const dist = new URL("../dist", import.meta.url).pathname;
rmSync(dist, { recursive: true, force: true });

function write(file, content) {
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  writeFileSync(join(dist, file), content);
}

const { exports: entries } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
/** What Node takes in the place of the files of entries. */
const synchronous = new Map(
  Object.values(entries).flatMap(({ node }) =>
    node?.default.startsWith("./dist/sync/") ? [[node.module, node.default]] : [],
  ),
);

/** What Node takes for an entry: see ARCHITECTURE.md, "Bundled files". */
function ofCommonJs(entry, names) {
  const up = "../".repeat(entry.split("/").length - 2);
  const name = entry === "./dist/index.js" ? "start" : entry.replace(/^\.\/dist\/|(\/index)?\.js$/g, "");
  const file = `"${up}node/${name}.cjs"`;
  return names.length > 0
    ? `import entry from ${file};\nexport const {\n  ${names.join(",\n  ")},\n} = entry;\n`
    : `import ${file};\n`;
}

for (const { folder = "", mapped = true, readable = true, output, ...input } of builds) {
  const bundle = await rolldown(input);
  const { output: chunks } = await bundle.generate({ ...output, dir: join(dist, folder), sourcemap: true });
  await bundle.close();
  for (const { type, fileName, code: whole, map, exports } of chunks) {
    if (type !== "chunk") continue;
    const entry = `./${join("dist", folder, fileName)}`;
    if (synchronous.has(entry)) write(relative("dist", synchronous.get(entry)), ofCommonJs(entry, exports));
    const { code, mappings } = inShortLines(whole, map?.mappings ?? "");
    write(folder + fileName, mapped ? code : code.replace(/\n\/\/# sourceMappingURL=.*\n*$/, ""));
    console.log(`dist/${folder}${fileName}: ${code.length} bytes`);
    if (!map || !mapped) continue; // of edge builds, and of files that only export what others have
    const { sources, sourcesContent, names } = map;
    // What is generated is no reading matter, and long; documentation is in the types. Lines keep their numbers.
    const texts = sourcesContent.map((text, i) =>
      readable && !/\.generated\.ts$/.test(sources[i])
        ? text.replace(/\/\*\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]+/g, ""))
        : null,
    );
    write(`${folder}${fileName}.map`, JSON.stringify({ version: 3, sources, sourcesContent: texts, names, mappings }));
  }
}

for (const [name, bytes] of Object.entries(modules)) write(`kernels/${name}.wasm`, bytes);
write(
  "kernels/kernels.wasm.d.ts",
  "/** The kernels, as runtimes and bundlers import such files. */\ndeclare const module: WebAssembly.Module;\nexport default module;\n",
);
