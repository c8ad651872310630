// What a command-line runtime is started with: runs the default export of a module, and prints what it returns.
const [script, options] = process.argv.slice(2);
const { default: run } = await import(script);
console.log(`\n${JSON.stringify({ value: await run(JSON.parse(options)) })}`);
process.exit(0);
