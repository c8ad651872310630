/**
 * The workers of one pool: started together, and ended when the pool is dropped or one of them has failed. One that cannot
 * start is none: the pool works without it.
 */
import { warnOnce } from "../../warn.ts";
import { whenGone } from "../whenGone.ts";
import type { Spawn, Start, Thread } from "./start.ts";

/** What the workers' events write. It leads to no model, so that a dropped one can go while its workers run. */
interface Status {
  failure?: Error;
  /** Workers that could not start: no work was ever theirs, so nothing is lost but their speed. */
  lost: number;
}

const onGone = whenGone<readonly Thread[]>(terminate);

function terminate(workers: readonly Thread[]): void {
  for (const worker of workers) worker.terminate();
}

function fail(status: Status, what: string): Error {
  status.failure ??= new Error(`threads: ${what}, so make this model again: loadModel(net.save(), { threads: 1 })`);
  return status.failure;
}

/** Whether a worker of the pool has ever been ready for work. */
type Started = (worker: number) => boolean;

/** Outside the class, so that no event handler can hold an instance. */
function hire(starts: readonly Start[], spawn: Spawn, started: Started, status: Status): Thread[] {
  const ended = (i: number, reason: string): void => {
    if (started(i)) fail(status, `worker ${i + 1} of ${starts.length} has ended (${reason})`);
    else {
      status.lost++;
      const used = starts.length + 1 - status.lost;
      warnOnce(`threads: ${starts.length + 1} asked for, ${used} used: a worker could not start (${reason})`);
    }
  };
  const workers: Thread[] = [];
  try {
    starts.forEach((start, i) => {
      let told = false; // of an error, and then of its end
      const onEnd = (reason: string) => {
        if (!told) ended(i, reason);
        told = true;
      };
      workers.push(spawn(start, onEnd));
    });
  } catch (error) {
    terminate(workers);
    throw error;
  }
  return workers;
}

export class Workers {
  readonly #status: Status = { lost: 0 };
  readonly #threads: readonly Thread[];

  /** @throws what `spawn` throws; then no worker is left */
  constructor(starts: readonly Start[], spawn: Spawn, started: Started) {
    this.#threads = hire(starts, spawn, started, this.#status);
    onGone(this, this.#threads);
  }

  /** How many could not start. */
  get lost(): number {
    return this.#status.lost;
  }

  /** @throws Error if a worker that had started has ended, or after `giveUp` */
  expectAlive(): void {
    if (this.#status.failure) throw this.#status.failure;
  }

  /** Ends all workers. @returns the error that every use has from now on */
  giveUp(why: string): Error {
    terminate(this.#threads);
    return fail(this.#status, why);
  }
}
