/** Of what a callback, or an order of samples, was made. */
interface Origin {
  readonly name: string;
  /** Plain data; undefined for what can be made here alone */
  readonly options: object | undefined;
}

const origins = new WeakMap<object, Origin>();

/** Remembers it, so that the same can be made again elsewhere. */
export function withOrigin<Made extends object>(made: Made, name: string, options: object | undefined): Made {
  origins.set(made, { name, options: options && { ...options } });
  return made;
}

export const originOf = (made: unknown): Origin | undefined => origins.get(made as object);
