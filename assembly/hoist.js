// A pass over a compiled module: in functions with a loop every v128 constant becomes a local that is set on entry. Newer V8
// (Node 24, Deno, Chrome) makes a constant anew at each of its uses, in the innermost loop too; older V8 has hoisted them
// itself. The numbers are the same, and the binary is a fifth smaller.
import binaryen from "binaryen";

const CONSTANT = /\(v128\.const [^)]*\)/g;

/** One function of binaryen's text: its head, then its locals, a line each, then its body. */
function hoisted(text) {
  if (!text.includes("(loop")) return text;
  const [, head, rest] = text.match(/^(\s*\(func [^\n]*\n(?: {2}\(local [^\n]*\n)*)([\s\S]*)$/);
  const names = new Map();
  const body = rest.replace(CONSTANT, constant => {
    if (!names.has(constant)) names.set(constant, `$constant${names.size}`);
    return `(local.get ${names.get(constant)})`;
  });
  const lines = each => [...names].map(([constant, name]) => `  ${each(constant, name)}\n`).join("");
  return (
    head +
    lines((_, name) => `(local ${name} v128)`) +
    lines((constant, name) => `(local.set ${name} ${constant})`) +
    body
  );
}

const TYPES = ["i32", "f32", "v128", "i64", "f64"];

/** A function with its locals by type, and else in their order: what is written of them is shorter, and functions are more alike. */
const byType = text =>
  text.replace(/(?: {2}\(local [^\n]*\n)+/, lines => {
    const rank = line => TYPES.indexOf(line.match(/(\w+)\)$/m)[1]);
    return lines
      .match(/.+\n/g)
      .sort((a, b) => rank(a) - rank(b))
      .join("");
  });

/** What a module becomes where the text of each function is changed, after some passes of binaryen. */
function changed(wasm, change, passes = []) {
  const before = binaryen.readBinary(wasm);
  before.setFeatures(binaryen.Features.All);
  before.runPasses(passes);
  const functions = before.emitText().split(/(?=\n \(func )/);
  before.dispose();
  const after = binaryen.parseText(functions.map((text, i) => (i === 0 ? text : change(text))).join(""));
  after.setFeatures(binaryen.Features.All);
  if (!after.validate()) throw new Error("hoistConstants: the module is no longer valid");
  const bytes = after.emitBinary();
  after.dispose();
  return bytes;
}

/**
 * @param {Uint8Array} wasm a module
 * @returns {Uint8Array} the same with its constants out of the loops
 */
export function hoistConstants(wasm) {
  // Locals that are set to what they hold are not set; those used most get the shortest numbers.
  return changed(changed(wasm, hoisted), byType, ["rse", "vacuum", "reorder-locals"]);
}
