/** Worker threads that share a model's linear memory. The calling thread works too, and waits for nobody to start. */
import { warnOnce } from "../../warn.ts";
import type { Kernels } from "../kernels.ts";
import type { Memory } from "../memory.ts";
import { prefersWideTiles } from "../tiles.ts";
import {
  CONTROL_ELEMENTS,
  type Control,
  claim,
  controlAt,
  DONE,
  FAILED,
  hasStarted,
  KERNEL,
  kernelNames,
  MAX_ARGUMENTS,
  MAX_PARTS,
  PARKED,
  TICKET,
  ticketOf,
  UP,
} from "./control.ts";
import type { KernelFunctions, Parallel, Range } from "./parallel.ts";
import { Payoff } from "./payoff.ts";
import { sharedKernelsModule } from "./sharedModule.ts";
import { spawnWorker } from "./spawn.ts";
import type { Start } from "./start.ts";
import { Workers } from "./workers.ts";

// Two halves of a product of 0.2 MFLOP take as long as the whole on one thread: measured in a loop with other kernels in
// between, on two cores of 43 GFLOP/s each, where an empty fork and join takes 0.6 µs.
const PART_FLOP = 100_000;
const START_MS = 10_000;
const DEADLINE_MS = 5_000;
// A part of the same fork never takes that many times as long as another, whatever else the machine does.
const DEADLINE_PARTS = 100;
const SPINS_A_LOOK = 4096;

/** Outside of the class, so that workers' events hold no pool. */
const startedIn = (words: Int32Array) => (worker: number) => hasStarted(words, worker);

export class Pool implements Parallel {
  readonly #asked: number;
  readonly #kernels: KernelFunctions;
  readonly #numbers = new Map<string, number>();
  readonly #control: Control;
  readonly #workers: Workers;
  readonly #payoff = new Payoff();
  #fork = 0;
  /** Of the work that was split last, until it is run; 0 where that is not known */
  #flop = 0;

  /**
   * @param kernels over `memory`, which is shared
   * @param threads 2 or more, the calling one included
   * @param module of `kernels`
   * @throws Error where no worker can be made
   */
  constructor(kernels: Kernels, memory: Memory, threads: number, spawn = spawnWorker, module = sharedKernelsModule()) {
    this.#asked = threads;
    this.#kernels = kernels as unknown as KernelFunctions;
    kernelNames(module).forEach((name, number) => {
      this.#numbers.set(name, number);
    });
    const pointer = memory.persist(CONTROL_ELEMENTS);
    this.#control = controlAt(memory.wasm, pointer);
    const starts = Array.from({ length: threads - 1 }, (_, worker): Start => {
      const scratch = memory.persist(kernels.scratchSize());
      return { module, memory: memory.wasm, pointer, scratch, wideTiles: prefersWideTiles(), worker };
    });
    this.#workers = new Workers(starts, spawn, startedIn(this.#control.words));
  }

  get threads(): number {
    return this.#asked - this.#workers.lost;
  }

  split(extent: number, align: number, flop: number): readonly Range[] {
    this.#flop = flop;
    const units = Math.ceil(extent / align);
    const parts = Math.max(1, Math.min(this.threads, units, Math.floor(flop / PART_FLOP)));
    const border = (part: number) => Math.min(extent, Math.round((units * part) / parts) * align);
    return Array.from({ length: parts }, (_, part): Range => [border(part), border(part + 1)]);
  }

  run(kernel: keyof Kernels, calls: readonly (readonly number[])[]): void {
    this.#workers.expectAlive();
    // Kernels are numbered from 0, and no work has as many FLOP as that.
    const work = this.#flop > 0 ? (this.#numbers.get(kernel) as number) * 2 ** 44 + this.#flop : undefined;
    this.#flop = 0;
    const begun = performance.now();
    if (calls.length < 2 || (work !== undefined && !this.#payoff.pays(work, begun))) {
      for (const call of calls) this.#kernels[kernel](...call);
      if (calls.length > 1 && work !== undefined) this.#payoff.alone(work, performance.now() - begun);
      return;
    }
    this.#runTogether(kernel, calls, begun);
    if (work === undefined) return;
    const now = performance.now();
    this.#payoff.together(work, now - begun, now);
  }

  #runTogether(kernel: keyof Kernels, calls: readonly (readonly number[])[], begun: number): void {
    const work = this.#kernels[kernel];
    this.#publish(kernel, calls);
    let finished = 0;
    let thrown: unknown;
    // The last part is this thread's own from the start; workers find only those before it on the ticket.
    for (let part = calls.length - 1; part >= 0; part = claim(this.#control.words)) {
      try {
        work(...calls[part]);
      } catch (error) {
        thrown ??= error;
      }
      finished++;
    }
    this.#join(calls.length - finished, begun);
    if (thrown) throw thrown;
    const failed = Atomics.load(this.#control.words, FAILED);
    if (failed) throw new Error(`threads: kernel ${kernel}(${calls[failed - 1].join(", ")}) failed in a worker`);
  }

  #publish(kernel: keyof Kernels, calls: readonly (readonly number[])[]): void {
    if (calls.length > MAX_PARTS) {
      throw new RangeError(`run ${kernel}: expected at most ${MAX_PARTS} calls, got ${calls.length}`);
    }
    const { words, numbers } = this.#control;
    const shared = calls.length - 1;
    for (let part = 0; part < shared; part++) {
      const call = calls[part];
      for (let i = 0; i < call.length; i++) numbers[part * MAX_ARGUMENTS + i] = call[i];
    }
    words[KERNEL] = this.#numbers.get(kernel) as number;
    words[DONE] = 0;
    words[FAILED] = 0;
    // All of the above is seen by whoever sees this ticket. A worker counts itself as parked before it looks at the
    // ticket for the last time, so it has either seen this one or is woken.
    this.#fork++;
    Atomics.store(words, TICKET, ticketOf(this.#fork, shared));
    if (Atomics.load(words, PARKED) > 0) Atomics.notify(words, TICKET);
  }

  /** Waits until workers have finished `parts`: spinning, since a page's main thread may not sleep. */
  #join(parts: number, begun: number): void {
    const { words } = this.#control;
    let deadline = 0;
    for (let spins = 1; Atomics.load(words, DONE) < parts; spins++) {
      if (spins % SPINS_A_LOOK) continue;
      const now = performance.now();
      // At the first look, what has passed is the time of this thread's own parts.
      deadline ||= now + Math.max(DEADLINE_MS, DEADLINE_PARTS * (now - begun));
      if (now > deadline) {
        throw this.#workers.giveUp("a worker has taken a part of the work and not finished it");
      }
    }
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + START_MS;
    for (;;) {
      this.#workers.expectAlive();
      const wanted = this.threads - 1;
      const up = Atomics.load(this.#control.words, UP);
      if (up >= wanted) return;
      if (performance.now() > deadline) {
        warnOnce(
          `threads: ${this.threads} asked for, ${up + 1} used: the other workers have not started in ${START_MS / 1000} s`,
        );
        return;
      }
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  }
}
