/** A value as it goes to a worker: what is copied there is what is meant, and no more. */
import { originOf } from "../callbacks/origin.ts";
import { WindowView } from "../data/timeseriesDataset.ts";
import { isObject } from "../isObject.ts";
import { bucketByLength } from "../training/bucketByLength.ts";
import { sources } from "../training/source.ts";

/** What is made again in the worker, of these arguments. */
interface Remade {
  readonly remade: "windows" | "bucketByLength";
  readonly from: readonly unknown[];
}

/**
 * @param what its name, for errors
 * @throws TypeError for what is read on this side
 */
export function travelling(value: unknown, what: string): unknown {
  const all = (value: unknown): unknown => {
    if (value instanceof WindowView) return { remade: "windows", from: value.parts } satisfies Remade;
    if (sources.has(value as object)) {
      throw new TypeError(
        `trainInWorker ${what}: expected data that can be copied to a worker, got batches(), which are read here; use fit, or arrays`,
      );
    }
    const origin = typeof value === "function" ? originOf(value) : undefined;
    if (origin?.name === "bucketByLength") return { remade: "bucketByLength", from: [origin.options] } satisfies Remade;
    if (ArrayBuffer.isView(value)) {
      // Of a part of a buffer all would be copied.
      return value.byteLength === value.buffer.byteLength ? value : (value as Float32Array).slice();
    }
    if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(all) : value;
    if (!isObject(value)) return value;
    const { shape, data, x } = value as { shape?: unknown; data?: unknown; x?: unknown };
    if (shape !== undefined && data !== undefined) return { shape, data: all(data) };
    return x === undefined ? value : { ...value, x: all(x) };
  };
  return all(value);
}

/** The same in the worker. */
export function arrived(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(arrived) : value;
  if (!isObject(value) || ArrayBuffer.isView(value)) return value;
  const { remade, from, x } = value as Partial<Remade> & { x?: unknown };
  if (remade === "windows") return new WindowView(...(from as ConstructorParameters<typeof WindowView>));
  if (remade === "bucketByLength") return bucketByLength(...(from as Parameters<typeof bucketByLength>));
  return x === undefined ? value : { ...value, x: arrived(x) };
}
