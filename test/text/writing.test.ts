/** Texts that models write: by drawing, greedily, and by beam search. */
import { describe, expect, it, vi } from "vitest";
import { input, layers, loadModel, type Model, model, sequential } from "../../src/index.ts";
import {
  beamSearch,
  generate,
  generateTokens,
  greedySearch,
  type NextToken,
  sample,
  seededRandom,
  tokenizer,
} from "../../src/text/index.ts";
import { expectError, scramble } from "../helpers/models.ts";

const { dense, embedding, gru, lstm, timeDistributed } = layers;
const V = 6;

/** A model of ids whose weights are as they come. */
function wild(size: number, seed = 9, output: "softmax" | "linear" = "softmax"): Model {
  const net = sequential([
    embedding({ inputDim: size, outputDim: 4, inputShape: [null] }),
    lstm({ units: 8, returnSequences: true }),
    dense({ units: size, activation: output }),
  ]);
  scramble(net, seed);
  return net;
}

/** The log of the probability that a model of ids gives to each of some ids after others, by predict of the whole. */
function logsOf(
  net: Model,
  prompt: readonly number[],
  ids: readonly number[],
  inputs: readonly unknown[] = [],
): number[] {
  const all = [...prompt, ...ids];
  const { data, shape } = net.predict((inputs.length > 0 ? [[all], ...inputs] : [all]) as never);
  return ids.map((id, i) => Math.log(data[(prompt.length + i - 1) * (shape.at(-1) as number) + id]));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("generate", () => {
  const net = wild(V);

  it("draws from the stream's probabilities, as a loop of step and sample does", () => {
    const options = { temperature: 0.8, topK: 4, topP: 0.95 };
    const written = generate(net, { prompt: [1, 2], steps: 30, seed: 7, ...options });
    const random = seededRandom(7);
    const stream = net.stream();
    stream.step(1);
    const ids: number[] = [];
    for (let i = 0; i < 30; i++) ids.push(sample(stream.step(ids.at(-1) ?? 2), { random, ...options }));
    expect(written.ids).toEqual(ids);
    expect([written.text, written.ended]).toEqual(["", false]);
    expect(written.logProbability).toBeCloseTo(sum(logsOf(net, [1, 2], ids)), 5);
  });

  it("writes the same of one seed, which is 0 if none is given, and another text of another", () => {
    const write = (options: object) => generate(net, { prompt: [1], steps: 30, ...options }).ids;
    expect(write({})).toEqual(write({ seed: 0 }));
    expect(write({})).not.toEqual(write({ seed: 1 }));
    expect(write({ random: seededRandom(1) })).toEqual(write({ seed: 1 }));
    expect(write({ temperature: 0 })).toEqual(greedySearch(net, { prompt: [1], maxSteps: 30 }).ids);
  });

  it("gives the tokens one by one, as they are asked for", () => {
    const stream = vi.spyOn(net, "stream");
    const tokens = generateTokens(net, { prompt: [1], steps: 1_000_000 });
    const ids = [1, 2, 3].map(() => tokens.next().value.id);
    tokens.return?.();
    expect([...tokens]).toEqual([]);
    expect(ids).toEqual(generate(net, { prompt: [1], steps: 3 }).ids);
    expect(stream).toHaveBeenCalledTimes(2);
    stream.mockRestore();
  });

  it("stops at any of the tokens it is told, which is no part of what is written", () => {
    const free = generate(net, { prompt: [1], steps: 40 }).ids;
    const stop = free[5];
    const { ids, ended } = generate(net, { prompt: [1], steps: 40, stopAt: [stop, 99] });
    expect([ids, ended]).toEqual([free.slice(0, free.indexOf(stop)), true]);
    const tokens = [...generateTokens(net, { prompt: [1], steps: 40, stopAt: stop })];
    expect(tokens.map(({ end }) => end)).toEqual([...ids.map(() => false), true]);
  });

  it("takes logits where it is told so", () => {
    const logits = wild(V, 9, "linear");
    const options = { prompt: [1], steps: 20, temperature: 0.7, seed: 3 };
    const written = generate(logits, { ...options, fromLogits: true });
    expect(written.ids).toEqual(generate(net, options).ids);
    expect(written.logProbability).toBeCloseTo(generate(net, options).logProbability, 4);
  });

  it("feeds one-hot rows to a model that reads those, and takes the first of several outputs", () => {
    const rows = input({ shape: [null, V] });
    const [y, h] = gru({ units: 5, returnSequences: true, returnState: true }).applyAll(rows);
    const p = timeDistributed({ layer: dense({ units: V, activation: "softmax" }) }).apply(y);
    const oneHot = model({ inputs: rows, outputs: [p, h] });
    scramble(oneHot);
    const { ids } = generate(oneHot, { prompt: [3], steps: 10 });
    const random = seededRandom(0);
    const stream = oneHot.stream();
    let last = 3;
    for (const id of ids) {
      const row = Array.from({ length: V }, (_, i) => Number(i === last));
      last = sample(stream.stepAll(row)[0], { random });
      expect(id).toBe(last);
    }
  });

  it("takes a model without returnSequences, and one whose initial states are inputs", () => {
    const last = sequential([
      embedding({ inputDim: V, outputDim: 3, inputShape: [null] }),
      lstm({ units: 4 }),
      dense({ units: V, activation: "softmax" }),
    ]);
    expect(generate(last, { prompt: [1], steps: 5 }).ids).toHaveLength(5);
    const [ids, h] = [input({ shape: [null] }), input({ shape: [4] })];
    const y = gru({ units: 4, returnSequences: true }).apply([embedding({ inputDim: V, outputDim: 3 }).apply(ids), h]);
    const begun = model({ inputs: [ids, h], outputs: dense({ units: V, activation: "softmax" }).apply(y) });
    scramble(begun);
    const written = generate(begun, { prompt: [1], steps: 8, inputs: [1, -1, 0.5, 2] });
    expect(written.logProbability).toBeCloseTo(sum(logsOf(begun, [1], written.ids, [[[1, -1, 0.5, 2]]])), 5);
  });
});

describe("with a tokenizer", () => {
  const characters = tokenizer({ level: "characters", markers: true }).fit("abc ");
  const net = wild(characters.size);
  net.metadata.tokenizer = characters;
  const loaded = loadModel(net.save());

  it("texts go in and come out; a loaded model brings its tokenizer", () => {
    const written = generate(loaded, { prompt: "ab", steps: 50, stopAt: [], temperature: 3 });
    expect(written.text).toBe(characters.decode(written.ids.filter(id => id !== characters.endId)));
    expect(written.text).toMatch(/^[abc ]+$/);
    expect(generate(net, { prompt: "ab", steps: 50, stopAt: [], temperature: 3 })).toEqual(written);
    expect(generate(wild(8), { prompt: "ab", steps: 50, stopAt: [], temperature: 3, tokenizer: characters })).toEqual(
      written,
    );
    const tokens = [...generateTokens(loaded, { prompt: "ab", steps: 50, stopAt: [], temperature: 3 })];
    expect(tokens.map(({ text }) => text).join("")).toBe(written.text);
  });

  it("begins with the start and stops at the end by itself; padding, start and unknown never come", () => {
    const { ids, ended } = generate(net, { steps: 10_000, temperature: 5 });
    expect(ended).toBe(true);
    expect(ids).toEqual(generate(net, { prompt: [2], steps: 10_000, temperature: 5, stopAt: 3 }).ids);
    for (const never of [0, 1, 2, 3]) expect(ids).not.toContain(never);
    expect(generate(net, { prompt: "", steps: 5, stopAt: "b", temperature: 0 })).toEqual(
      generate(net, { prompt: [2], steps: 5, stopAt: 5, temperature: 0 }),
    );
  });

  it("words go on from the prompt with a blank", () => {
    const words = tokenizer({ punctuation: true }).fit("a b c, d.");
    const { ids, text } = generate(wild(words.size), { prompt: "a b", steps: 12, temperature: 2, tokenizer: words });
    expect(`a b${text}`).toBe(words.decode([...words.encode("a b"), ...ids]));
    for (const found of beamSearch(wild(words.size), { prompt: "a b", maxSteps: 5, tokenizer: words, beamWidth: 9 })) {
      expect(`a b${found.text}`).toBe(words.decode([...words.encode("a b"), ...found.ids]));
    }
  });

  it("says once that a prompt has unknown tokens", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (let i = 0; i < 2; i++) generate(net, { prompt: "a§", steps: 1 });
    expect(warn.mock.calls).toEqual([
      [
        'wasm-lstm: generate prompt: "a§" has tokens that the tokenizer does not know; the model reads "unknown" for them',
      ],
    ]);
    warn.mockRestore();
  });
});

/** All texts of at most so many tokens with their probabilities, by a table of the next token. */
function everyText(next: (ids: readonly number[]) => readonly number[], stop: number, most: number) {
  const found: { ids: number[]; logProbability: number; ended: boolean }[] = [];
  const walk = (ids: number[], logProbability: number): void => {
    if (ids.length === most) {
      found.push({ ids, logProbability, ended: false });
      return;
    }
    next(ids).forEach((p, id) => {
      const log = logProbability + Math.log(p);
      if (id === stop) found.push({ ids, logProbability: log, ended: true });
      else walk([...ids, id], log);
    });
  };
  walk([], 0);
  return found;
}

describe("beam search", () => {
  const net = wild(V, 3);
  const next = (ids: readonly number[]) => [...net.predict([[1, ...ids]] as never).data].slice(-V);

  it.each([0, 1, 0.6])("wide enough, finds the best of all texts; lengthPenalty: %f", lengthPenalty => {
    const found = beamSearch(net, { prompt: [1], stopAt: 4, maxSteps: 3, beamWidth: 300, lengthPenalty });
    const all = everyText(next, 4, 3).map(text => ({
      ...text,
      score: text.logProbability / (text.ids.length + Number(text.ended)) ** lengthPenalty,
    }));
    all.sort((a, b) => b.score - a.score);
    expect(found).toHaveLength(all.length);
    for (const [i, { ids, score, logProbability, ended }] of found.entries()) {
      expect(score).toBeCloseTo(all[i].score, 5);
      const same = all.find(text => text.ids.join() === ids.join() && text.ended === ended);
      expect(logProbability).toBeCloseTo(same?.logProbability ?? NaN, 5);
    }
  });

  it.each([3, 4, 5, 6, 7])("of one text is greedy search to the bit, and of more finds no worse: seed %i", seed => {
    const source = wild(12, seed);
    const options = { prompt: [1], stopAt: [2, 3], maxSteps: 25 };
    const greedy = greedySearch(source, options);
    const [one, ...others] = beamSearch(source, { ...options, beamWidth: 1, lengthPenalty: 0 });
    expect(others).toEqual([]);
    expect({ ...one, score: undefined }).toEqual({ ...greedy, score: undefined });
    expect(one.score).toBe(greedy.logProbability);
    const many = beamSearch(source, { ...options, beamWidth: 5, lengthPenalty: 0 });
    expect(many.length).toBe(5);
    for (const { ids, logProbability, ended } of many) {
      const logs = logsOf(source, [1], ids);
      if (!ended) expect(logProbability).toBeCloseTo(sum(logs), 4);
      else expect(logProbability).toBeLessThan(sum(logs));
    }
  });

  it("finds what greedy search misses", () => {
    // The best first token, 0, has only poor ways on.
    const table: NextToken = ids => {
      if (ids.length === 1) return [0.5, 0.4, 0.1, 0];
      return ids[1] === 0 ? [0.25, 0.25, 0.25, 0.25] : [0.01, 0.01, 0.01, 0.97];
    };
    const options = { prompt: [0], stopAt: 3, maxSteps: 2 };
    expect(greedySearch(table, options).ids).toEqual([0, 0]);
    const [best] = beamSearch(table, { ...options, beamWidth: 2 });
    expect([best.ids, best.ended]).toEqual([[1], true]);
    expect(best.score).toBeCloseTo(Math.log(0.4 * 0.97) / 2, 12);
  });

  it("prefers longer texts with a higher lengthPenalty", () => {
    const table: NextToken = ids => (ids.length === 1 ? [0.6, 0.4] : ids.length < 4 ? [0.99, 0.01] : [0, 1]);
    const search = (lengthPenalty: number) =>
      beamSearch(table, { prompt: [0], stopAt: 1, beamWidth: 2, lengthPenalty })[0];
    expect(search(0).ids).toEqual([0, 0, 0]);
    const short: NextToken = ids => (ids.length === 1 ? [0.45, 0.55] : ids.length < 4 ? [0.9, 0.1] : [0, 1]);
    const lengths = [0, 1].map(
      lengthPenalty => beamSearch(short, { prompt: [0], stopAt: 1, beamWidth: 2, lengthPenalty })[0].ids.length,
    );
    expect(lengths).toEqual([0, 3]);
  });

  it("leaves out what is impossible, and ends when all texts have ended", () => {
    const next = vi.fn<NextToken>(ids => (ids.length < 3 ? [0.5, 0.5, 0] : [0, 0, 1]));
    const found = beamSearch(next, { prompt: [0], stopAt: 2, beamWidth: 100 });
    expect(found.map(({ ids }) => ids)).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(next).toHaveBeenCalledTimes(1 + 2 + 4);
    expect(next.mock.calls.every(([ids]) => ids.length <= 3)).toBe(true);
  });

  it("is the same through a function as through a stream", () => {
    const options = { prompt: [1], stopAt: 4, maxSteps: 12, beamWidth: 3 };
    const whole: NextToken = ids => net.predict([[...ids]] as never).data.slice(-V);
    expect(beamSearch(whole, options)).toEqual(beamSearch(net, options));
    const greedy = { prompt: [1], stopAt: 4, maxSteps: 12 };
    expect(greedySearch(whole, greedy)).toEqual(greedySearch(net, greedy));
    expect(generate(whole, { prompt: [1], steps: 12 })).toEqual(generate(net, { prompt: [1], steps: 12 }));
  });

  it("takes no more memory, whatever is searched", () => {
    const options = { prompt: [1], stopAt: 4, maxSteps: 20, beamWidth: 4 };
    beamSearch(net, options);
    const { memoryBytes } = net;
    for (let i = 0; i < 50; i++) beamSearch(net, options);
    expect(net.memoryBytes).toBe(memoryBytes);
  });
});

describe("an encoder-decoder", () => {
  const [units, size] = [8, 7];
  const [source, target] = [input({ shape: [null] }), input({ shape: [null] })];
  const [, h, c] = lstm({ units, returnState: true }).applyAll(
    embedding({ inputDim: size, outputDim: 4 }).apply(source),
  );
  const states = [h, c];
  const sequence = lstm({ units, returnSequences: true }).apply([
    embedding({ inputDim: size, outputDim: 4 }).apply(target),
    h,
    c,
  ]);
  const p = dense({ units: size, activation: "softmax" }).apply(sequence);
  const net = model({ inputs: [source, target], outputs: p });
  scramble(net, 4);
  const encoder = net.part({ inputs: source, outputs: states });
  const decoder = net.part({ inputs: [target, h, c], outputs: p });
  const question = [[3, 1, 4]];
  const inputs = encoder.predictAll(question);

  it("is searched by its decoder, with the encoder's states as inputs", () => {
    const options = { inputs, prompt: [1], stopAt: 2, maxSteps: 15 };
    const greedy = greedySearch(decoder, options);
    const whole: NextToken = ids => net.predict([question, [[...ids]]] as never).data.slice(-size);
    expect(greedy).toEqual(greedySearch(whole, { prompt: [1], stopAt: 2, maxSteps: 15 }));
    const [one] = beamSearch(decoder, { ...options, beamWidth: 1, lengthPenalty: 0 });
    expect(one).toEqual({ ...greedy, score: greedy.logProbability });
    expect(beamSearch(decoder, options)).toEqual(beamSearch(whole, { prompt: [1], stopAt: 2, maxSteps: 15 }));
  });
});

describe("errors", () => {
  const net = wild(V);
  const characters = tokenizer({ level: "characters" }).fit("abcd");
  it.each<[() => unknown, "TypeError" | "RangeError", string | RegExp]>([
    [
      () => generate({} as never),
      "TypeError",
      "generate: expected a model, or a function that gives the probabilities of the next token, got an object",
    ],
    [
      () => generate(undefined as never),
      "TypeError",
      "generate: expected a model, or a function that gives the probabilities of the next token, got undefined",
    ],
    [
      () => generate(net),
      "RangeError",
      "generate prompt: expected at least one token to begin with, got none; a tokenizer with markers: true has one for the start",
    ],
    [
      () => generateTokens(net, { tokenizer: characters, prompt: "" }),
      "RangeError",
      "generateTokens prompt: expected at least one token to begin with, got none; a tokenizer with markers: true has one for the start",
    ],
    [
      () => generate(net, { prompt: "ab" }),
      "TypeError",
      'generate prompt: expected ids, since there is no tokenizer, got "ab"; give { tokenizer }',
    ],
    [() => generate(net, { prompt: 5 as never }), "TypeError", "generate prompt: expected a text or ids, got 5"],
    [
      () => generate(net, { prompt: [0.5] }),
      "RangeError",
      "generate prompt[0]: expected an id, a whole number >= 0, got 0.5",
    ],
    [() => generate(net, { prompt: ["a"] as never }), "TypeError", 'generate prompt[0]: expected an id, got "a"'],
    [() => generate(net, { prompt: [99] }), "RangeError", /embedding: expected token ids in 0\.\.5, got 99/],
    [
      () => beamSearch(net, { prompt: [1], stopAt: "a" }),
      "RangeError",
      'beamSearch stopAt: expected a token of the tokenizer, got "a"',
    ],
    [
      () => greedySearch(net, { prompt: "ab", tokenizer: characters, stopAt: "xy" }),
      "RangeError",
      'greedySearch stopAt: expected a token of the tokenizer, got "xy"',
    ],
    [
      () => greedySearch(net, { prompt: "ab", tokenizer: characters, stopAt: 99 }),
      "RangeError",
      `greedySearch stopAt: expected an id below ${characters.size}, the tokenizer's size, got 99`,
    ],
    [
      () => generate(net, { prompt: [1], stopAt: {} as never }),
      "TypeError",
      "generate stopAt: expected an id or a token, or a list, got an object",
    ],
    [
      () => generate(net, { prompt: [1], steps: 0 }),
      "RangeError",
      "generate steps: expected a whole number >= 1, got 0",
    ],
    [
      () => generate(net, { prompt: [1], tokenizer: 5 as never }),
      "TypeError",
      "tokenizerFromJSON: expected the object that toJSON() gives, got 5",
    ],
    [
      () => beamSearch(net, { prompt: [1], beamWidth: 0 }),
      "RangeError",
      "beamSearch beamWidth: expected a whole number >= 1, got 0",
    ],
    [
      () => generate(net, { prompt: [1], temprature: 1 } as object),
      "TypeError",
      /generate: unknown option "temprature", did you mean "temperature"/,
    ],
    [
      () => generate(wild(9), { prompt: "ab", tokenizer: characters }),
      "RangeError",
      "generate: what the model gives: expected 6 numbers, one for each id of the tokenizer, got 9",
    ],
    [
      () => generate(wild(V, 9, "linear"), { prompt: [1] }),
      "RangeError",
      /generate: what the model gives: expected probabilities, got -?\d.*; of logits say fromLogits: true/,
    ],
    [
      () => generate(() => [NaN, 1], { prompt: [1] }),
      "RangeError",
      "generate: what the model gives: expected probabilities, got NaN at element 0",
    ],
    [
      () => beamSearch(() => [NaN, 1], { prompt: [1] }),
      "RangeError",
      "beamSearch: what the model gives: expected probabilities, got NaN at element 0",
    ],
    [
      () => greedySearch(() => [0, 0], { prompt: [1] }),
      "RangeError",
      "greedySearch: what the model gives: expected a token that is possible, got none",
    ],
    [
      () => generate(sequential([lstm({ units: 3, inputShape: [null, 3] })]), { prompt: [3] }),
      "RangeError",
      "generate: expected ids in 0..2 for a model that reads rows of 3, got 3",
    ],
    [() => generate(net, { prompt: [1], inputs: [1] }), "RangeError", /stream inputs: expected none/],
  ])("case %#", async (action, type, message) => {
    await expectError(action, type, message);
  });

  it("leaves the model usable", () => {
    expect(() => generate(net, { prompt: [99] })).toThrow();
    expect(generate(net, { prompt: [1], steps: 3 }).ids).toHaveLength(3);
  });
});
