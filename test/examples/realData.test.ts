/** Examples on real data, run on small folders of the same form: that each reads its data, learns, and tells its result. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../examples/curve.js";

const folder = mkdtempSync(join(tmpdir(), "examples-"));
const random = randomNumbers(7);
const list = <Item>(N: number, make: (i: number) => Item): Item[] => Array.from({ length: N }, (_, i) => make(i));

/** What a script prints, whether or not its result is the one wanted: data this small cannot promise it. */
async function run(script: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, CURVES: folder };
  const running = promisify(execFile)(process.execPath, [`examples/${script}`, ...args], { env });
  const { stdout, stderr } = await running.catch(error => error as { stdout: string; stderr: string });
  expect(stderr).not.toMatch(/Error/);
  return stdout;
}

const numberAfter = (text: string, words: string): number => Number.parseFloat(text.split(`${words}: `)[1]);
const drawn = (name: string): string => readFileSync(join(folder, `${name}.svg`), "utf8");

/** A file of idx: two zeros, the type, how many axes, their sizes, bytes. */
function idx(name: string, shape: number[], bytes: number[]): void {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [i, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * i);
  writeFileSync(join(folder, name), gzipSync(Buffer.concat([head, Buffer.from(bytes)])));
}

/** A digit is a tone of its own, in a wave file of 8 kHz and 16 bits. */
function tone(digit: number, index: number): void {
  const N = 1600 + Math.floor(random() * 800);
  const bytes = Buffer.alloc(44 + 2 * N);
  bytes.write("RIFF", 0);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * N, 40);
  for (let i = 0; i < N; i++) {
    const pressure = 0.5 * Math.sin((2 * Math.PI * (300 + 300 * digit) * i) / 8000) + 0.05 * random();
    bytes.writeInt16LE(Math.round(pressure * 2 ** 15), 44 + 2 * i);
  }
  writeFileSync(join(folder, `${digit}_jackson_${index}.wav`), bytes);
}

describe.skipIf(!existsSync("examples/digits/node_modules"))(
  "spoken digits, after npm --prefix examples/digits ci",
  () => {
    it("by themselves, and in strings", async () => {
      for (let digit = 0; digit < 10; digit++) for (let index = 0; index < 10; index++) tone(digit, index);
      expect(numberAfter(await run("digits/digits.js", folder, "1"), "mean test accuracy")).toBeGreaterThan(90);
      const said = await run("digits/transcribe.js", folder, "60", "2");
      expect(said).toMatch(/said \d+, heard/);
      expect(said).toMatch(/character error, beamSearch: [\d.]+ %/);
    });
  },
);

describe("examples on real data", () => {
  it("speakers", async () => {
    const line = (speaker: number): string => {
      const T = 7 + Math.floor(random() * 5);
      const channels = list(12, c => list(T, () => (c === speaker ? 2 : 0) + random()).join(","));
      return [...channels, speaker + 1].join(":");
    };
    const file = (N: number): string => ["# a remark", "@data", ...list(N, n => line(n % 9))].join("\n");
    writeFileSync(join(folder, "JapaneseVowels_TRAIN.ts"), file(54));
    writeFileSync(join(folder, "JapaneseVowels_TEST.ts"), file(18));
    const said = await run("speakers.js", folder, "1");
    expect(numberAfter(said, "mean test accuracy")).toBeGreaterThan(90);
    expect(drawn("speakers")).toContain("</svg>");
  });

  it("image rows", async () => {
    const labels = list(200, n => n % 10);
    const images = labels.flatMap(label => list(28 * 28, i => (Math.floor(i / 28) % 10 === label ? 255 : 0)));
    for (const start of ["train", "t10k"]) {
      idx(`${start}-labels-idx1-ubyte.gz`, [200], labels);
      idx(`${start}-images-idx3-ubyte.gz`, [200, 28, 28], images);
    }
    expect(numberAfter(await run("image-rows.js", folder), "test accuracy")).toBeGreaterThan(90);
  });

  it("sums", async () => {
    const said = await run("sums.js", "1", "2");
    expect(said).toMatch(/\d \+ \d = /);
    expect(numberAfter(said, "characters right, of questions it has not seen")).toBeGreaterThan(20);
  });

  it("sentiment", async () => {
    const review = (n: number): string =>
      `${n % 2}\t${list(12, () => ["the", "film", "is", ["bad", "good"][n % 2]][Math.floor(random() * 4)]).join(" ")}`;
    for (const part of ["train", "test"]) {
      writeFileSync(join(folder, `${part}.tsv.gz`), gzipSync(["label\ttext", ...list(400, review)].join("\n")));
    }
    expect(numberAfter(await run("sentiment.js", folder, "3"), "test accuracy")).toBeGreaterThan(90);
  });

  it("Shakespeare", async () => {
    writeFileSync(join(folder, "input.txt"), "ROMEO:\nTo be, or not to be.\n".repeat(420));
    const said = await run("shakespeare.js", folder, "1");
    expect(numberAfter(said, "nats a character, last tenth")).toBeLessThan(3);
  });

  it.each([[], ["--attention"]])("translation %s", async (...options) => {
    const words = { one: "un", two: "deux", three: "trois", four: "quatre" };
    const pair = (): [string, string] => Object.entries(words)[Math.floor(random() * 4)] as [string, string];
    const pairs = list(250, () => {
      const [first, second] = [pair(), pair()];
      return [0, 1].map(i => `${first[i]} ${second[i]}`);
    });
    mkdirSync(join(folder, "fra"), { recursive: true });
    writeFileSync(join(folder, "fra/fra.txt"), pairs.map(([a, b]) => `${a}\t${b}`).join("\n"));
    const said = await run("translate.js", join(folder, "fra"), "--epochs", "3", ...options);
    expect(said).toMatch(/of 25 sentences that it has not seen, \d+ exactly/);
    expect(Number(said.match(/best validation loss ([\d.]+)/)?.[1])).toBeLessThan(3);
  });
});
