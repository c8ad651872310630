/** Where batches come from: arrays, or what a maker such as `batches` makes of other data. */
import type { Network } from "../graph/network.ts";
import type { NDArray } from "../ndarray.ts";
import type { Review } from "./review.ts";
import type { expectWeights } from "./sampleWeights.ts";
import { batchOf, type Sets } from "./sets.ts";
import type { Slot } from "./slots.ts";
import type { LoadBatch } from "./trainer.ts";

/** Batches in their order. */
export interface Batches {
  /** The next one; nothing at the end */
  next(): LoadBatch | undefined | Promise<LoadBatch | undefined>;
  /** Lets go of what will not be read. */
  close?(): unknown;
}

/** Data that is read in passes. */
export interface Source {
  /** Batches of a pass, where that is known */
  readonly steps?: number | undefined;
  /** Whether every epoch begins a pass, also if it leaves batches over */
  readonly fresh?: boolean;
  open(pass: number): Batches;
  /** Whether an epoch of a certain length may go on in a next pass */
  readonly again?: boolean;
  /** What is wrong with data that ends too early */
  short?(epoch: number, batch: number, wanted: number): Error;
}

type Weights = Parameters<typeof expectWeights>[1];

/** What makers of sources may use of a model in `fit` or `evaluate`. */
export interface Reader {
  /** The method */
  readonly title: string;
  readonly network: Network;
  /** Whether layers may learn from the data */
  readonly learns: boolean;
  /** For all batches */
  readonly weights?: Pick<Weights, "classWeight">;
  expectSets(x: unknown, y: unknown, title: string, weights: Weights): Sets;
  review(sets: readonly Sets[], advise: boolean): Review;
}

/** What is behind data that a maker made. */
export interface Sourced {
  /** @param options as given: those for arrays alone are refused */
  open(reader: Reader, options: object): Source;
  predict(
    predictAll: (x: never) => NDArray[],
    slots: readonly Slot[],
    inTurns: boolean,
  ): NDArray[] | Promise<NDArray[]>;
}

export const sources = new WeakMap<object, Sourced>();

/**
 * A new order of samples.
 *
 * @param order a random one
 */
export type Reorder = (order: Int32Array, sets: Sets, batchSize: number) => Int32Array;

/** The samples of arrays, a batch at a time. */
export function arraySource(sets: Sets, batchSize: number, orderOf?: (pass: number) => Int32Array): Source {
  const { count } = sets.x;
  return {
    steps: Math.ceil(count / batchSize),
    again: true,
    open(pass) {
      const order = orderOf?.(pass);
      let from = 0;
      return {
        next() {
          if (from >= count) return undefined;
          const begin = from;
          from += batchSize;
          return batchOf(sets, begin, Math.min(count, from), order);
        },
      };
    },
  };
}

/** Reads a source on and on. */
export class Cursor {
  /** Batches read of the present pass */
  drawn = 0;
  #open: Batches | undefined;

  constructor(
    readonly source: Source,
    public pass: number,
  ) {}

  next(): ReturnType<Batches["next"]> {
    this.#open ??= this.source.open(this.pass);
    const got = this.#open.next();
    return got instanceof Promise ? got.then(load => this.#count(load)) : this.#count(got);
  }

  #count(load: LoadBatch | undefined): LoadBatch | undefined {
    if (load) this.drawn++;
    else this.begin(this.pass + 1);
    return load;
  }

  /** Begins a pass. */
  begin(pass: number): void {
    this.close();
    this.pass = pass;
    this.drawn = 0;
  }

  /** Reads so many batches of a pass for nothing. */
  async seek(pass: number, drawn: number): Promise<void> {
    this.begin(pass);
    while (this.drawn < drawn && (await this.next()));
  }

  close(): unknown {
    const open = this.#open;
    this.#open = undefined;
    return open?.close?.();
  }
}
