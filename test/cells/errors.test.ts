/** What users do wrong with cells, and what they are told. */
import { describe, expect, it } from "vitest";
import { type CellDefinition, defineCell, layers, ops, sequential, type Value } from "../../src/index.ts";
import { lstmCell } from "../helpers/customCells.ts";
import { expectError, numbers } from "../helpers/models.ts";

type Definition = CellDefinition<Record<string, number[]>, Record<string, number>>;

const good: Definition = {
  name: "mine",
  weights: ({ features, units }) => ({ kernel: [features, units], row: [units] }),
  states: ({ units }) => ({ h: units }),
  step({ x, states, weights }) {
    const h = ops.add(ops.matmul(x, weights.kernel), states.h);
    return { output: h, states: { h } };
  },
};

const run = (changes: Partial<Definition>) =>
  sequential([layers.rnn(defineCell({ ...good, ...changes }), { units: 4, inputShape: [2, 3] })]).predict(
    numbers([2, 2, 3]),
  );

/** One step whose output is what `make` gives. */
const output = (make: (input: Parameters<Definition["step"]>[0]) => unknown) => () =>
  run({ step: input => ({ output: make(input) as Value, states: input.states }) });

it("the good cell runs", () => {
  expect(run({}).shape).toEqual([2, 4]);
});

describe("definitions", () => {
  const wrong: [string, () => unknown, "TypeError" | "RangeError", RegExp][] = [
    ["no name", () => run({ name: undefined }), "TypeError", /defineCell name: expected a name of letters/],
    ["a name with a slash", () => run({ name: "a/b" }), "TypeError", /defineCell name: .* got "a\/b"/],
    ["no step", () => run({ step: undefined }), "TypeError", /defineCell step: expected a function, got undefined/],
    ["a misspelt property", () => run({ state: 1 } as never), "TypeError", /defineCell: unknown option "state"/],
    [
      "outputSize as a number",
      () => run({ outputSize: 3 as never }),
      "TypeError",
      /outputSize: expected a function, got 3/,
    ],
    ["a weight without shape", () => run({ weights: () => ({ w: 3 }) as never }), "TypeError", /cell mine: weight w: /],
    [
      "a weight of size 0",
      () => run({ weights: () => ({ w: [0] }) }),
      "RangeError",
      /cell mine: weight w: .* >= 1, got 0/,
    ],
    [
      "a weight's bad name",
      () => run({ weights: () => ({ "a/b": [1] }) }),
      "TypeError",
      /cell mine: weights: expected a name/,
    ],
    [
      "an initializer",
      () => run({ weights: () => ({ w: { shape: [1], initializer: "x" } }) as never }),
      "RangeError",
      /weight w/,
    ],
    [
      "a state of size 1.5",
      () => run({ states: () => ({ h: 1.5 }) }),
      "RangeError",
      /cell mine: size of state h: .* got 1.5/,
    ],
    [
      "no state, no size",
      () => run({ states: () => ({}) }),
      "TypeError",
      /cell mine: expected outputSize for a cell without/,
    ],
    [
      "a definition as cell",
      () => layers.rnn(good as never, { units: 1 }),
      "TypeError",
      /rnn cell: .* made by defineCell/,
    ],
    ["no units", () => layers.rnn(lstmCell, {} as never), "TypeError", /rnn units: expected a whole number/],
    [
      "an option of others",
      () => layers.rnn(lstmCell, { units: 1, useBias: true } as never),
      "TypeError",
      /rnn: unknown option/,
    ],
  ];
  it.each(wrong)("%s", async (_, action, type, message) => {
    await expectError(action, type, message);
  });
});

describe("what a step returns", () => {
  const wrong: [string, () => unknown, "TypeError" | "RangeError", RegExp][] = [
    [
      "nothing",
      () => run({ step: () => undefined as never }),
      "TypeError",
      /cell mine: expected step to return output \[2, 4\], got undefined/,
    ],
    ["numbers", output(() => [1, 2]), "TypeError", /expected step to return output \[2, 4\]/],
    ["another shape", output(({ x }) => x), "RangeError", /expected step to return output \[2, 4\], got \[2, 3\]/],
    ["a row", output(({ weights }) => weights.row), "RangeError", /output \[2, 4\], got \[4\]/],
    [
      "a state too few",
      () => run({ step: ({ states: { h } }) => ({ output: h, states: {} as never }) }),
      "TypeError",
      /cell mine: expected step to return states.h \[2, 4\], got undefined/,
    ],
    [
      "a state too many",
      () => run({ step: ({ states: { h } }) => ({ output: h, states: { h, c: h } }) }),
      "TypeError",
      /cell mine: step returned states.c, which the cell does not declare/,
    ],
  ];
  it.each(wrong)("%s", async (_, action, type, message) => {
    await expectError(action, type, message);
  });
});

describe("ops", () => {
  const wrong: [string, Parameters<typeof output>[0], "TypeError" | "RangeError", RegExp][] = [
    ["shapes", ({ x, states }) => ops.add(x, states.h), "RangeError", /ops.add: .* got \[2, 3\] and \[2, 4\]/],
    ["no tensor", () => ops.add(1, 2), "TypeError", /ops.add: expected a tensor, got 2/],
    [
      "an array",
      ({ x }) => ops.multiply(x, [1] as never),
      "TypeError",
      /ops.multiply: expected a tensor or a finite number/,
    ],
    ["NaN", ({ x }) => ops.divide(x, Number.NaN), "TypeError", /ops.divide: .*finite number, got NaN/],
    [
      "matmul",
      ({ states, weights }) => ops.matmul(states.h, weights.kernel),
      "RangeError",
      /ops.matmul: expected a kernel \[4, units\] for \[2, 4\], got \[3, 4\]/,
    ],
    [
      "a bias",
      ({ x, weights }) => ops.matmul(x, weights.kernel, x),
      "RangeError",
      /ops.matmul: expected a bias \[4\], got \[2, 3\]/,
    ],
    [
      "a missing weight",
      ({ x, weights }) => ops.matmul(x, weights.missing),
      "TypeError",
      /ops.matmul: expected a tensor, got undefined/,
    ],
    ["split in 3", ({ states }) => ops.split(states.h, 3)[0], "RangeError", /ops.split: .* divides 4, got 3/],
    [
      "split sizes",
      ({ states }) => ops.split(states.h, [1, 2])[0],
      "RangeError",
      /ops.split: .* add up to 4, .* got \[1, 2\]/,
    ],
    ["slice", ({ x }) => ops.slice(x, 1, 9), "RangeError", /ops.slice end: expected .* in \[2, 3\], got 9/],
    ["concat", ({ x, weights }) => ops.concat([x, weights.row]), "RangeError", /ops.concat: .* \[2, 3\] and \[4\]/],
    ["concat of one", ({ x }) => ops.concat(x as never), "TypeError", /ops.concat: expected a list/],
    ["sigmoid", () => ops.sigmoid(3 as never), "TypeError", /ops.sigmoid: expected a tensor, got 3/],
  ];
  it.each(wrong)("%s", async (_, make, type, message) => {
    await expectError(output(make), type, message);
  });
});

it("a tensor of a step that is over is refused, in training as in predictions", async () => {
  let kept: Value | undefined;
  const action = output(({ states: { h } }) => {
    const result = kept ? ops.add(kept, h) : h;
    kept = h;
    return result;
  });
  await expectError(
    action,
    "RangeError",
    /ops.add: this tensor belongs to a step that is over; .* one of the cell's states/,
  );
  await expectError(() => kept?.data, "RangeError", /data: this tensor belongs to a step that is over/);
});

it("numbers can be looked at", () => {
  const seen: number[][] = [];
  output(({ x, states }) => {
    seen.push([...x.data]);
    return states.h;
  })();
  const { data } = numbers([2, 2, 3]);
  expect(seen[1]).toEqual([...data.slice(3, 6), ...data.slice(9, 12)]);
});
