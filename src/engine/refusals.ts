/** What to do where a runtime refuses to compile the kernels, or to give another memory. */
import { lacks } from "../decoder.ts";
import { whenGone } from "./whenGone.ts";

const NONE =
  "this runtime has no WebAssembly (nor have React Native, Lockdown Mode, node --jitless): use another " +
  "browser, or a server with Node.js, Deno or Bun";
const FORBIDDEN =
  "this runtime forbids to compile WebAssembly: in a page, add 'wasm-unsafe-eval' to script-src of its " +
  'Content-Security-Policy; for an edge runtime, bundle with its condition, "workerd" or "edge-light"';
const WORKER_ONLY =
  "this browser compiles so much WebAssembly in workers only: make the model in one, or use a newer browser";
const NO_SIMD =
  "this runtime has no WebAssembly SIMD: use Node.js 20, Chrome or Edge 91, Firefox 89, Safari 16.4, or later ones";

/** A module of one function that makes a vector of an i32. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11];

let alive = 0;
const onGone = whenGone<undefined>(() => alive--);

/** Counts an engine for as long as it is alive. */
export function countEngine(engine: object): void {
  alive++;
  onGone(engine, undefined);
}

const noRoom = () =>
  `no memory for another model beside the ${alive} alive: let small models ` +
  "share one, { memory: modelMemory() }, or drop some";

/** Why a memory cannot become as large as that. */
export function explainGrowth(cause: unknown, wanted: number, bytes: number): RangeError {
  const mb = (n: number) => `${Math.ceil(n / 2 ** 20)} MB`;
  return new RangeError(
    `out of memory: expected to hold ${mb(wanted)} in one model, but the runtime stops at ${mb(bytes)} and at most 4096 MB; ` +
      "use a smaller batchSize, shorter sequences or fewer units",
    { cause },
  );
}

/** The same error in words that say what to do; an error that is nothing of the kind as it is. */
export function explainRefusal(cause: unknown): unknown {
  if (typeof WebAssembly === "undefined") return new Error(NONE, { cause });
  const { name, message } = cause as Error;
  if (name === "Error") return cause; // one of our own
  if (name === "ReferenceError") return lacks(message); // atob, TextEncoder
  if (/main thread/i.test(message)) return new Error(WORKER_ONLY, { cause });
  if (/CSP|Content.Security|unsafe-eval|embedder|code generation/i.test(message))
    return new Error(FORBIDDEN, { cause });
  if (/out of (executable )?memory|allocate memory/i.test(message)) return new RangeError(noRoom(), { cause });
  if (/SIMD unsupported/i.test(message) || !WebAssembly.validate(Uint8Array.from(SIMD)))
    return new Error(NO_SIMD, { cause });
  return cause;
}
