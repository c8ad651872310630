/**
 * Arrays on their way between processes: bytes as base64 inside JSON.
 *
 * @typedef {{ shape: number[], data: Float32Array | Int32Array }} Tensor
 * @typedef {{ shape: number[], type: "float32" | "int32", base64: string }} Encoded
 */

/** @param {Tensor} tensor @returns {Encoded} */
export function encode({ shape, data }) {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    shape: [...shape],
    type: data instanceof Int32Array ? "int32" : "float32",
    base64: bytes.toString("base64"),
  };
}

/** @param {Encoded} encoded @returns {Tensor} */
export function decode({ shape, type, base64 }) {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64")); // a copy, so that it begins on a boundary of 4 bytes
  return { shape, data: type === "int32" ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer) };
}

/**
 * The largest difference between two lists of numbers; infinite if their lengths differ or one holds NaN.
 *
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function largestDifference(a, b) {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
