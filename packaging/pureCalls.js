// Marks what modules compute when they are loaded as pure: bundlers then leave out the constants that a program does not use. That
// it is so, is a rule of src/: what a file does beside that is a statement, as in standard.ts, which no bundler leaves out.

/** Calls at the top of a program in what constants are made of, but for those inside of functions. */
export function pureCalls(program) {
  const places = [];
  const walk = node => {
    if (/Function|Class/.test(node.type)) return;
    if (node.type === "CallExpression" || node.type === "NewExpression") places.push(node.start);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (typeof child?.type === "string") walk(child);
    }
  };
  for (const statement of program.body) {
    const declaration = statement.declaration ?? statement;
    if (declaration.type !== "VariableDeclaration") continue;
    for (const { id, init } of declaration.declarations) if (init && id.type === "Identifier") walk(init);
  }
  return [...new Set(places)];
}
