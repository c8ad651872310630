// What JSR takes, of the package as it is built: its types stand in declarations, which JSR reads at once, where it would have to infer those of
// the sources. `npm run jsr` makes build/jsr; there `deno publish` does the rest.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const NAME = "@wasm-lstm/wasm-lstm";
const FILES = ["dist", "LICENSE", "README.md", "THIRD-PARTY.md"];

/** Declarations name each other as the sources do, which TypeScript understands and Deno takes at its word. */
const ofDeclarations = text => text.replace(/(\bfrom\s*|\bimport\s*\(?\s*)"(\.[^"]*)\.ts"/g, '$1"$2.d.ts"');

/** @param {string} from the file that names @param {string} to what it names */
function pathBetween(from, to) {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/**
 * @param {string} from the folder of a package that is built
 * @param {string} to a folder that is made anew
 */
export function makeJsrPackage(from, to) {
  rmSync(to, { recursive: true, force: true });
  for (const name of FILES) cpSync(join(from, name), join(to, name), { recursive: true });
  const edit = (name, change) => writeFileSync(join(to, name), change(readFileSync(join(to, name), "utf8")));
  for (const name of readdirSync(join(to, "dist"), { recursive: true })) {
    if (name.endsWith(".d.ts")) edit(join("dist", name), ofDeclarations);
  }
  const { version, license, exports } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, { default: file = "", types }]) => types && file.endsWith(".js"));
  for (const [, { default: file, types }] of entries) {
    edit(file, code => `// @ts-self-types="${pathBetween(file, types)}"\n${code}`);
  }
  const config = {
    name: NAME,
    version,
    license,
    exports: Object.fromEntries(entries.map(([name, { default: file }]) => [name, file])),
    publish: { exclude: FILES.map(name => `!${name}`) }, // though git ignores what is built
    compilerOptions: { lib: ["deno.ns", "dom", "esnext"] },
  };
  writeFileSync(join(to, "deno.json"), `${JSON.stringify(config, null, 2)}\n`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const root = new URL("..", import.meta.url).pathname;
  makeJsrPackage(root, join(root, "build/jsr"));
  console.log("made build/jsr; `deno publish` there publishes it");
}
