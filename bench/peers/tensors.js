/**
 * Arrays on their way between processes: bytes as base64 inside JSON.
 *
 * @typedef {import("../../dist/cli/bench/engine.js").Tensor} Tensor
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
