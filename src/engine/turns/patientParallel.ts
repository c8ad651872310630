/** The large calls of a step: short ones are run at once, others put on the list, to be done in pieces of about the same time. */
import type { Engine } from "../engine.ts";
import type { Kernels } from "../kernels.ts";
import type { Memory } from "../memory.ts";
import type { Parallel, Range } from "../threads/parallel.ts";
import { piecesOf } from "./pieces.ts";
import { pace, type WorkList } from "./workList.ts";

/** Floating-point operations a millisecond, before a kernel was ever measured: few, since it runs slowly until it is optimized. */
const FIRST_RATE = 4e6;
/** The least that is believed: where another process has the processor in the middle of a piece, it seems to take for ever. */
const LEAST_RATE = FIRST_RATE / 40;
/** A clock may be coarse: shorter pieces tell only that they are no longer than this. */
const MEASURABLE_MS = 0.5;

export class PatientParallel implements Parallel {
  readonly #memory: Memory;
  readonly #parallel: Parallel;
  readonly #list: WorkList;
  readonly #rates = new Map<keyof Kernels, number>();
  /** Of the work that was split last, until it is run. */
  #flop = 0;

  constructor({ memory, parallel }: Engine, list: WorkList) {
    this.#memory = memory;
    this.#parallel = parallel;
    this.#list = list;
  }

  get threads(): number {
    return this.#parallel.threads;
  }

  split(extent: number, align: number, flop: number): readonly Range[] {
    this.#flop = flop;
    return this.#parallel.split(extent, align, flop);
  }

  run(kernel: keyof Kernels, calls: readonly (readonly number[])[]): void {
    const flop = this.#flop;
    this.#flop = 0;
    const rate = this.#rates.get(kernel) ?? FIRST_RATE;
    const pieces = Math.max(1, Math.ceil(flop / (rate * pace.piece)));
    const run = (some: readonly (readonly number[])[]): void => {
      if (some.length > 1) this.#parallel.split(1, 1, flop / pieces); // a pool measures by it whether threads pay
      if (some.length > 0) this.#parallel.run(kernel, some as never);
    };
    if (pieces === 1 && !this.#list.mustWait) {
      this.#measured(kernel, flop, () => run(calls));
      return;
    }
    let piece = 0;
    let runPiece: ReturnType<typeof piecesOf>;
    this.#list.add(() => {
      if (piece === 0) runPiece = piecesOf(this.#memory, kernel, calls, run);
      if (!runPiece) return run(calls);
      this.#measured(kernel, flop / pieces, () => runPiece?.(piece, pieces));
      return ++piece < pieces;
    });
  }

  #measured(kernel: keyof Kernels, flop: number, action: () => void): void {
    const begun = performance.now();
    action();
    const took = performance.now() - begun;
    if (flop === 0) return;
    const known = this.#rates.get(kernel) ?? FIRST_RATE;
    const seen = flop / Math.max(took, MEASURABLE_MS);
    if (took < MEASURABLE_MS && seen < known) return;
    this.#rates.set(kernel, Math.max(LEAST_RATE, (known + seen) / 2));
  }

  async ready(): Promise<void> {
    await this.#parallel.ready();
  }
}
