/** What writes token by token: the stream of a model, or a function of all tokens so far. */
import { type ArrayData, describe } from "../ndarray.ts";

type Numbers = Float32Array | Float64Array;

/** The inputs of a model without an axis of time. */
export type Constants = ArrayData | readonly ArrayData[];

/** What of a stream is used. */
interface Steps {
  stepAll(x: number | ArrayLike<number>): Numbers[];
  state: Record<string, number[][]>;
}

/** What of a model is used: one of any entry of the package. */
export interface Streaming {
  stream(options: { inputs?: Constants }): Steps;
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
  readonly metadata: Record<string, unknown>;
}

/**
 * A function that gives the probabilities (or logits) of the next token, [V], for all tokens so far: for what a stream cannot do,
 * such as a decoder that attends to all of its source.
 *
 * @example (ids: readonly number[]) => net.predict([question, [ids]]).data.slice(-V)
 */
export type NextToken = (ids: readonly number[]) => ArrayData;

/** Written on from what came before; copies go their own ways. */
export interface Writer {
  /** What comes after these tokens, of which there is at least one. */
  write(ids: readonly number[]): unknown;
  copy(): Writer;
}

class StreamWriter implements Writer {
  readonly #open: () => Steps;
  readonly #steps: Steps;
  readonly #title: string;
  /** Where the model reads rows and not ids: one of zeros */
  readonly #row: Float32Array | undefined;

  constructor(open: () => Steps, row: Float32Array | undefined, title: string) {
    this.#open = open;
    this.#title = title;
    this.#steps = open();
    this.#row = row;
  }

  write(ids: readonly number[]): unknown {
    let y: Numbers[] = [];
    for (const id of ids) y = this.#steps.stepAll(this.#row ? this.#oneHot(this.#row, id) : id);
    return y[0];
  }

  #oneHot(row: Float32Array, id: number): Float32Array {
    if (!(id < row.length)) {
      throw new RangeError(
        `${this.#title}: expected ids in 0..${row.length - 1} for a model that reads rows of ${row.length}, got ${id}`,
      );
    }
    row.fill(0);
    row[id] = 1;
    return row;
  }

  copy(): Writer {
    const writer = new StreamWriter(this.#open, this.#row, this.#title);
    writer.#steps.state = this.#steps.state;
    return writer;
  }
}

class FunctionWriter implements Writer {
  readonly #next: NextToken;
  readonly #ids: number[];

  constructor(next: NextToken, ids: readonly number[] = []) {
    this.#next = next;
    this.#ids = [...ids];
  }

  write(ids: readonly number[]): unknown {
    this.#ids.push(...ids);
    return this.#next([...this.#ids]);
  }

  copy(): Writer {
    return new FunctionWriter(this.#next, this.#ids);
  }
}

/**
 * What begins with nothing written.
 *
 * @param source a model of any entry of the package, or a function
 * @param inputs those of the model without an axis of time
 * @param title for errors
 */
export function writerOf(source: Streaming | NextToken, inputs: Constants | undefined, title: string): Writer {
  if (typeof source === "function") return new FunctionWriter(source);
  if (!isStreaming(source)) {
    throw new TypeError(
      `${title}: expected a model, or a function that gives the probabilities of the next token, got ${describe(source)}`,
    );
  }
  const rows = source.inputs.find(({ shape }) => shape.length >= 2);
  const open = () => source.stream(inputs === undefined ? {} : { inputs });
  return new StreamWriter(open, rows && new Float32Array(rows.shape.at(-1) ?? 0), title);
}

export const isStreaming = (value: unknown): value is Streaming =>
  typeof (value as Streaming | undefined)?.stream === "function";
