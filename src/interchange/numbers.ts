/** Numbers of all the types in which files of other programs have weights, as float32. */

/** Bytes of a number, by type. */
export const WIDTHS = {
  F32: 4,
  F64: 8,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type NumberType = keyof typeof WIDTHS;

/** The value of 16 bits: a sign, 5 bits of exponent, 10 of fraction. */
export function halfToFloat(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const bits = /* @__PURE__ */ new Int32Array(1);
const float = /* @__PURE__ */ new Float32Array(bits.buffer);

/** How to read the number at a byte, of any type but those of 64 bits that are whole. */
const READERS: Partial<Record<NumberType, (view: DataView, at: number) => number>> = {
  F32: (view, at) => view.getFloat32(at, true),
  F64: (view, at) => view.getFloat64(at, true),
  F16: (view, at) => halfToFloat(view.getUint16(at, true)),
  BF16: (view, at) => {
    bits[0] = view.getUint16(at, true) << 16;
    return float[0];
  },
};

/** Whether numbers of that type can be weights. */
export const isFloat = (type: NumberType): boolean => type in READERS;

/**
 * Numbers that lie in bytes in any order, little-endian.
 *
 * @param type one of those of `isFloat`
 * @param indexOf which number of the bytes each one is
 */
export function readFloats(
  bytes: Uint8Array,
  type: NumberType,
  size: number,
  indexOf: (i: number) => number = i => i,
): Float32Array {
  const read = READERS[type] as (view: DataView, at: number) => number;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = WIDTHS[type];
  const numbers = new Float32Array(size);
  for (let i = 0; i < size; i++) numbers[i] = read(view, width * indexOf(i));
  return numbers;
}
