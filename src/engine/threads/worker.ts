/**
 * The code of a worker: takes parts of forks as they come, spins a little for the next one, then sleeps. A build of its
 * own makes one file of it, without imports, and the same as text, for where bundlers have left no file.
 */
import {
  claim,
  controlAt,
  DONE,
  FAILED,
  KERNEL,
  kernelNames,
  MAX_ARGUMENTS,
  PARKED,
  partsLeft,
  startUp,
  TICKET,
} from "./control.ts";
import type { Start } from "./start.ts";

// Forks of a running training come within this time; waking a sleeping thread costs more than most parts take.
const SPIN_MS = 1.5;
const SPINS_A_LOOK = 256;

function serve({ module, memory, pointer, scratch, wideTiles, worker }: Start): never {
  const { words, numbers } = controlAt(memory, pointer);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  (exports.useScratch as (pointer: number, wide: boolean) => void)(scratch, wideTiles);
  const kernels = kernelNames(module).map(name => exports[name] as (...args: number[]) => unknown);
  // One list for each kernel, used again and again: a running pool makes no garbage.
  const lists = kernels.map(kernel => new Array<number>(kernel.length).fill(0));

  const runPart = (part: number): void => {
    const kernel = words[KERNEL];
    const args = lists[kernel];
    for (let i = 0; i < args.length; i++) args[i] = numbers[part * MAX_ARGUMENTS + i];
    try {
      kernels[kernel](...args);
    } catch {
      Atomics.store(words, FAILED, part + 1);
    }
    Atomics.add(words, DONE, 1);
  };

  /** Until the ticket is another one than `seen`. */
  const awaitChange = (seen: number): void => {
    const until = performance.now() + SPIN_MS;
    for (let spins = 1; Atomics.load(words, TICKET) === seen; spins++) {
      if (spins % SPINS_A_LOOK || performance.now() < until) continue;
      Atomics.add(words, PARKED, 1);
      Atomics.wait(words, TICKET, seen);
      Atomics.sub(words, PARKED, 1);
    }
  };

  startUp(words, worker);
  for (;;) {
    const ticket = Atomics.load(words, TICKET);
    if (partsLeft(ticket) === 0) awaitChange(ticket);
    const part = claim(words);
    if (part >= 0) runPart(part);
  }
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node?.workerData) serve(node.workerData);
else globalThis.addEventListener("message", ({ data }) => serve(data), { once: true });
