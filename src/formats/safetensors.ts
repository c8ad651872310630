/**
 * The safetensors container: a JSON header and raw little-endian numbers, which is how WebAssembly has them, and so whoever runs
 * this package: they are copied as they are. Files are untrusted: all sizes are checked.
 */
import { attempt } from "../engine/kernels.ts";
import { isRecord } from "../isObject.ts";
import { describe, sizeOf } from "../ndarray.ts";
import { type Bytes, isGone, kindOf, lengthOf } from "../typedArray.ts";

export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

export interface Container {
  tensors: Map<string, { shape: number[]; data: Float32Array }>;
  metadata: Record<string, string>;
}

const MAX_HEADER = 100 * 2 ** 20;
const MAX_AXES = 32;

/** The bytes of a file. */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Record<string, string>): Bytes {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const head = new TextEncoder().encode(JSON.stringify(header));
  // Spaces bring the numbers to a multiple of 8 bytes, so that a reader can view them in place.
  const size = Math.ceil(head.length / 8) * 8;
  const bytes = new Uint8Array(8 + size + end).fill(32, 0, 8 + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size), true);
  bytes.set(head, 8);
  let at = 8 + size;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function bad(problem: string): never {
  throw new RangeError(`model file: ${problem}; expected a safetensors file, maybe it is cut off or another format`);
}

/**
 * The bytes of a file, known to be there: a plain view, whatever class they come as.
 *
 * @throws TypeError for anything else
 */
export function expectBytes(bytes: unknown): Uint8Array {
  if (kindOf(bytes) !== "Uint8Array") {
    let remedy = bytes instanceof ArrayBuffer ? "; pass new Uint8Array(buffer)" : "";
    if (typeof bytes === "string") remedy = '; loadModelFile(path) of "wasm-lstm/node" reads files';
    throw new TypeError(`model file: expected its bytes as a Uint8Array, got ${describe(bytes)}${remedy}`);
  }
  const view = bytes as Uint8Array;
  if (isGone(view)) {
    throw new TypeError("model file: expected its bytes, but their buffer was transferred or resized; pass a copy");
  }
  return new Uint8Array(view.buffer, view.byteOffset, lengthOf(view));
}

/**
 * Reads a file of F32 tensors.
 *
 * @throws TypeError or RangeError with one clear sentence for anything that is not such a file
 */
export function decodeSafetensors(file: Uint8Array): Container {
  const bytes = expectBytes(file);
  if (bytes.length < 8) bad(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER, bytes.length - 8))) bad(`its header claims ${length} bytes`);
  const start = 8 + Number(length);
  const utf8 = attempt(() => new TextDecoder("utf-8", { fatal: true }));
  let header: unknown;
  try {
    header = JSON.parse(utf8.decode(bytes.subarray(8, start)));
  } catch {
    bad("its header is not JSON");
  }
  if (!isRecord(header)) bad("its header is not an object");

  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every(value => typeof value === "string")) {
    bad("its metadata is not a list of texts");
  }
  const room = bytes.length - start;
  const places = Object.entries(entries).map(([name, entry]) => placeOf(name, entry, room));
  places.sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { from, to } of places) {
    if (from !== end) bad("its tensors overlap or leave holes");
    end = to;
  }
  if (end !== room) bad("it has bytes after the last tensor");
  // Only now, when together they are no larger than the file, do the tensors get memory.
  const tensors: Container["tensors"] = new Map();
  for (const { name, shape, from, to } of places) {
    tensors.set(name, { shape, data: new Float32Array(bytes.slice(start + from, start + to).buffer) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

interface Place {
  name: string;
  shape: number[];
  /** First byte and the one after the last, counted from the end of the header */
  from: number;
  to: number;
}

/** What the header says of a tensor, checked; `room` is the number of bytes behind the header. */
function placeOf(name: string, entry: unknown, room: number): Place {
  const what = `tensor ${describe(name)}`;
  if (!isRecord(entry)) bad(`${what} has no description`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== "F32") bad(`${what} is ${describe(dtype)}, not "F32"`);
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(whole)) bad(`${what} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole)) bad(`${what} has no place`);
  const [from, to] = offsets;
  if (to < from || to > room || to - from !== 4 * sizeOf(shape)) {
    bad(`${what} of shape [${shape.join(", ")}] does not fit its place ${from} to ${to}`);
  }
  return { name, shape, from, to };
}
