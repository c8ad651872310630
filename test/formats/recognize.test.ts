/** Files of other programs are named for what they are, with what to do. */
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layers, loadModel, sequential } from "../../src/index.ts";

/** The bytes of a text of one byte a letter, followed by zeros up to a length. */
function file(start: string, length = 64): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, start.length));
  bytes.set(Buffer.from(start, "latin1"));
  return bytes;
}

/** A zip file's first entry. */
const zip = (name: string, tail = "") =>
  file(`PK\x03\x04\x14\0\0\0\0\0${"\0".repeat(16)}${String.fromCharCode(name.length)}\0\0\0${name}`, 256 + tail.length);

const own = () => sequential([layers.dense({ units: 1, inputShape: [1] })]).save();

describe("a file of another program", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["HDF5", file("\x89HDF\r\n\x1a\n"), /an HDF5 file, such as Keras' \.h5 .*; wasm-lstm convert .*loadKeras\(bytes\)/],
    [
      ".keras",
      zip("metadata.json\x00config.json"),
      /a Keras model \(\.keras\); .*loadKeras\(bytes\) of "wasm-lstm\/formats" reads it$/,
    ],
    [".keras, by the end", new Uint8Array([...zip("a"), ...file("model.weights.h5")]), /a Keras model/],
    [".pt", zip("archive/data.pkl"), /a PyTorch file \(\.pt, \.pth\); .*loadTorchWeights\(net, bytes\)/],
    ["TorchScript", zip("m/code/__torch__.py"), /a PyTorch file/],
    [
      "old .pt",
      file("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."),
      /a Python pickle, such as an old PyTorch/,
    ],
    ["pickle of protocol 4", file("\x80\x04\x95\x10\0\0\0\0\0\0\0}"), /a Python pickle/],
    [".npz", zip("arr_0.npy"), /NumPy arrays \(\.npz\)/],
    [".npy", file("\x93NUMPY\x01\0v\0"), /a NumPy array \(\.npy\)/],
    ["zip", zip("notes.txt"), /a zip file, such as \.keras, \.pt or \.npz; unpack it/],
    ["empty zip", file("PK\x05\x06"), /a zip file with nothing in it/],
    ["gzip", gzipSync(own()), /a gzip file; unpack it first \(gunzip/],
    ["gzip whose length could be a header's", file("\x1f\x8b\x08\0\0\0\0\0", 600_000), /a gzip file/],
    ["zstd", file("\x28\xb5\x2f\xfd\x04"), /a zstd file; unpack it first/],
    ["ONNX", file("\x08\x07\x12\x07pytorch"), /an ONNX model; .*loadOnnx\(bytes\)/],
    ["ONNX without a producer", file("\x08\x09:\x80\x10\x0a\x05"), /an ONNX model/],
    ["TensorFlow", file("\x08\x01\x12\xf0\x32\x0a"), /a TensorFlow SavedModel/],
    ["TensorFlow Lite", file("\x1c\0\0\0TFL3"), /a TensorFlow Lite model/],
    ["GGUF", file("GGUF\x03\0\0\0"), /a GGUF file/],
    [
      "tfjs",
      file('{"format":"layers-model","modelTopology":{"class_name":"Sequential"}}'),
      /JSON, the model\.json of TensorFlow\.js/,
    ],
    [
      "Keras architecture",
      file('\n  {"class_name": "Sequential", "config": {}}'),
      /JSON, such as a Keras architecture; it has no weights/,
    ],
    ["other JSON", file('{"message": "Not found"}'), /this is JSON; pass the file that/],
    ["JSON list", file("[1, 2, 3]"), /this is JSON;/],
    ["JSON after a byte order mark", file('\xef\xbb\xbf{"a": 1}'), /this is JSON;/],
    ["HTML", file("<!DOCTYPE html><html>404"), /an HTML page, such as an error page; what was to be downloaded/],
    ["HTML in capitals", file("\n\n<HTML><BODY>Sign in"), /an HTML page/],
    ["XML", file('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), /XML, such as a server's error/],
    [
      "Git LFS",
      file("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"),
      /a Git LFS pointer, .*git lfs pull$/,
    ],
    ["empty", new Uint8Array(0), /an empty file; saving or downloading it failed/],
    ["zeros", new Uint8Array(4096), /nothing but zeros/],
    ["CSV", file("date,value\n2020-01-01,5\n"), /a text; pass the file that save\(\)/],
    ["short text", file("404", 3), /a text;/],
    ["text in UTF-8 that is cut within a letter", Buffer.from("ü".repeat(5000)).subarray(0, 4097), /a text;/],
    ["text in UTF-16", Buffer.from("\ufeffdate;value\n1;2", "utf16le"), /a text;/],
    ["picture", file("\x89PNG\r\n\x1a\n"), /a picture/],
    ["WebAssembly", file("\0asm\x01\0\0\0"), /a WebAssembly module/],
    ["tar", file(`model.bin${"\0".repeat(248)}ustar`, 512), /a tar file; unpack it first/],
  ])("%s", (_, bytes, expected) => {
    expect(() => loadModel(bytes)).toThrow(RangeError);
    expect(() => loadModel(bytes)).toThrow(expected);
    expect(() => loadModel(bytes)).toThrow(/^model file: this is (?!.*header claims)/);
  });

  it("is never taken for one of ours, nor one of ours for another, cut or whole", () => {
    const bytes = own();
    expect(loadModel(bytes).layers.length).toBe(1);
    for (let length = 9; length < bytes.length; length++) {
      expect(() => loadModel(bytes.subarray(0, length))).toThrow(/maybe it is cut off/);
    }
  });

  it("has one short line for an error, whatever its bytes", () => {
    const start = fc.constantFrom("PK\x03\x04", "\x08\x07", "{", "<", "\x80\x02", "\xff\xfe", "\xef\xbb\xbf", "");
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 400 }), (magic, rest) => {
        try {
          loadModel(new Uint8Array([...Buffer.from(magic, "latin1"), ...rest]));
        } catch (error) {
          expect((error as Error).message).toMatch(/^model file: [^\r\n]{1,300}$/);
        }
      }),
      { seed: 5, numRuns: 2000 },
    );
  });
});

describe("bytes that are not there", () => {
  it.each<[string, () => unknown, string]>([
    [
      "a buffer",
      () => own().buffer,
      "expected its bytes as a Uint8Array, got an object (ArrayBuffer); pass new Uint8Array(buffer)",
    ],
    ["other numbers", () => new Float32Array(4), "expected its bytes as a Uint8Array, got an object (Float32Array)"],
    ["a proxy", () => new Proxy(own(), {}), "expected its bytes as a Uint8Array, got an object (Uint8Array)"],
    [
      "a path",
      () => "model.safetensors",
      'expected its bytes as a Uint8Array, got "model.safetensors"; loadModelFile(path) of "wasm-lstm/node" reads files',
    ],
    [
      "a buffer that was transferred",
      () => {
        const bytes = own();
        structuredClone(bytes, { transfer: [bytes.buffer] });
        return bytes;
      },
      "expected its bytes, but their buffer was transferred or resized; pass a copy",
    ],
  ])("%s", (_, make, message) => {
    expect(() => loadModel(make() as Uint8Array)).toThrow(new TypeError(`model file: ${message}`));
  });

  it("are read from a Buffer and from a class of its own", () => {
    class Bytes extends Uint8Array {}
    for (const bytes of [Buffer.from(own()), new Bytes(own())]) expect(loadModel(bytes).layers.length).toBe(1);
  });
});
