// What is bundled to what.
//
// All code that the main entry has lies in one file, the library, and the kernels in another; each entry is a file of a few lines that
// exports names of theirs. Bundlers leave out what a program does not use, which they do within a file.
// Only a namespace, as in `layers.lstm`, must be a file of its own for them: "bundle" is for bundlers, which ask for the condition
// "module"; "index" for all others, whole by itself; Node has "start", and all else when it is asked for, as CommonJS in dist/node/.
import { readdirSync, readFileSync } from "node:fs";
import { rolldown } from "rolldown";
import { familyOf, parts } from "../assembly/families.js";
import { hoistConstants } from "../assembly/hoist.js";
import { LEAN, lean, leanKernels, pruned } from "./lean.js";

/** The namespaces of the main entry, which are entries too. */
export const NAMESPACES = [
  "callbacks",
  "constraints",
  "layers",
  "losses",
  "metrics",
  "ops",
  "optimizers",
  "regularizers",
  "schedules",
];

const output = {
  format: "esm",
  // Names of classes are in messages: "got an object (Layer)".
  minify: {
    compress: true,
    mangle: { keepNames: { class: true, function: false } },
    codegen: { removeWhitespace: true },
  },
  comments: { legal: false, annotation: true, jsdoc: false },
  chunkFileNames: ({ name }) => (name.includes("/") ? "[name].js" : "chunks/[name].js"),
};

/** src/index.ts for bundlers: its namespaces are other files. */
const forBundlers = {
  name: "for-bundlers",
  resolveId(id) {
    if (id === "index-for-bundlers") return id;
    return NAMESPACES.some(name => id === `./${name}.js`) ? { id, external: "relative" } : null;
  },
  load(id) {
    if (id !== "index-for-bundlers") return null;
    const index = new URL("../src/index.ts", import.meta.url);
    const lines = readFileSync(index, "utf8").split(";\n");
    const path = specifier => new URL(specifier, index).pathname;
    return lines
      .map(line => line.replace(/"\.\/standard\.ts"/, '"./common.ts"'))
      .filter(line => !/^(\/\*\*|export type) /.test(line.trim()) || /\nimport /.test(line))
      .map(line => {
        const namespace = line.match(/export \* as (\w+) from/)?.[1];
        if (namespace) return `export * as ${namespace} from "./${namespace}.js"`;
        return line
          .replace(/"(\.[^"]*)"/, (_, specifier) => JSON.stringify(path(specifier)))
          .replace(/\btype \w+,? ?/g, "");
      })
      .join(";\n");
  },
};

/** What edge runtimes have otherwise: kernels that the platform compiles, as files, and no workers. */
const forEdge = {
  name: "for-edge",
  load(id) {
    const file = id.replaceAll("\\", "/").match(/\/src\/(.*)$/)?.[1];
    if (file === "engine/families/base.generated.ts") {
      return `import module from "${KERNELS}kernels.wasm?module"; export const BASE = { module };`;
    }
    if (file?.startsWith("engine/families/")) return `export const ${constantIn(id)} = {};`;
    if (file === "engine/relaxed.generated.ts") {
      return `export { default as relaxed } from "${KERNELS}relaxed.wasm?module";`;
    }
    return file === "engine/threads/spawn.ts" ? readFileSync(id.replace("spawn.ts", "spawn.edge.ts"), "utf8") : null;
  },
  resolveId: id => (id.startsWith(KERNELS) ? { id, external: true } : null),
};
// From the files that import it: one form that wrangler and Next take, and Vercel.
const KERNELS = "../kernels/";
const constantIn = file => readFileSync(file, "utf8").match(/export const (\w+)/)?.[1];

/** What a bundle of the main entry may have beside what it has by itself: each is an entry. */
export const ADDITIONS = ["activations", "everything", "lengths", "parts", "streaming", "variants"];

/** The sources of an entry. */
async function sourcesOf(input) {
  const bundle = await rolldown({ input, platform: "neutral", external: [/^node:/, /\.cjs$/] });
  const { output } = await bundle.generate();
  await bundle.close();
  return output.flatMap(({ moduleIds }) => moduleIds);
}

const isFamily = id => /engine.families.\w+\.generated\.ts$/.test(id);

const library = {
  ...Object.fromEntries(NAMESPACES.map(name => [name, `src/${name}/index.ts`])),
  ...Object.fromEntries(ADDITIONS.map(name => [name, `src/entries/${name}.ts`])),
  relaxed: "src/relaxed.ts",
  kernels: "src/rawKernels.ts",
  forecast: "src/forecast/index.ts",
  operators: "src/interchange/operators.ts",
};
/** Whole where no bundler is at work; bundles have what is common. */
const formats = { formats: "src/interchange/index.ts", "bundle/formats": "src/interchange/bundled.ts" };

/** The files of kernels, for edge runtimes and for those who compile by themselves. */
export const modules = Object.fromEntries(
  ["kernels", "relaxed"].map(name => [
    name,
    hoistConstants(readFileSync(new URL(`../build/${name}.wasm`, import.meta.url))),
  ]),
);
const { texts, inference, files } = await leanKernels(modules.kernels);
modules.inference = inference;

// What Node reads first.
const first = await sourcesOf("src/start.ts");
const second = await sourcesOf("src/moreLayers.ts");
const families = [...first, ...second].flatMap(id => id.match(/families.(\w+)\.generated\.ts$/)?.[1] ?? []);
const names = parts(modules.kernels).exports.map(({ name }) => name);
modules.start = pruned(
  modules.kernels,
  names.filter(name => families.includes(familyOf(name))),
);

// The texts of kernels are a file of their own there, which is read when a module is made of them.
const forNode = {
  name: "for-node",
  resolveId: id => (id.endsWith(".cjs") ? { id, external: true } : null), // which is beside the file that requires it
  load: id =>
    isFamily(id)
      ? readFileSync(id, "utf8").replace(
          / text: ".*"/,
          ` get text() { return require("./texts.cjs").${constantIn(id)}; }`,
        )
      : null,
};
const textsOfKernels = {
  name: "texts-of-kernels",
  resolveId: id => (id === "texts" ? id : null),
  load(id) {
    if (id !== "texts") return null;
    const folder = new URL("../src/engine/families/", import.meta.url).pathname;
    return readdirSync(folder)
      .map(file => {
        const name = constantIn(folder + file);
        return `import { ${name} as of${name} } from "${folder}${file}"; export const ${name} = of${name}.text;`;
      })
      .join("\n");
  },
};

const leanModules = {
  base: `import module from "${KERNELS}inference.wasm?module"; export const BASE = { module };`,
  more: `import module from "${KERNELS}kernels.wasm?module"; import { registerKernels } from "./kernels.ts";
    export const registerMoreKernels = () => registerKernels({ module });`,
};
// In Node kernels come of their files: to read those is quicker than to read text.
const ofFile = name => `let module; export const kernels = { get module() {
    return (module ??= new WebAssembly.Module(process.getBuiltinModule("node:fs").readFileSync(new URL("../kernels/${name}.wasm", import.meta.url))));
  } };`;
const leanFiles = {
  base: `${ofFile("inference")} export { kernels as BASE };`,
  more: `import { registerKernels } from "./kernels.ts"; ${ofFile("kernels")} export const registerMoreKernels = () => registerKernels(kernels);`,
};
// All that `inference` has is one file, of which the others are short additions.
const leanChunks = {
  codeSplitting: { groups: [{ name: "lean", test: id => files.includes(id) && !id.endsWith("/src/inference.ts") }] },
};

export const builds = [
  {
    input: {
      ...library,
      ...formats,
      bundle: "index-for-bundlers",
      index: "src/index.ts",
      node: "src/node.ts",
      "worker/index": "src/worker/index.ts",
      "worker/script": "src/worker/script.ts",
      "cli/main": "src/cli/main.ts",
      "cli/bench/engine": "src/cli/bench/engine.ts",
      "cli/bench/workloads": "src/cli/bench/workloads.ts",
    },
    platform: "neutral",
    external: [/^node:/],
    plugins: [forBundlers],
    output: {
      ...output,
      codeSplitting: {
        groups: [
          // Where workers' code is counts from here.
          { name: "engine/threads/spawn", test: /threads.spawn\.ts$/ },
          // Side by side, since what is alike is then compressed as one.
          { name: "kernels", test: isFamily },
          {
            name: "library",
            test: /src.(?!cli|curves|engine.relaxed|entries|forecast|index|interchange|node|worker|replaceFile|rawKernels|relaxed|standard|table|text)/,
          },
          { name: "formats", test: /src.interchange.(?!index|operators|onnx.more)/ },
          // What no bundle needs: bundle.js does not import it.
          { name: "standard", test: /(src.(index|standard)\.ts$|node_modules.@assemblyscript)/ },
        ],
      },
    },
  },
  { input: { "engine/threads/worker": "src/engine/threads/worker.ts" }, platform: "neutral", output },
  // Each by itself: whoever reads tables need not have models, and texts are for the models of any entry.
  { input: { table: "src/table/index.ts" }, platform: "neutral", output },
  { input: { text: "src/text/index.ts" }, platform: "neutral", output },
  { input: { curves: "src/curves/index.ts" }, platform: "neutral", output },
  {
    folder: "node/",
    readable: false, // the same sources are in the maps of dist/
    input: {
      ...library,
      formats: formats.formats,
      index: "src/index.ts",
      node: "src/node.ts",
      start: "src/start.ts",
      moreLayers: "src/moreLayers.ts",
      worker: "src/worker/index.ts",
    },
    platform: "node",
    plugins: [forNode],
    output: {
      ...output,
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name].cjs",
      codeSplitting: {
        groups: [
          { name: "core", test: id => first.includes(id) && !id.endsWith("/src/start.ts") },
          { name: "more", test: id => second.includes(id) && !id.endsWith("/src/moreLayers.ts") },
          {
            name: "library",
            test: /src.(?!entries|forecast|interchange|moreLayers|node|start|worker|rawKernels|relaxed|engine.relaxed)/,
          },
        ],
      },
    },
  },
  {
    folder: "node/",
    mapped: false, // there is nothing to read in it
    input: { texts: "texts" },
    plugins: [textsOfKernels],
    output: { ...output, format: "cjs", entryFileNames: "[name].cjs" },
  },
  {
    folder: "edge/",
    mapped: false, // the same code has a map in dist/
    input: { index: "index-for-bundlers", ...library, formats: formats["bundle/formats"] },
    platform: "neutral",
    plugins: [forBundlers, forEdge],
    output: {
      ...output,
      chunkFileNames: "[name].js",
      codeSplitting: {
        groups: [
          { name: "library", test: /src.(?!entries|forecast|interchange|table|rawKernels|relaxed|engine.relaxed)/ },
        ],
      },
    },
  },
  { readable: false, input: LEAN, platform: "neutral", plugins: [lean(texts)], output: { ...output, ...leanChunks } },
  {
    folder: "node/",
    readable: false,
    input: LEAN,
    platform: "neutral",
    plugins: [lean(leanFiles)],
    output: { ...output, ...leanChunks, chunkFileNames: "[name].js" },
  },
  {
    folder: "edge/",
    mapped: false, // the same code has a map in dist/
    input: LEAN,
    platform: "neutral",
    plugins: [lean(leanModules), forEdge],
    output: { ...output, ...leanChunks, chunkFileNames: "[name].js" },
  },
];
