// Marks what modules compute when they are loaded as pure: bundlers then leave out the constants that a program does not use. That
// it is so, is a rule of src/: what a file does beside that is a statement, as in common.ts, which no bundler leaves out.

/** What some bundlers do not take for pure, whatever is marked in it: it might call a getter, an iterator or toString. */
const CAUTIOUS = new Set(["SpreadElement", "MemberExpression", "BinaryExpression", "StaticBlock", "TemplateLiteral"]);

/** Whether an expression is more than literals, names and functions, and calls of these. */
function isCautious(node) {
  if (/Function/.test(node.type)) return false;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0) return false;
  if (node.type === "BinaryExpression" && node.left.type === "Literal" && node.right.type === "Literal") return false;
  // The name that is called, such as Object.keys.
  if (node.type === "CallExpression") return node.arguments.some(isCautious);
  if (CAUTIOUS.has(node.type) || (node.type === "PropertyDefinition" && node.static)) return true;
  if (node.type === "PropertyDefinition" || node.type === "MethodDefinition") return false;
  return Object.values(node).some(value =>
    [value].flat().some(child => typeof child?.type === "string" && isCautious(child)),
  );
}

/**
 * @param program
 * @returns {{ calls: number[], whole: [start: number, end: number][] }} calls at the top of a program in what constants are made of,
 *   but for those inside of functions; and the constants that a call of their own has to be made of, which is then marked
 */
export function pureCalls(program) {
  const calls = new Set();
  const whole = [];
  const walk = node => {
    if (/Function|Class/.test(node.type)) return;
    if (node.type === "CallExpression" || node.type === "NewExpression") calls.add(node.start);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (typeof child?.type === "string") walk(child);
    }
  };
  for (const statement of program.body) {
    const declaration = statement.declaration ?? statement;
    if (declaration.type !== "VariableDeclaration") continue;
    for (const { id, init } of declaration.declarations) {
      if (!init || id.type !== "Identifier") continue;
      if (isCautious(init)) whole.push([init.start, init.end]);
      else walk(init);
    }
  }
  return { calls: [...calls], whole };
}
