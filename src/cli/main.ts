#!/usr/bin/env node
/** The program `wasm-lstm`. */
import { main } from "./run.ts";

// `wasm-lstm ... | head` closes the pipe early: not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  interrupt() {
    const controller = new AbortController();
    // Once: a second Ctrl-C ends the process whatever it is doing.
    process.once("SIGINT", () => controller.abort());
    return controller.signal;
  },
});
