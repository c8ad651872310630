/**
 * Files of PyTorch and ONNX that somebody has changed: each is read or refused with one clear error, within a second and within the
 * memory that its size allows. `FUZZ_FILES=100000 npx vitest run test/fuzz/interchange.test.ts` tries as many of each.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type Model, sequential } from "../../src/index.ts";
import { loadOnnx, loadTorchWeights, torchLSTM } from "../../src/interchange/index.ts";
import { decode, encode, type Message } from "../../src/interchange/onnx/protobuf.ts";
import { MODEL } from "../../src/interchange/onnx/schema.ts";
import { readZip, writeZip } from "../../src/interchange/zip.ts";
import { dense, embedding } from "../../src/layers/index.ts";
import { expectClear, stopwatch } from "./clear.ts";

const TIMES = Number(process.env.FUZZ_FILES ?? 400);
const LIMIT = 600_000 + TIMES * 60;

vi.spyOn(console, "warn").mockImplementation(() => {});
afterAll(() => vi.restoreAllMocks());

const fixtures = new URL("../fixtures/interchange/", import.meta.url);
const read = (name: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(new URL(name, fixtures)));

/** Whole numbers below n, the same in every run. */
function randomly(seed: number) {
  let state = seed;
  return (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
type Random = ReturnType<typeof randomly>;

/** Bytes changed, put in, taken out, or a piece of another place. */
function changed(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  let own = bytes.slice();
  for (let k = 1 + random(5); k--; ) {
    const at = random(own.length);
    const kind = random(8);
    if (kind < 4) own[at] = kind < 2 ? random(256) : [0, 1, 127, 128, 255][random(5)];
    else if (kind === 4) own = own.slice(0, at);
    else if (kind === 5) own.copyWithin(at, random(own.length), random(own.length));
    else if (kind === 6)
      own.set(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1).subarray(0, own.length - at), at);
    else own = Uint8Array.of(...own.subarray(0, at), random(256), ...own.subarray(at));
    if (own.length === 0) return own;
  }
  return own;
}

const ODD = [
  0,
  1,
  -1,
  2,
  3,
  7,
  1e6,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  "",
  "N",
  "x",
  "y",
  "LSTM",
  "Reshape",
  "Expand",
  "__proto__",
  "constructor",
];

/** A message with a part changed: another number, name or part in its place, one taken away, one twice. */
function rewritten(message: Message, random: Random): Message {
  const own = structuredClone(message);
  for (let k = 1 + random(3); k--; ) {
    let holder = own as Record<string, unknown> | unknown[];
    for (let depth = random(9); depth--; ) {
      const inner = Object.values(holder).filter(
        each => typeof each === "object" && each !== null && !(each instanceof Uint8Array),
      );
      if (inner.length === 0) break;
      holder = inner[random(inner.length)] as typeof holder;
    }
    const keys = Object.keys(holder);
    if (keys.length === 0) continue;
    const key = keys[random(keys.length)] as never;
    const value = holder[key] as unknown;
    const alike = ODD.filter(each => typeof each === typeof value);
    if (Array.isArray(holder) && random(3) === 0) {
      if (random(2)) holder.splice(random(holder.length), 1);
      else holder.push(structuredClone(value));
    } else if (alike.length > 0) (holder as Record<string, unknown>)[key] = alike[random(alike.length)];
    else if (Array.isArray(holder)) holder[random(holder.length)] = structuredClone(value);
    else if (random(3) === 0) delete holder[key];
  }
  return own;
}

/** Tries many files; each takes less than a second and, in all that was allocated, at most 4 times its size and 64 MB. */
function tryAll(make: (random: Random) => Uint8Array, use: (bytes: Uint8Array) => unknown): void {
  const random = randomly(22);
  let whole = 0;
  for (let i = 0; i < TIMES; i++) {
    const bytes = make(random);
    const before = process.memoryUsage();
    const milliseconds = stopwatch();
    try {
      use(bytes);
      whole++;
    } catch (error) {
      expectClear(error);
    }
    const taken = milliseconds();
    const after = process.memoryUsage();
    const grown = after.heapUsed + after.external - before.heapUsed - before.external;
    expect(taken, `milliseconds of file ${i}`).toBeLessThan(1000);
    expect(grown, `file ${i}`).toBeLessThan(4 * bytes.length + 64 * 2 ** 20);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(whole).toBeGreaterThan(0);
}

const stack = (): Model =>
  sequential([
    embedding({ inputDim: 9, outputDim: 4, inputShape: [null] }),
    ...torchLSTM({ hiddenSize: 5, numLayers: 2, bidirectional: true }),
    dense({ units: 3 }),
  ]);

describe("PyTorch files", () => {
  const net = stack();
  const load = (bytes: Uint8Array) => loadTorchWeights(net, bytes);
  it.each(["lstm.pt", "lstm-legacy.pth", "lstm.safetensors"])("%s, bytes changed", { timeout: LIMIT }, name => {
    const file = read(`torch/${name}`);
    tryAll(random => changed(file, random), load);
  });

  it("a pickle changed inside of its zip", { timeout: LIMIT }, () => {
    const entries = [...readZip(read("torch/lstm-checkpoint.pt"))].map(
      ([name, content]) => [name, Uint8Array.from(content())] as const,
    );
    tryAll(
      random =>
        writeZip(
          entries.map(([name, content]) => [name, name.endsWith("data.pkl") ? changed(content, random) : content]),
        ),
      load,
    );
  });
});

describe("ONNX files", () => {
  const names = readdirSync(new URL("onnx/", fixtures)).filter(name => name.endsWith(".onnx"));
  const files = names.map(name => read(`onnx/${name}`));
  const use = (bytes: Uint8Array) => loadOnnx(bytes);
  it("bytes changed", { timeout: LIMIT }, () => tryAll(random => changed(files[random(files.length)], random), use));

  it("messages changed", { timeout: LIMIT }, () => {
    const messages = files.map(file => decode(MODEL, file));
    tryAll(random => encode(MODEL, rewritten(messages[random(messages.length)], random)), use);
  });
});
