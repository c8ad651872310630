/** Batches as they come: from generators, async iterables, lists. */
import { concat } from "../data/concat.ts";
import { expectOptions } from "../expect.ts";
import { isArray, isObject, isRecord } from "../isObject.ts";
import { describe, type NDArray } from "../ndarray.ts";
import { adapt } from "./adapt.ts";
import type { Inputs, Targets } from "./data.ts";
import { nextTurn } from "./nextTurn.ts";
import type { SampleWeight } from "./sampleWeights.ts";
import { batchOf } from "./sets.ts";
import type { Slot } from "./slots.ts";
import { type Batches, type Reader, type Source, sources } from "./source.ts";
import { isStateful } from "./stateful.ts";
import type { LoadBatch } from "./trainer.ts";
import { unlessAborted } from "./unlessAborted.ts";

/** One batch, of any number of samples. */
export type Batch =
  | readonly [x: Inputs, y: Targets, sampleWeight?: SampleWeight]
  | { readonly x: Inputs; readonly y: Targets; readonly sampleWeight?: SampleWeight | undefined };

type Run<Item> = Iterable<Item> | AsyncIterable<Item> | Iterator<Item> | AsyncIterator<Item>;

/** What {@link batches} takes. */
export type BatchesOf<Item> = Run<Item> | ((epoch: number) => Run<Item> | Promise<Run<Item>>);

/** What {@link batches} makes: in place of x and y. */
export class BatchSource<Item = unknown> {
  /** What its batches are */
  declare readonly item?: Item;
}

/** What cannot be said of batches, which are made already. */
const OF_ARRAYS = { batchSize: 1, shuffle: 1, validationSplit: 1, sampleWeight: 1 };

/**
 * Batches as they come, in place of x and y in `fit` (also as `validationData`) and `evaluate`, and of x in `predict`: data that
 * is larger than memory, made on the way, or read from somewhere.
 *
 * Every epoch is one pass. A generator can be read once: for more epochs give a function, which is called with the number of the epoch
 * (from 0) and returns a fresh one; so training resumes in the right place too. With `stepsPerEpoch`, an epoch of a function's
 * generator ends after so many batches, and one of an iterable goes on where the last ended, which may last for ever. Where data is resumed
 * from a checkpoint, a generator is read up to that place. What is left over is let go of by its `return`.
 *
 * Layers that learn from data, such as `missing` with means, learn from the first batch.
 *
 * @param from a function, an iterable, an async iterable or an iterator; of `[x, y]`, `[x, y, sampleWeight]` or `{ x, y,
 *   sampleWeight }`; for `predict` of these too, or of x or `{ x }`
 * @throws TypeError for anything else; `fit` and the others throw for a batch that does not fit, and for data that throws or ends too
 *   early: the model keeps what it has learned until then
 * @example
 * async function* read(epoch) {
 *   for await (const rows of table(epoch)) yield [toX(rows), toY(rows)];
 * }
 * await net.fit(batches(read), { epochs: 10 });
 */
export function batches<Item>(from: BatchesOf<Item>): BatchSource<Item> {
  const made = new BatchSource<Item>();
  if (typeof from !== "function" && !isIterable(from) && !isIterator(from)) {
    throw new TypeError(
      `batches: expected a generator, an iterable or a function that returns one, got ${describe(from)}`,
    );
  }
  sources.set(made, {
    open(reader, options) {
      for (const [name, value] of Object.entries(options)) {
        if (!Object.hasOwn(OF_ARRAYS, name) || value === undefined || value === null || value === false) continue;
        throw new RangeError(
          `${reader.title} ${name}: expected none with batches(), which come as they are; leave it out`,
        );
      }
      return sourceOf(from, reader, (options as { signal?: AbortSignal }).signal);
    },
    predict: (predictAll, slots, inTurns) => predicted(from, predictAll, slots, inTurns),
  });
  return made;
}

/** Whether a value can be iterated, here or with pauses; typed arrays are data. */
function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (!isObject(value) || ArrayBuffer.isView(value)) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

const isIterator = (value: unknown): value is AsyncIterator<unknown> =>
  isObject(value) && "next" in value && typeof value.next === "function";

/** An iterator that is not iterable, as one that is. */
const iterable = (from: unknown): unknown =>
  !isIterable(from) && isIterator(from) ? { [Symbol.asyncIterator]: () => from } : from;

/** What can be read once: a generator. */
const isSpent = (from: unknown): boolean => isIterator(from);

/** What a function returned, if that can be iterated. */
function expectIterable(made: unknown): AsyncIterable<unknown> | Iterable<unknown> {
  const own = iterable(made);
  if (isIterable(own)) return own;
  throw new TypeError(`expected the function to return a generator or an iterable, got ${describe(made)}`);
}

async function* itemsOf(from: unknown, pass: number): AsyncGenerator<unknown> {
  yield* expectIterable(typeof from === "function" ? await from(pass) : from);
}

/** The user's own error behind one that says where. */
const threw = (title: string, epoch: number, count: number, cause: unknown): Error =>
  new Error(
    `${title}: the data of epoch ${epoch + 1} threw after ${count} batches: ${(cause as Error)?.message ?? cause}`,
    {
      cause,
    },
  );

function sourceOf(from: unknown, reader: Reader, signal?: AbortSignal): Source {
  const { title, learns, network } = reader;
  const once = isSpent(from);
  let size: number | undefined;
  const read = (item: unknown, epoch: number, n: number): LoadBatch => {
    const what = `${title}: epoch ${epoch + 1}, batch ${n + 1} of the data`;
    try {
      const [x, y, sampleWeight] = partsOf(item);
      const sets = reader.expectSets(x, y, title, { sampleWeight, ...reader.weights });
      const first = size === undefined;
      size ??= sets.x.count;
      if (isStateful(network.plan) && sets.x.count !== size) {
        throw new RangeError(
          `a stateful layer expected batches of one size, here ${size}, got ${sets.x.count} samples`,
        );
      }
      sets.review = reader.review([sets], first);
      if (learns && first) adapt(network, sets.x);
      return batchOf(sets);
    } catch (error) {
      (error as Error).message = `${what}: ${(error as Error).message}`;
      throw error;
    }
  };
  return {
    fresh: typeof from === "function",
    again: typeof from !== "function" && !once,
    open(pass): Batches {
      const items = itemsOf(iterable(from), pass);
      let count = 0;
      let waits = false;
      return {
        async next() {
          waits = true;
          const item = items.next().catch(error => {
            throw threw(title, pass, count, error);
          });
          const ended = () => {
            waits = false;
          };
          const coming = item.finally(ended);
          const got = await (signal ? unlessAborted(coming, signal) : coming);
          if (got && !got.done) return read(got.value, pass, count++);
          if (count === 0 && !learns && !signal?.aborted) throw empty(title, once);
          return undefined;
        },
        close() {
          const closed = items.return(undefined);
          if (!waits) return closed;
          closed.catch(() => {}); // a generator that waits ends when it goes on, if ever
          return undefined;
        },
      };
    },
    short(epoch, batch, wanted) {
      if (batch === 0 && wanted === Number.POSITIVE_INFINITY) return empty(`${title}: epoch ${epoch + 1}`, once);
      return new RangeError(
        `${title}: the data ended after ${batch} batches of epoch ${epoch + 1}, and stepsPerEpoch asks for ${wanted}; ` +
          (once ? ONCE : "give more, or ask for fewer"),
      );
    },
  };
}

const ONCE = "a generator can be read once: give batches() a function that returns a fresh one for each epoch";

const empty = (title: string, once: boolean): Error =>
  new RangeError(`${title}: expected batches, got none${once ? `; ${ONCE}` : ""}`);

/** An item's inputs, targets and weights. */
function partsOf(item: unknown): [x: unknown, y: unknown, sampleWeight?: unknown] {
  if (isArray(item) && (item.length === 2 || item.length === 3)) return [item[0], item[1], item[2]];
  if (isObject(item) && "x" in item && "y" in item) {
    expectOptions(item, ["x", "y", "sampleWeight"], "a batch");
    return [item.x, item.y, (item as { sampleWeight?: unknown }).sampleWeight];
  }
  throw new TypeError(`expected [x, y], [x, y, sampleWeight] or { x, y, sampleWeight }, got ${describe(item)}`);
}

/** How many axes data has, by what comes first in it; none if it is no array of numbers. */
function axesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return 1;
  if (isArray(value)) return 1 + (value.length > 0 ? axesOf(value[0]) : 0);
  if (!isObject(value)) return 0;
  if ("x" in value) return axesOf(value.x);
  return "shape" in value && isArray(value.shape) ? value.shape.length : 0;
}

/** What a model reads of an item, which may have targets and weights behind, as those that it learns from: the axes tell. */
function inputsOf(item: unknown, slots: readonly Slot[]): unknown {
  if (isObject(item) && "x" in item && !("lengths" in item)) return item.x;
  if (!isArray(item) || (item.length !== 2 && item.length !== 3)) return item;
  const [x] = item;
  const axes = slots[0].shape.length + 1;
  const byName = isRecord(x) && axesOf(x) === 0;
  const first = slots.length === 1 ? x : isArray(x) ? x[0] : undefined; // what one input would read
  return byName || axesOf(first) === axes ? x : item;
}

function predicted(
  from: unknown,
  predictAll: (x: never) => NDArray[],
  slots: readonly Slot[],
  inTurns: boolean,
): NDArray[] | Promise<NDArray[]> {
  const parts: NDArray[][] = [];
  const add = (item: unknown): void => void parts.push(predictAll(inputsOf(item, slots) as never));
  const joined = (): NDArray[] => {
    if (parts.length === 0) throw empty("predict", false);
    return parts[0].map((_, i) => concat(parts.map(outputs => outputs[i])));
  };
  if (inTurns) {
    return (async () => {
      for await (const item of itemsOf(iterable(from), 0)) {
        add(item);
        await nextTurn();
      }
      return joined();
    })();
  }
  const made = typeof from === "function" ? from(0) : from;
  if (isIterable(made) && Symbol.iterator in made) {
    for (const item of made) add(item);
    return joined();
  }
  throw new TypeError(`predict: expected batches that are there at once, got ${describe(made)}; use predictAsync`);
}
