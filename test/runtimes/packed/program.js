// A program of the command line: runs the body, and prints what it returns.
import run from "./body.js";

console.log(JSON.stringify(await run()));
process.exit();
