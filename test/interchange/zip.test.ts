import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflate, readZip, writeZip } from "../../src/interchange/zip.ts";

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

  it("is unpacked", () => {
    expect(inflate(packed, content.length)).toEqual(content);
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
