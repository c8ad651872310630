/** A value as it goes to a worker: what is copied there is what is meant, and no more. */
export function travelling(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    // Of a part of a buffer all would be copied.
    return value.byteLength === value.buffer.byteLength ? value : (value as Float32Array).slice();
  }
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(travelling) : value;
  if (typeof value !== "object" || value === null) return value;
  const { shape, data, x } = value as { shape?: unknown; data?: unknown; x?: unknown };
  if (shape !== undefined && data !== undefined) return { shape, data: travelling(data) };
  return x === undefined ? value : { ...value, x: travelling(x) };
}
