/** What pools, workers and those who start them agree on. */

/** What a worker is sent. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Of the control block. */
  readonly pointer: number;
  /** Of the instance's own scratch, see assembly/matmul/scratch.ts. */
  readonly scratch: number;
  readonly wideTiles: boolean;
  /** Which worker of the pool it is, from 0. */
  readonly worker: number;
}

export interface Thread {
  terminate(): unknown;
}

/** Starts a worker; `onEnd` is told why, should it ever end. */
export type Spawn = (start: Start, onEnd: (reason: string) => void) => Thread;
