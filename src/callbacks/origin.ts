import type { Callback } from "./callback.ts";

/** Of what a callback was made. */
interface Origin {
  readonly name: string;
  /** Plain data */
  readonly options: object;
}

const origins = new WeakMap<object, Origin>();

/** Remembers it, so that the callback can be made again elsewhere. */
export function withOrigin(callback: Callback, name: string, options: object): Callback {
  origins.set(callback, { name, options: { ...options } });
  return callback;
}

export function originOf(callback: Callback): Origin | undefined {
  return typeof callback === "object" && callback !== null ? origins.get(callback) : undefined;
}
