/** Texts as ids and back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { type TokenizerOptions, tokenizer, tokenizerFromJSON } from "../../src/text/index.ts";
import { expectError } from "../helpers/models.ts";

const TEXTS = ["The cat sat on the mat.", "The dog didn't sit; the cat did!"];

describe("words", () => {
  const words = tokenizer().fit(TEXTS);

  it("are numbered by how frequent they are, then by which comes first; 0 is padding, 1 the unknown", () => {
    const sorted = ["the", "cat", "sat", "on", "mat", "dog", "didn't", "sit", "did"];
    expect(words.tokens).toEqual(["", "[UNK]", ...sorted]);
    expect(words.size).toBe(11);
    expect(words.encode("The cat, the CAT")).toEqual([2, 3, 2, 3]);
    expect([words.paddingId, words.unknownId, words.startId, words.endId]).toEqual([0, 1, undefined, undefined]);
  });

  it("come back with blanks between them; what is unknown is said", () => {
    expect(words.decode(words.encode("a cat SAT here"))).toBe("[UNK] cat sat [UNK]");
    expect(words.decode([0, 0, 3, 4, 0])).toBe("cat sat");
    expect(words.decode(Int32Array.of(3, 4))).toBe("cat sat");
    expect(words.decode([[2, 3], []])).toEqual(["the cat", ""]);
  });

  it("of several texts are several lists, of an empty text there are none", () => {
    expect(words.encode(["cat", "", "?!"])).toEqual([[3], [], []]);
    expect(words.encode("")).toEqual([]);
    expect(words.encode([])).toEqual([]);
    expect(words.decode([])).toBe("");
    expect(words.encode(new Set(["mat"]))).toEqual([[6]]);
  });

  it("know no other names: not those that every object has, nor those of ids without a token", () => {
    for (const word of ["constructor", "__proto__", "[UNK]", "toString"]) {
      expect(words.idOf(word)).toBe(1);
      expect(words.encode(word).every(id => id === 1)).toBe(true);
    }
  });

  it("are of any script, with numbers and emoji, composed", () => {
    const split = (text: string, options: TokenizerOptions = {}) => tokenizer(options).fit(text).tokens.slice(2);
    expect(split("l’été 3,5 % à 20°C, naïve co-op")).toEqual(["l’été", "3,5", "à", "20", "c", "naïve", "co-op"]);
    expect(split("Слово और 你好 👩‍👩‍👧‍👦👍🏽")).toEqual(["слово", "और", "你好", "👩‍👩‍👧‍👦👍🏽"]);
    expect(split("e\u0301te\u0301 été")).toEqual(["été"]);
    expect(split("The the", { lower: false })).toEqual(["The", "the"]);
  });

  it("may have what stands between them as tokens, and put no blank before it", () => {
    const marks = tokenizer({ punctuation: true, lower: false }).fit(["Well, (I think) no: no!", "¿Qué? 1.5 …"]);
    for (const text of ["Well, (I think) no: no!", "¿Qué? 1.5…"]) expect(marks.decode(marks.encode(text))).toBe(text);
  });

  it("are at most so many, the rest is unknown", () => {
    const few = tokenizer({ maxTokens: 4 }).fit(TEXTS);
    expect(few.tokens).toEqual(["", "[UNK]", "the", "cat"]);
    expect(few.encode("the cat sat")).toEqual([2, 3, 1]);
    expect(tokenizer({ maxTokens: 6, markers: true }).fit(TEXTS).size).toBe(6);
  });

  it("are those of the last fit", () => {
    expect(tokenizer().fit("one").fit("two").tokens.slice(2)).toEqual(["two"]);
  });
});

describe("characters", () => {
  it("come back as they were", () => {
    const text = "Ça va?\n 𝒳👍🏽 Straße  ";
    const characters = tokenizer({ level: "characters" }).fit(text);
    expect(characters.decode(characters.encode(text))).toBe(text.normalize("NFC"));
    expect(characters.encode("𝒳")).toHaveLength(1);
    expect(characters.decode(characters.encode("aß√"))).toBe("aß\ufffd");
    expect(characters.tokens).toContain("Ç");
  });

  it("of any text come back, also through JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), text => {
        const characters = tokenizer({ level: "characters" }).fit(text);
        const copy = tokenizerFromJSON(JSON.parse(JSON.stringify(characters)));
        expect(copy.decode(characters.encode(text))).toBe(text.normalize("NFC"));
      }),
      { seed: 1 },
    );
  });
});

describe("markers", () => {
  const marked = tokenizer({ level: "characters", markers: true }).fit("ab");

  it("begin and end a text where that is asked for, and are no part of what is decoded", () => {
    expect(marked.tokens).toEqual(["", "[UNK]", "[START]", "[END]", "a", "b"]);
    expect([marked.startId, marked.endId]).toEqual([2, 3]);
    expect(marked.encode("ab")).toEqual([4, 5]);
    expect(marked.encode(["a", ""], { start: true, end: true })).toEqual([
      [2, 4, 3],
      [2, 3],
    ]);
    expect(marked.decode([2, 4, 5, 3, 4, 0])).toBe("ab");
  });
});

describe("in a file", () => {
  it("a tokenizer comes with the model whose metadata has it", () => {
    const words = tokenizer({ maxTokens: 8, markers: true }).fit(TEXTS);
    const lone = tokenizer({ level: "characters" }).fit('\ud800<\u2028\\"');
    const net = sequential([layers.embedding({ inputDim: words.size, outputDim: 2, inputShape: [null] })]);
    net.metadata = { tokenizer: words, lone };
    const { metadata } = loadModel(net.save());
    for (const [own, saved] of Object.entries({ tokenizer: words, lone })) {
      const copy = tokenizerFromJSON(metadata[own]);
      expect(copy.toJSON()).toEqual(saved.toJSON());
      expect(copy.encode(TEXTS)).toEqual(saved.encode(TEXTS));
      expect(tokenizerFromJSON(net.metadata[own]).toJSON()).toEqual(saved.toJSON());
    }
    expect(loadModel(loadModel(net.save()).save()).metadata).toEqual(metadata);
  });

  const json = { level: "words", lower: true, punctuation: false, markers: false, tokens: ["a"] };
  it.each<[unknown, "TypeError" | "RangeError", string]>([
    [undefined, "TypeError", ": expected the object that toJSON() gives, got undefined"],
    [[], "TypeError", ": expected the object that toJSON() gives, got an array of 0"],
    [{ ...json, tokens: "a" }, "TypeError", ': tokens: expected an array of texts, got "a"'],
    [{ ...json, tokens: [] }, "RangeError", ": tokens: expected at least one, got an empty array"],
    [{ ...json, tokens: ["a", 1] }, "TypeError", ": tokens[1]: expected a text, got 1"],
    [{ ...json, tokens: ["a", "a"] }, "RangeError", ': tokens[1]: expected a token of its own, got "a"'],
    [{ ...json, tokens: [""] }, "RangeError", ': tokens[0]: expected a token of its own, got ""'],
    [{ ...json, level: "bytes" }, "RangeError", ': level: expected one of words, characters, got "bytes"'],
    [{ ...json, lower: 1 }, "TypeError", ": lower: expected true or false, got 1"],
    [{ ...json, markers: null }, "TypeError", ": markers: expected true or false, got null"],
  ])("what is none is refused: %j", async (value, type, message) => {
    await expectError(() => tokenizerFromJSON(value), type, `tokenizerFromJSON${message}`);
  });
});

it.each<[() => unknown, "Error" | "TypeError" | "RangeError", string | RegExp]>([
  [() => tokenizer().fit([]), "RangeError", "tokenizer fit: expected texts with at least one token, got none"],
  [() => tokenizer().fit(["", "?"]), "RangeError", "tokenizer fit: expected texts with at least one token, got none"],
  [() => tokenizer().fit(5 as never), "TypeError", "tokenizer fit: expected a text or texts, got 5"],
  [() => tokenizer().fit(["a", 5] as never), "TypeError", "tokenizer fit: expected texts, got 5 at 1"],
  [() => tokenizer().encode("a"), "Error", "tokenizer: it knows no tokens yet; call fit(texts) first"],
  [() => tokenizer().size, "Error", "tokenizer: it knows no tokens yet; call fit(texts) first"],
  [
    () =>
      tokenizer()
        .fit("a")
        .encode(null as never),
    "TypeError",
    "tokenizer encode: expected a text or texts, got null",
  ],
  [
    () => tokenizer().fit("a").encode("a", { end: true }),
    "RangeError",
    "tokenizer encode: it has no ids for start and end; make it with tokenizer({ markers: true })",
  ],
  [() => tokenizer().fit("a").decode([3]), "RangeError", "tokenizer decode: expected ids in 0..2, got 3 at element 0"],
  [
    () => tokenizer().fit("a").decode([NaN]),
    "RangeError",
    "tokenizer decode: expected ids in 0..2, got NaN at element 0",
  ],
  [
    () =>
      tokenizer()
        .fit("a")
        .decode(["a"] as never),
    "TypeError",
    'tokenizer decode: expected ids in 0..2, got "a" at element 0',
  ],
  [
    () =>
      tokenizer()
        .fit("a")
        .decode("a" as never),
    "TypeError",
    'tokenizer decode: expected a list of ids, got "a"',
  ],
  [() => tokenizer({ maxTokens: 2 }), "RangeError", "tokenizer maxTokens: expected a whole number >= 3, got 2"],
  [
    () => tokenizer({ maxTokens: 4, markers: true }),
    "RangeError",
    "tokenizer maxTokens: expected at least 5, since four ids stand for no token, got 4",
  ],
  [
    () => tokenizer({ level: "bytes" as never }),
    "RangeError",
    /tokenizer level: expected one of words, characters, got "bytes"/,
  ],
])("what cannot be is refused: case %#", async (action, type, message) => {
  await expectError(action, type, message);
});
