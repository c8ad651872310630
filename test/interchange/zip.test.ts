import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflate } from "../../src/interchange/inflate.ts";
import { readZip, writeZip } from "../../src/interchange/zip.ts";

const text = (words: string) => new TextEncoder().encode(words);
const files = [
  ["a.json", text("{}")],
  ["deep/été.bin", Uint8Array.from({ length: 1000 }, (_, i) => i)],
  ["empty", new Uint8Array()],
] as const;

/** Some bytes of a zip file changed, by what stands there. */
function changed(from: Uint8Array, signature: number, offset: number, value: number): Uint8Array {
  const bytes = from.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (view.getUint32(at, true) === signature) {
      view.setUint32(at + offset, value, true);
      return bytes;
    }
  }
  throw new Error("not there");
}

describe("zip files", () => {
  const zip = writeZip(files);

  it("are read as they were written", () => {
    const entries = readZip(zip, inflate);
    expect([...entries.keys()]).toEqual(files.map(([name]) => name));
    for (const [name, content] of files) expect(entries.get(name)?.()).toEqual(content);
  });

  it("that are no zip, cut off, or changed are refused", () => {
    expect(() => readZip(text("no zip file at all, but long enough"))).toThrow("no list of entries at its end");
    expect(() => readZip(zip.slice(0, -30))).toThrow("no list of entries");
    expect(() => readZip(changed(zip, 0x02014b50, 42, 0xffff))).not.toThrow();
    expect(() => readZip(changed(zip, 0x02014b50, 42, 0xffff)).get("a.json")?.()).toThrow("outside of the file");
    expect(() => readZip(changed(zip, 0x02014b50, 10, 12))).toThrow('packs "a.json" by method 12');
    expect(() => readZip(changed(zip, 0x02014b50, 8, 1))).toThrow("encrypted");
    expect(() => readZip(changed(zip, 0x02014b50, 24, 2 ** 31))).toThrow("claims sizes");
    const damaged = zip.slice();
    damaged[36]++;
    expect(() => readZip(damaged, inflate).get("a.json")?.()).toThrow('a checksum that "a.json" does not fit');
    expect(() => readZip(writeZip([files[0], files[0]]))).toThrow('two entries of the name "a.json"');
  });
});

describe("what is deflated", () => {
  const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 7);
  const packed = deflateRawSync(content);

  it.each([
    ["as it is", { level: 0 }],
    ["with few repeats", { level: 1 }],
    ["with many", { level: 9 }],
    ["without repeats", { strategy: constants.Z_HUFFMAN_ONLY }],
    ["runs alone", { strategy: constants.Z_RLE }],
    ["by the codes that all know", { strategy: constants.Z_FIXED }],
    ["in windows of 512 bytes", { windowBits: 9 }],
  ])("is unpacked: %s", (_, options) => {
    const weights = new Uint8Array(Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i * i)).buffer);
    const words = text("the state of the network and the networks of the state; ".repeat(4_000));
    for (const each of [content, weights, words, new Uint8Array(100_000), Uint8Array.of(7), new Uint8Array()])
      expect(Buffer.compare(inflate(deflateRawSync(each, options), each.length), each)).toBe(0);
  });

  it("is what zlib makes of it, or refused, where it was changed", () => {
    const weights = new Uint8Array(Float32Array.from({ length: 100 }, (_, i) => Math.sin(i >> 1)).buffer);
    const whole = deflateRawSync(weights);
    let [same, refused] = [0, 0];
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const mutant = Uint8Array.from(whole);
      mutant[bit >> 3] ^= 1 << (bit & 7);
      let there: Uint8Array | undefined;
      try {
        there = inflateRawSync(mutant, { maxOutputLength: 2 ** 16 });
      } catch {}
      if (there) {
        expect(Buffer.compare(inflate(mutant, there.length), there)).toBe(0);
        same++;
      } else {
        expect(() => inflate(mutant, weights.length)).toThrow(
          /^its zip (is damaged|holds (more|less) than it says); is the file/,
        );
        refused++;
      }
    }
    expect(same).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it("takes no time without end for blocks in which there is nothing", () => {
    const nothing = new Uint8Array(200_000); // 10 bits each: not the last, of codes that all know, and its end
    for (let bit = 1; bit < 8 * nothing.length; bit += 10) nothing[bit >> 3] |= 1 << (bit & 7);
    const start = performance.now();
    expect(() => inflate(nothing, 100)).toThrow("holds less");
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("takes no more than it says", () => {
    expect(() => inflate(packed, content.length - 1)).toThrow("holds more than it says");
    expect(() => inflate(packed, content.length + 1)).toThrow("holds less than it says");
    expect(() => inflate(packed.slice(0, 500), content.length)).toThrow(/damaged|less/);
    const bomb = deflateRawSync(new Uint8Array(2 ** 28));
    const start = performance.now();
    expect(() => inflate(bomb, 100)).toThrow("holds more");
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
