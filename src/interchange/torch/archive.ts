/** What `torch.save` writes: a zip of a pickle and its storages, or, before PyTorch 1.6, pickles one after the other. */
import { type NumberType, WIDTHS } from "../numbers.ts";
import { readZip } from "../zip.ts";
import { Named, ONLY_STATES, type Pickled, plain, unpickle } from "./pickle.ts";
import { type Storage, StoredTensor } from "./tensor.ts";

/** What a pickle of PyTorch's holds beside plain data. */
export type Saved = Pickled<StoredTensor | StorageOf>;

class StorageOf {
  constructor(readonly storage: Storage) {}
}

const TYPES: Readonly<Record<string, NumberType>> = {
  Float: "F32",
  Double: "F64",
  Half: "F16",
  BFloat16: "BF16",
  Long: "I64",
  Int: "I32",
  Short: "I16",
  Char: "I8",
  Byte: "U8",
  Bool: "BOOL",
};

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(n => typeof n === "number");

/** The three things that a state dict calls. */
function call(name: string, args: readonly Saved[]): Saved | undefined {
  if (name === "collections.OrderedDict") {
    const [pairs] = args;
    const entries = Array.isArray(pairs) ? pairs.filter(pair => Array.isArray(pair)) : [];
    return new Map(entries.map(pair => [pair[0], pair[1]]));
  }
  if (name === "torch._utils._rebuild_tensor_v2") {
    const [of, offset, shape, strides] = args;
    if (!(of instanceof StorageOf) || typeof offset !== "number" || !isNumbers(shape) || !isNumbers(strides)) {
      throw new RangeError("a tensor is not described as PyTorch does; was the file changed?");
    }
    return new StoredTensor(of.storage, shape, strides, offset);
  }
  if (name === "torch._utils._rebuild_parameter" && args[0] instanceof StoredTensor) return args[0];
  return undefined;
}

/** A storage from its id: ("storage", torch.FloatStorage, key, device, count). */
function storageOf(id: Saved, bytesOf: (key: string) => Uint8Array | undefined): [key: string, storage: Storage] {
  const [kind, type, key, , count, view] = Array.isArray(id) ? id : [];
  const name = type instanceof Named ? type.name : "";
  const known = /^torch\.(\w+)Storage$/.exec(name)?.[1] ?? "";
  if (kind !== "storage" || !(typeof key === "string" || typeof key === "number") || typeof count !== "number") {
    throw new RangeError("a storage is not described as PyTorch does; was the file changed?");
  }
  if (!Object.hasOwn(TYPES, known)) throw new RangeError(`numbers of type ${plain(name)} are not read`);
  if (Array.isArray(view)) throw new RangeError("a storage is a part of another; save the tensors with .clone()");
  return [String(key), { type: TYPES[known], count, bytes: bytesOf(String(key)) }];
}

function fromZip(bytes: Uint8Array): Saved {
  const files = readZip(bytes);
  const pickles = [...files.keys()].filter(name => /(^|\/)data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw new RangeError(
      pickles.length > 1
        ? `the zip holds ${pickles.length} PyTorch files (${pickles.slice(0, 3).join(", ")}); give one of them`
        : "a zip without data.pkl, which is no PyTorch file; .keras is for loadKeras",
    );
  }
  const [pickle] = pickles;
  const root = pickle.slice(0, -"data.pkl".length);
  if ([...files.keys()].some(name => name.startsWith(`${root}code/`))) {
    throw new RangeError(`a TorchScript module, which holds code; ${ONLY_STATES}`);
  }
  const order = files.get(`${root}byteorder`)?.();
  if (order && new TextDecoder().decode(order).trim() !== "little") {
    throw new RangeError("its numbers are big-endian; save it on a little-endian machine, or as safetensors");
  }
  const content = files.get(pickle)?.() as Uint8Array;
  const known = new Map<string, StorageOf>();
  const persistent = (id: Saved) => {
    const [key, storage] = storageOf(id, name => files.get(`${root}data/${name}`)?.());
    const made = known.get(key) ?? new StorageOf(storage);
    known.set(key, made);
    return made;
  };
  return unpickle<StoredTensor | StorageOf>(content, 0, { call, persistent }).value;
}

/** The first number of a file of the old form, as a pickle of protocol 2. */
const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/** Magic number, protocol, the machine, the object, the keys of its storages, then those: a count and the numbers. */
function fromPickles(bytes: Uint8Array): Saved {
  const nothing = { call: () => undefined, persistent: (): Saved => null };
  let at = MAGIC.length;
  for (let i = 0; i < 2; i++) at = unpickle<StoredTensor | StorageOf>(bytes, at, nothing).end;
  const storages = new Map<string, StorageOf>();
  const persistent = (id: Saved) => {
    const [key, storage] = storageOf(id, () => undefined);
    const made = storages.get(key) ?? new StorageOf(storage);
    storages.set(key, made);
    return made;
  };
  const { value, end } = unpickle<StoredTensor | StorageOf>(bytes, at, { call, persistent });
  const keys = unpickle<StoredTensor | StorageOf>(bytes, end, nothing);
  at = keys.end;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of Array.isArray(keys.value) ? keys.value : []) {
    const of = storages.get(String(key));
    if (!of || at + 8 > bytes.length) throw new RangeError("its storages are cut off");
    const count = Number(view.getBigInt64(at, true));
    const size = count * WIDTHS[of.storage.type];
    if (count !== of.storage.count || size > bytes.length - at - 8) throw new RangeError("its storages are cut off");
    of.storage.bytes = bytes.subarray(at + 8, at + 8 + size);
    at += 8 + size;
  }
  return value;
}

/**
 * What a `.pt` or `.pth` file holds.
 *
 * @returns undefined for a file that is neither form of them
 * @throws RangeError for one that is damaged, or holds more than plain data and tensors
 */
export function readArchive(bytes: Uint8Array): Saved | undefined {
  if (startsWith(bytes, [0x50, 0x4b])) return fromZip(bytes);
  if (startsWith(bytes, MAGIC)) return fromPickles(bytes);
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5 && bytes[8] !== 0x7b) {
    throw new RangeError("a Python pickle that torch.save did not write; save it with torch.save or as safetensors");
  }
  return undefined;
}
