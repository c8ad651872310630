/** Files of other programs, known by their first bytes: so that an error can name them and say what to do. */
import { textDecoder } from "../decoder.ts";

/** What a file is, and what its owner can do. */
export interface Other {
  what: string;
  remedy: string;
}

const WEIGHTS =
  "this package reads its own files only: build the same layers here, save the weights as lists of numbers there, and " +
  "give them to setWeights";
const CONVERT = "wasm-lstm convert makes a file of this package's of it, and";
const DOWNLOAD = "what was to be downloaded was not found there: look at it in a text editor and correct the address";

/** How much of a text, and of a zip's list of names, is looked at. */
const HEAD = 4096;
const TAIL = 65_536;

/**
 * What a file is, if it is not of this package's format.
 *
 * @returns undefined for a safetensors file, whole or cut, and for bytes that say nothing
 */
export function recognize(bytes: Uint8Array): Other | undefined {
  if (bytes.length === 0) return { what: "an empty file", remedy: "saving or downloading it failed; do it again" };
  // A length of less than 2^48 bytes, then JSON.
  if (bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0) return undefined;
  return ofMagic(bytes) ?? ofProtobuf(bytes) ?? ofText(bytes);
}

const latin = (bytes: Uint8Array): string => textDecoder("latin1", false).decode(bytes);

/** First bytes, as text of one byte a letter, and what begins with them. */
const MAGIC: readonly (readonly [string, Other | ((bytes: Uint8Array) => Other)])[] = [
  [
    "\x89HDF\r\n\x1a\n",
    {
      what: "an HDF5 file, such as Keras' .h5 or .weights.h5",
      remedy: `${CONVERT} loadKeras(bytes) of "wasm-lstm/formats" reads it, if there is a whole model in it`,
    },
  ],
  ["PK\x03\x04", ofZip],
  ["PK\x05\x06", { what: "a zip file with nothing in it", remedy: "saving or downloading it failed; do it again" }],
  ["\x1f\x8b", { what: "a gzip file", remedy: "unpack it first (gunzip, or DecompressionStream in JavaScript)" }],
  ["BZh", { what: "a bzip2 file", remedy: "unpack it first" }],
  ["\xfd7zXZ\0", { what: "an xz file", remedy: "unpack it first" }],
  ["7z\xbc\xaf\x27\x1c", { what: "a 7z file", remedy: "unpack it first" }],
  ["\x28\xb5\x2f\xfd", { what: "a zstd file", remedy: "unpack it first" }],
  ["\x93NUMPY", { what: "a NumPy array (.npy)", remedy: `${WEIGHTS} (tolist())` }],
  ["GGUF", { what: "a GGUF file", remedy: WEIGHTS }],
  [
    "\0asm",
    { what: "a WebAssembly module", remedy: "it holds code; pass the file that save() or saveModelFile wrote" },
  ],
  ["%PDF-", { what: "a PDF document", remedy: "pass the file that save() or saveModelFile wrote" }],
  ["\x89PNG", { what: "a picture", remedy: "pass the file that save() or saveModelFile wrote" }],
  ["\xff\xd8\xff", { what: "a picture", remedy: "pass the file that save() or saveModelFile wrote" }],
];

const TORCH: Other = {
  what: "a PyTorch file (.pt, .pth)",
  remedy:
    'build the same layers here, and loadTorchWeights(net, bytes) of "wasm-lstm/formats" gives them these weights',
};

function ofMagic(bytes: Uint8Array): Other | undefined {
  const start = latin(bytes.subarray(0, 16));
  for (const [magic, other] of MAGIC) {
    if (start.startsWith(magic)) return typeof other === "function" ? other(bytes) : other;
  }
  if (latin(bytes.subarray(4, 8)) === "TFL3") return { what: "a TensorFlow Lite model", remedy: WEIGHTS };
  if (latin(bytes.subarray(257, 262)) === "ustar") return { what: "a tar file", remedy: "unpack it first" };
  // A pickle of protocol 2 to 5, as torch.save wrote before it made zip files.
  if (start[0] === "\x80" && bytes[1] >= 2 && bytes[1] <= 5) {
    return { ...TORCH, what: "a Python pickle, such as an old PyTorch .pt or .pth" };
  }
  if (bytes.length >= 8 && bytes.subarray(0, 64).every(byte => byte === 0)) {
    return { what: "nothing but zeros", remedy: "writing or downloading the file did not end well; do it again" };
  }
  return undefined;
}

/** A zip file, by the names in it: those of its first entries, and the list at its end. */
function ofZip(bytes: Uint8Array): Other {
  const names = latin(bytes.subarray(0, HEAD)) + latin(bytes.subarray(-TAIL));
  if (names.includes("model.weights.h5") || names.includes("config.json")) {
    return { what: "a Keras model (.keras)", remedy: `${CONVERT} loadKeras(bytes) of "wasm-lstm/formats" reads it` };
  }
  if (/data\.pkl|__torch__/.test(names)) return TORCH;
  if (names.includes(".npy")) return { what: "NumPy arrays (.npz)", remedy: `${WEIGHTS} (tolist())` };
  return {
    what: "a zip file, such as .keras, .pt or .npz",
    remedy: `unpack it if the model's file is in it; if it is another program's, ${WEIGHTS}`,
  };
}

/** Messages of a protocol have no magic number: these begin with their version as field 1, then a field that they know. */
function ofProtobuf(bytes: Uint8Array): Other | undefined {
  if (bytes[0] !== 0x08 || bytes[1] === 0 || bytes[1] > 32) return undefined;
  if (bytes[1] === 1 && bytes[2] === 0x12) return { what: "a TensorFlow SavedModel (.pb)", remedy: WEIGHTS };
  // producer, version of it, domain, model version, text, graph, operators, metadata
  if ([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72].includes(bytes[2])) {
    return { what: "an ONNX model", remedy: `${CONVERT} loadOnnx(bytes) of "wasm-lstm/formats" reads it` };
  }
  return undefined;
}

function textOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = wide ? (first === 0xff ? "utf-16le" : "utf-16be") : "utf-8";
  const decoder = textDecoder(encoding);
  try {
    const text = decoder.decode(bytes.subarray(0, HEAD), { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what texts do not have
    return /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text.replace(/\0+$/, "")) ? undefined : text.replace(/\0+$/, "");
  } catch {
    return undefined;
  }
}

function ofText(bytes: Uint8Array): Other | undefined {
  const text = textOf(bytes)?.trim();
  if (!text) return undefined;
  if (text.startsWith("version https://git-lfs.github.com/")) {
    return { what: "a Git LFS pointer, not the file that it stands for", remedy: "fetch that with git lfs pull" };
  }
  if (/^<!doctype html|^<html|^<head|^<body/i.test(text)) {
    return { what: "an HTML page, such as an error page", remedy: DOWNLOAD };
  }
  if (text.startsWith("<")) return { what: "XML, such as a server's error", remedy: DOWNLOAD };
  if (text.startsWith("{") || text.startsWith("[")) return ofJson(text);
  return { what: "a text", remedy: "pass the file that save() or saveModelFile wrote, read as bytes" };
}

function ofJson(text: string): Other {
  if (/"modelTopology"|"weightsManifest"/.test(text)) {
    return {
      what: "JSON, the model.json of TensorFlow.js",
      remedy: `${CONVERT} loadTfjs(modelJson, shards) of "wasm-lstm/formats" reads it`,
    };
  }
  if (/"class_name"|"config"/.test(text)) {
    return { what: "JSON, such as a Keras architecture", remedy: `it has no weights in it; ${WEIGHTS}` };
  }
  return { what: "JSON", remedy: "pass the file that save() or saveModelFile wrote, read as bytes" };
}
