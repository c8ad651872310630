// What predicts without training: the entries `inference`, `cells` and `scaling`, built of the same sources without what goes back.
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { alphabetFor, textOf } from "../assembly/binaryText.js";
import { cut, parts } from "../assembly/families.js";

export const LEAN = { inference: "src/inference.ts", cells: "src/cells.ts", scaling: "src/scaling.ts" };

/** Methods of ops, cells and layers that only training calls, and what they are recorded with: there is none here. */
const BACKWARD = new Set(["addGradient", "addGradients", "backward", "countsPadding", "differentiate", "transpose"]);

/** What ops ask, whether a tape runs and whether this is training, and the answers here. */
const ANSWERS = new Map([
  ["requiresGradient", "false"],
  ["tape", "(void 0)"],
  ["training", "false"],
]);

/** Calls back with every node of a program, until it is told to look no deeper. */
function walk(node, visit) {
  if (visit(node) === false) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (typeof child?.type === "string") walk(child, visit);
  }
}

/** A source in which some pieces are blank, so that all else keeps its place: [from, to, what stands there]. */
const blanked = (code, pieces) =>
  pieces.reduce(
    (text, [from, to, mark]) =>
      text.slice(0, from) + mark + text.slice(from + mark.length, to).replace(/[^\n]/g, " ") + text.slice(to),
    code,
  );

/** A source without what only a tape needs. */
function withoutBackward(code) {
  const pieces = [];
  const visit = node => {
    const { type, key, start, end } = node;
    if (type === "AssignmentExpression") return walk(node.right, visit) ?? false;
    const answer = type === "MemberExpression" && !node.computed && ANSWERS.get(node.property.name);
    if (answer) {
      pieces.push([start, end, answer]);
      return false;
    }
    const named = ["Property", "MethodDefinition"].includes(type) && !node.computed && BACKWARD.has(key?.name);
    const { callee } = type === "ExpressionStatement" ? node.expression : node;
    const records =
      type === "ExpressionStatement" && callee?.type === "MemberExpression" && callee.property.name === "record";
    if (!(named && !node.shorthand) && !records) return true;
    const comma = type === "Property" && code[end] === ","; // which goes too
    pieces.push([start, comma ? end + 1 : end, type === "Property" ? " " : ";"]);
    return false;
  };
  walk(parseAst(code, { lang: "ts" }), visit);
  return blanked(code, pieces);
}

const inSource = id => id.replaceAll("\\", "/").match(/\/src\/(.*)$/)?.[1] ?? "";

/**
 * A plugin of the bundler.
 *
 * @param {{ base: string, more: string }} kernels code of two modules, which export BASE and registerMoreKernels
 */
export const lean = ({ base, more }) => ({
  name: "lean",
  load(id) {
    const file = inSource(id);
    if (file === "engine/families/base.generated.ts") return base;
    if (file === "engine/moreKernels.ts") return more;
    if (!file.startsWith("engine/families/")) return null;
    const [, name] = readFileSync(id, "utf8").match(/export const (\w+)/);
    return `export { BASE as ${name} } from "./base.generated.ts";`; // which have all that there is
  },
  transform(code, id) {
    return /^((ops|recurrent|layers)\/|context\.ts$)/.test(inSource(id))
      ? { code: withoutBackward(code), map: null }
      : null;
  },
});

/** The code of some entries, with no kernels in it, and its sources. */
async function linked(input) {
  const kernels = { base: "export const BASE = {};", more: "export const registerMoreKernels = () => {};" };
  const bundle = await rolldown({ input, platform: "neutral", plugins: [lean(kernels)] });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  return { code: output.map(({ code }) => code).join("\n"), files: output.flatMap(({ moduleIds }) => moduleIds) };
}

/** What is for training alone, though its names stand elsewhere too, such as in messages. */
const TRAINS =
  /Backward|Gradient|Dropout|^dropout|Error|^huber|^logCosh|rossentropy|^(adam|rmsprop|sgd)$|^(random|orthogonal|clip|multiplyAdd)/;

/** The kernels that some code names. Of the LSTM's forms it has the beginning of the names. */
function named(code, names) {
  const words = new Set(code.match(/[A-Za-z]\w*/g));
  const form = name => /^lstm/.test(name) && words.has(name.replace(/(Forward|Step)$/, ""));
  return names.filter(name => !TRAINS.test(name) && (words.has(name) || form(name)));
}

/** A module with some of its exports alone. */
export function pruned(wasm, keep) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  for (const { name } of parts(wasm).exports) if (!keep.includes(name)) module.removeExport(name);
  module.runPasses(["remove-unused-module-elements"]);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/**
 * The kernels of these entries.
 *
 * @param {Uint8Array} wasm all kernels
 * @returns {Promise<{ texts: { base: string, more: string }, inference: Uint8Array, files: string[] }>} code for `lean` that
 *   has them as text; those of the entry `inference` as a module; and the sources of that entry
 */
export async function leanKernels(wasm) {
  const names = parts(wasm).exports.map(({ name }) => name);
  const [inference, together] = await Promise.all([linked(LEAN.inference), linked(Object.values(LEAN))]);
  const first = named(inference.code, names);
  const all = named(together.code, names);
  const families = cut(pruned(wasm, [...new Set([...first, ...all])]), name =>
    first.includes(name) ? "base" : "more",
  );
  const alphabet = alphabetFor([...families.values()].flatMap(bytes => [...bytes]));
  const text = name => JSON.stringify(textOf(families.get(name), alphabet));
  return {
    texts: {
      base: `export const BASE = { name: "base", alphabet: ${JSON.stringify(alphabet)}, text: ${text("base")} };`,
      more: `import { BASE } from "./families/base.generated.ts"; import { registerKernels } from "./kernels.ts";
        const MORE = { name: "more", text: ${text("more")} };
        export const registerMoreKernels = () => registerKernels(BASE, MORE);`,
    },
    inference: pruned(wasm, first),
    files: inference.files,
  };
}
