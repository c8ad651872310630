#!/usr/bin/env node
/** The program `wasm-lstm`. */
import { main } from "./run.ts";

// `wasm-lstm ... | head` closes the pipe early: not an error. Neither that nor a full disk is a reason to end before the model is saved.
let isOpen = true;
let failed = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (isOpen && error.code !== "EPIPE") {
    failed = true;
    process.exitCode = 1;
    process.stderr.write(`wasm-lstm: cannot write to standard output: ${error.message}\n`);
  }
  isOpen = false;
});
process.stderr.on("error", () => {}); // nobody is left to be told

process.exitCode = await main(process.argv.slice(2), {
  stdout: {
    write: (text: string) => isOpen && process.stdout.write(text),
    isTTY: process.stdout.isTTY,
    get columns() {
      return process.stdout.columns;
    },
  },
  stderr: process.stderr,
  env: process.env,
  interrupt() {
    const controller = new AbortController();
    // Once: a second Ctrl-C ends the process whatever it is doing.
    process.once("SIGINT", () => controller.abort());
    return controller.signal;
  },
});
if (failed) process.exitCode ||= 1;
