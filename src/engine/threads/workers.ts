/** The workers of one pool: started together, and ended when the pool is dropped or one of them has failed. */
import type { Spawn, Start, Thread } from "./spawn.ts";

/** What the workers' events write. It leads to no memory, so that a dropped model can go while its workers run. */
interface Status {
  failure?: Error;
}

const dropped = new FinalizationRegistry<readonly Thread[]>(terminate);

function terminate(workers: readonly Thread[]): void {
  for (const worker of workers) worker.terminate();
}

function fail(status: Status, what: string): Error {
  status.failure ??= new Error(
    `threads: ${what}, so this model cannot compute any more; its weights can still be saved: ` +
      "make it again with loadModel(net.save()), with { threads: 1 } to do without workers",
  );
  return status.failure;
}

/** Outside the class, so that no event handler can hold an instance. */
function hire(starts: readonly Start[], spawn: Spawn, status: Status): Thread[] {
  const workers: Thread[] = [];
  try {
    starts.forEach((start, i) => {
      workers.push(spawn(start, reason => fail(status, `worker ${i + 1} of ${starts.length} has ended (${reason})`)));
    });
  } catch (error) {
    terminate(workers);
    throw error;
  }
  return workers;
}

export class Workers {
  readonly #status: Status = {};
  readonly #threads: readonly Thread[];

  /** @throws what `spawn` throws; then no worker is left */
  constructor(starts: readonly Start[], spawn: Spawn) {
    this.#threads = hire(starts, spawn, this.#status);
    dropped.register(this, this.#threads);
  }

  /** @throws Error if a worker has ended, or after `giveUp` */
  expectAlive(): void {
    if (this.#status.failure) throw this.#status.failure;
  }

  /** Ends all workers. @returns the error that every use has from now on */
  giveUp(why: string): Error {
    terminate(this.#threads);
    return fail(this.#status, why);
  }
}
