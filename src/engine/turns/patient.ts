/**
 * An engine whose calls may wait: what ops ask of it is done at once as long as that is short, and else put on a list in the
 * same order, to be done in pieces. Numbers that JavaScript asks for are always there: then the list is done first.
 */
import type { Engine } from "../engine.ts";
import type { Kernels } from "../kernels.ts";
import type { Arena, Memory, Views } from "../memory.ts";
import type { KernelFunctions, Parallel } from "../threads/parallel.ts";
import { answers } from "./answers.ts";
import { ArenaIslands } from "./islands.ts";
import { type Line, lineOf } from "./line.ts";
import { PatientParallel } from "./patientParallel.ts";
import { WorkList } from "./workList.ts";

class PatientArena implements Arena {
  readonly #memory: Memory;
  readonly #list: WorkList;

  constructor(memory: Memory, list: WorkList) {
    this.#memory = memory;
    this.#list = list;
  }

  get floats(): Float32Array {
    this.#list.flush();
    return this.#memory.floats;
  }

  get ints(): Int32Array {
    this.#list.flush();
    return this.#memory.ints;
  }

  get settled(): Views {
    return this.#memory;
  }

  write(action: (views: Views) => void): void {
    if (this.#list.mustWait) this.#list.add(() => action(this.#memory));
    else action(this.#memory);
  }

  clear(pointer: number, elements: number): void {
    this.write(() => this.#memory.clear(pointer, elements));
  }

  allocate(elements: number): number {
    return this.#memory.allocate(elements);
  }

  allocateZeros(elements: number): number {
    const pointer = this.allocate(elements);
    this.clear(pointer, elements);
    return pointer;
  }

  mark(): number {
    return this.#memory.mark();
  }

  release(mark: number): void {
    this.#memory.release(mark);
  }
}

/** @param engine whose kernels may become more with another loss or optimizer */
function patientKernels(engine: Engine, list: WorkList): Kernels {
  const made: Record<string, (...args: number[]) => unknown> = {};
  const make = (name: string) => {
    const kernel = (engine.kernels as unknown as KernelFunctions)[name as keyof Kernels];
    const answer = (answers as Record<string, boolean | undefined>)[name];
    if (answer === false) return kernel;
    return (...args: number[]): unknown => {
      if (answer) list.flush();
      else if (list.mustWait) {
        list.add(() => {
          kernel(...args);
        });
        return undefined;
      }
      return kernel(...args);
    };
  };
  return new Proxy(made, {
    get: (_, name: string) => {
      made[name] ??= make(name);
      return made[name];
    },
  }) as unknown as Kernels;
}

/** Packed weights of a step. */
interface Noted {
  /** Packs them, if what lies there is something else. */
  readonly again: () => void;
  /** How many calls had waited when the last call that packs them was made. */
  readonly at: number;
}

export class PatientEngine {
  readonly memory: Arena;
  readonly kernels: Kernels;
  readonly parallel: Parallel;
  readonly list: WorkList;
  readonly #packed = new Map<{ forget(): void }, Noted>();
  readonly #memory: Memory;
  /** Those who use this memory. */
  readonly line: Line;

  constructor(engine: Engine) {
    const { memory } = engine;
    this.#memory = memory;
    memory.islands ??= new ArenaIslands();
    this.line = lineOf(memory);
    this.list = new WorkList(() => memory.mark());
    this.memory = new PatientArena(memory, this.list);
    this.kernels = patientKernels(engine, this.list);
    this.parallel = new PatientParallel(engine, this.list);
  }

  /** Whether calls wait: whoever can stop here should. */
  get waits(): boolean {
    return this.list.waits;
  }

  /** Takes note of packed weights of this step. */
  notePacked(room: { forget(): void }, isFresh: boolean, again: () => void): void {
    if (this.list.direct) return;
    this.#packed.set(room, { again, at: isFresh ? (this.#packed.get(room)?.at ?? 0) : this.list.added });
  }

  /** A step begins, or has ended. */
  clear(): void {
    this.list.clear();
    this.#packed.clear();
  }

  /** Gives a turn to whoever wants it: what the step has in memory stays as it is. */
  async giveTurn(turn: () => Promise<void>): Promise<void> {
    const memory = this.#memory;
    const mark = memory.mark();
    // What waits uses memory that was given back already, as calls after it see it.
    if (this.list.end > mark) memory.allocate((this.list.end - mark) / 4);
    for (const [room, { at }] of this.#packed) if (at > this.list.done) room.forget();
    await turn();
    this.list.begin();
    this.list.direct = true;
    for (const { again } of this.#packed.values()) again();
    this.list.direct = false;
    memory.release(mark);
  }
}

const all = new WeakMap<Engine, PatientEngine>();

export function patientEngine(engine: Engine): PatientEngine {
  const patient = all.get(engine) ?? new PatientEngine(engine);
  all.set(engine, patient);
  return patient;
}
