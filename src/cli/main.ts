#!/usr/bin/env node
/** The program `wasm-lstm`. */
import { main } from "./run.ts";

// `wasm-lstm ... | head` closes the pipe early: not an error, and no reason to end before the model is saved.
let isOpen = true;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.exit(1);
  isOpen = false;
});

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
