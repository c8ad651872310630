/** What a typed array really is and holds: its properties may be overridden, and its buffer may be gone. */

/** Bytes and doubles in memory of their own, by the names that TypeScript has for them before 5.7 and after. */
export type Bytes = ReturnType<Uint8Array["slice"]>;
export type Doubles = ReturnType<Float64Array["slice"]>;

const PROTOTYPE = Object.getPrototypeOf(Uint8Array.prototype);
const tag = Object.getOwnPropertyDescriptor(PROTOTYPE, Symbol.toStringTag)?.get as () => string | undefined;
const length = Object.getOwnPropertyDescriptor(PROTOTYPE, "length")?.get as () => number;

/** Numbers without a box of their own: what an array is made of. */
export type NumberArray = Float32Array | Int32Array | Float64Array;

/** A typed array of any kind that holds numbers. */
export type NumericView = ArrayBufferView & ArrayLike<number>;

/** The name of a typed array's kind, also of one from another realm; undefined for anything else, proxies too. */
export function kindOf(value: unknown): string | undefined {
  return tag.call(value);
}

/** Whether it is a typed array of numbers, not of bigints. */
export function isNumericView(value: unknown): value is NumericView {
  const kind = kindOf(value);
  return kind !== undefined && !kind.startsWith("Big");
}

/** How many elements a typed array has now: 0 when its buffer was transferred, or shrunk below its end. */
export function lengthOf(view: ArrayBufferView): number {
  return length.call(view);
}

/** Whether a typed array cannot be read any more, rather than being empty. */
export function isGone(view: ArrayBufferView): boolean {
  if (lengthOf(view) > 0) return false;
  try {
    PROTOTYPE.keys.call(view); // asks for nothing but a buffer that is there
    return false;
  } catch {
    return true;
  }
}

/** The three kinds that arrays are made of. */
const KINDS = { Float32Array, Int32Array, Float64Array } as const;

/**
 * The numbers of a typed array in one of the three kinds that hold them all without rounding: the array itself or a view
 * of its memory where it is one of them, else a copy.
 */
export function asNumbers(view: NumericView): NumberArray {
  const kind = kindOf(view) as keyof typeof KINDS | "Uint32Array";
  const size = lengthOf(view);
  if (kind === "Uint32Array") return new Float64Array(view);
  if (!(kind in KINDS)) return new Float32Array(view);
  const Kind = KINDS[kind as keyof typeof KINDS];
  // Of another realm, of a class of its own, or with a length that it claims: a plain view has none of that.
  if (Object.getPrototypeOf(view) === Kind.prototype && view.length === size) return view as NumberArray;
  return new Kind(view.buffer as ArrayBuffer, view.byteOffset, size);
}

/** Bytes one after the other, or numbers of another kind. */
export function joined(parts: readonly ArrayLike<number>[]): Bytes;
export function joined(parts: readonly ArrayLike<number>[], Kind: Float64ArrayConstructor): Doubles;
export function joined(
  parts: readonly ArrayLike<number>[],
  Kind: Uint8ArrayConstructor | Float64ArrayConstructor = Uint8Array,
): Bytes | Doubles {
  const all = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
