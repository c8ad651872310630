/** Safetensors of every type: a JSON header that says where each tensor lies, then the numbers. */
import { describe } from "../../describe.ts";
import { isRecord } from "../../isObject.ts";
import { type NumberType, WIDTHS } from "../numbers.ts";
import { StoredTensor, stridesOf } from "./tensor.ts";

function bad(problem: string): never {
  throw new RangeError(
    `${problem}; expected safetensors or a .pt file of a state dict, maybe it is cut off or another format`,
  );
}

/** A tensor where the header says that it lies. */
function tensorOf(name: string, entry: unknown, body: Uint8Array): StoredTensor {
  const what = `tensor ${describe(name)}`;
  const { dtype, shape, data_offsets: place } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(WIDTHS, dtype))
    bad(`${what} is of type ${describe(dtype)}, which is not read`);
  const type = dtype as NumberType;
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= 32 && list.every(n => Number.isSafeInteger(n) && n >= 0);
  if (!whole(shape) || !whole(place) || place.length !== 2) bad(`${what} has no valid shape or place`);
  const bytes = body.subarray(...(place as [number, number]));
  const count = shape.reduce((size, n) => size * n, 1);
  if (place[1] > body.length || bytes.length !== WIDTHS[type] * count) {
    bad(`${what} of shape [${shape.join(", ")}] does not fit its place ${place[0]} to ${place[1]}`);
  }
  return new StoredTensor({ type, count, bytes }, shape, stridesOf(shape), 0);
}

/** @throws RangeError for anything that is no such file */
export function readSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? Number.POSITIVE_INFINITY : Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) bad("its header is not there");
  const body = bytes.subarray(8 + length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    bad("its header is not JSON");
  }
  if (!isRecord(header)) bad("its header is not an object");
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== "__metadata__") tensors.set(name, tensorOf(name, entry, body));
  }
  return tensors;
}
