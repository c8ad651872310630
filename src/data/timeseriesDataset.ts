/** Windows that stay where they are: cut from their series while a model reads them. */
import { type ArrayLike32, type NDArray, type NestedArray, type NumberArray, ndarray } from "../ndarray.ts";
import { countOf } from "../nested.ts";
import { denseOf, views } from "../samples.ts";
import { roomLike } from "./room.ts";
import type { Scaler } from "./scaler.ts";
import { copyRows, cutting, type WindowOptions, type Windows } from "./windows.ts";

/** What the windows are cut from: rows [rows, columns]. */
interface Rows {
  readonly data: NumberArray;
  readonly columns: number;
}

/** Windows over rows, an array whose numbers are copied when they are asked for: `fit`, `evaluate` and `predict` do not. */
export class WindowView implements NDArray {
  readonly shape: readonly number[];
  readonly #rows: Rows;
  /** By window: its first row */
  readonly #first: Int32Array;

  /** @internal Use `timeseriesDataset`. */
  constructor(shape: readonly number[], rows: Rows, first: Int32Array) {
    this.shape = shape;
    this.#rows = rows;
    this.#first = first;
    views.set(this, (scaler: Scaler | undefined) => {
      countOf(rows.data, "timeseriesDataset: series"); // it belongs to the user
      const own = scaler && ofRows(scaler, rows.columns);
      return scaler && !own ? { shape, data: this.data } : { ...this.#samples, scaler: own };
    });
  }

  get #samples() {
    const [{ shape }, { data, columns }, first] = [this, this.#rows, this.#first];
    const size = shape.slice(1).reduce((product, n) => product * n, 1);
    const place = (element: number): number => {
      const n = Math.floor(element / size);
      return first[n] * columns + element - n * size;
    };
    return { shape, data, place };
  }

  /** A copy of all numbers, made anew each time. */
  get data(): NumberArray {
    return denseOf(this.#samples);
  }

  toArray(): NestedArray {
    return ndarray(this.data, this.shape).toArray();
  }

  /** The windows [from, to), which are not copied either. */
  slice(from: number, to?: number): WindowView {
    const first = this.#first.subarray(from, to);
    return new WindowView([first.length, ...this.shape.slice(1)], this.#rows, first);
  }

  /** @internal What it is made of, to be made again elsewhere. */
  get parts(): [readonly number[], Rows, Int32Array] {
    return [this.shape, this.#rows, this.#first];
  }
}

/** The scaler of one row, if that for several side by side has the same for each. */
function ofRows(scaler: Scaler, columns: number): Scaler | undefined {
  if (scaler.features === columns) return scaler;
  const own = scaler.select(Array.from({ length: columns }, (_, i) => i));
  const same = JSON.stringify(own.repeat(scaler.features / columns).toJSON()) === JSON.stringify(scaler.toJSON());
  return same ? own : undefined;
}

/** What {@link timeseriesDataset} makes. */
export interface TimeseriesDataset extends Omit<Windows, "x" | "y"> {
  /** [N, window, features] */
  x: WindowView;
  /** [N, horizon * targets]: all targets of the first forecast row, then those of the next */
  y: WindowView;
}

/**
 * The windows of `windows` without copies of them: `fit`, `evaluate` and `predict` cut each batch from the series. Of 420,000 rows
 * of 15 columns, windows of 120 take 25 MB and not 3 GB, and learn to the same bits. Shuffling, `validationSplit`,
 * `chronologicalSplit`, scalers and weights do as with arrays; whatever else takes an array gets a copy. The series is kept, not copied,
 * where it is one typed array of the columns that are seen: do not change it meanwhile.
 *
 * @param series as for `windows`: one, or a list of several with the same columns
 * @param options as for `windows`
 * @returns x, y, index and series
 * @throws as `windows`
 * @example
 * const { x, y } = timeseriesDataset(temperatures, { window: 120, stride: 6, targets: [1] });
 * await net.fit(x, y, { validationSplit: 0.2 });
 */
export function timeseriesDataset(
  series: ArrayLike32 | readonly ArrayLike32[],
  options: WindowOptions,
): TimeseriesDataset {
  const { all, columns, from, index, window, horizon, features, targets } = cutting(
    series,
    options,
    "timeseriesDataset",
  );
  const begins: number[] = [];
  let rows = 0;
  for (const { shape } of all) {
    begins.push(rows);
    rows += shape[0];
  }
  const rowsOf = (chosen: readonly number[], name: string): Rows => {
    const whole = all.length === 1 && chosen.length === columns && chosen.every((column, i) => column === i);
    if (whole) return { data: all[0].data, columns };
    const data = roomLike(all, rows * chosen.length, `timeseriesDataset: ${name}`);
    all.forEach((table, i) => {
      copyRows(data, begins[i] * chosen.length, table.data, columns, 0, table.shape[0], chosen);
    });
    return { data, columns: chosen.length };
  };
  const n = index.length;
  const seen = rowsOf(features, "x");
  const asked = features.join() === targets.join() ? seen : rowsOf(targets, "y");
  return {
    x: new WindowView(
      [n, window, features.length],
      seen,
      index.map((row, i) => begins[from[i]] + row - window),
    ),
    y: new WindowView(
      [n, horizon * targets.length],
      asked,
      index.map((row, i) => begins[from[i]] + row),
    ),
    index,
    series: from,
  };
}
