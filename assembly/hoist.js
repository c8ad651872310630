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

/**
 * @param {Uint8Array} wasm a module
 * @returns {Uint8Array} the same with its constants out of the loops
 */
export function hoistConstants(wasm) {
  const before = binaryen.readBinary(wasm);
  before.setFeatures(binaryen.Features.All);
  const functions = before.emitText().split(/(?=\n \(func )/);
  before.dispose();
  const after = binaryen.parseText(functions.map((text, i) => (i === 0 ? text : hoisted(text))).join(""));
  after.setFeatures(binaryen.Features.All);
  if (!after.validate()) throw new Error("hoistConstants: the module is no longer valid");
  after.runPasses(["reorder-locals"]); // those used most get the shortest numbers
  const bytes = after.emitBinary();
  after.dispose();
  return bytes;
}
