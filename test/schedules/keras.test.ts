/** Schedules against the formulas of Keras 3, in JavaScript's own mathematics. */
import { describe, expect, it } from "vitest";
import { schedules } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { expectError } from "../helpers/models.ts";

const { cosineDecay, exponentialDecay } = schedules;
const steps = [0, 1, 2, 7, 24, 25, 26, 99, 100, 101, 149, 150, 151, 1000, 123456];

// biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
const wrong = (value: unknown): any => value;

describe("exponentialDecay", () => {
  const given = { initialLearningRate: 0.1, decaySteps: 25, decayRate: 0.96 };

  it("is initialLearningRate · decayRate^(step / decaySteps)", () => {
    const { at } = exponentialDecay(given);
    expectClose(
      steps.map(at),
      steps.map(step => 0.1 * 0.96 ** (step / 25)),
      { relative: 1e-12 },
    );
    expect(at(0)).toBe(0.1);
    expect(at(25)).toBe(0.1 * 0.96);
  });

  it("goes down stairs", () => {
    const { at } = exponentialDecay({ ...given, staircase: true });
    expect([0, 24, 25, 49, 50].map(at)).toEqual([0.1, 0.1, 0.1 * 0.96, 0.1 * 0.96, 0.1 * (0.96 * 0.96)]);
  });

  it("is made again by its JSON", () => {
    const schedule = exponentialDecay(given);
    expect(schedule.toJSON()).toEqual({ name: "exponentialDecay", options: { ...given, staircase: false } });
    expect(exponentialDecay(schedule.toJSON().options as typeof given).at(7)).toBe(schedule.at(7));
  });
});

describe("cosineDecay", () => {
  /** keras.optimizers.schedules.CosineDecay.__call__ */
  function keras(step: number, initial: number, decaySteps: number, alpha = 0, target?: number, warmup = 0): number {
    const decay = (at: number, from: number) =>
      from * ((1 - alpha) * 0.5 * (1 + Math.cos((Math.PI * at) / decaySteps)) + alpha);
    if (target === undefined) return decay(Math.min(step, decaySteps), initial);
    const capped = Math.min(step, decaySteps + warmup);
    if (capped < warmup) return (target - initial) * (capped / warmup) + initial;
    return decay(capped - warmup, target);
  }

  it.each([
    ["alone", { initialLearningRate: 0.1, decaySteps: 100 }, [0.1, 100]],
    ["to alpha", { initialLearningRate: 0.1, decaySteps: 150, alpha: 0.2 }, [0.1, 150, 0.2]],
    [
      "after a rise",
      { initialLearningRate: 0.01, decaySteps: 100, alpha: 0.1, warmupTarget: 0.3, warmupSteps: 25 },
      [0.01, 100, 0.1, 0.3, 25],
    ],
    ["from a target without a rise", { initialLearningRate: 0, decaySteps: 100, warmupTarget: 0.3 }, [0, 100, 0, 0.3]],
  ] as const)("is Keras', %s", (_, options, [initial, decaySteps, ...rest]) => {
    expectClose(
      steps.map(cosineDecay(options).at),
      steps.map(step => keras(step, initial, decaySteps, ...rest)),
      { relative: 1e-12, absolute: 1e-16 },
    );
  });

  it("begins at the initial rate, is half of it in the middle, and ends at alpha", () => {
    const { at } = cosineDecay({ initialLearningRate: 0.5, decaySteps: 10, alpha: 0.25 });
    expect([0, 10, 11, 1e9].map(at)).toEqual([0.5, 0.125, 0.125, 0.125]);
    expect(cosineDecay({ initialLearningRate: 1, decaySteps: 10 }).at(5)).toBe(0.5);
  });

  it("is made again by its JSON", () => {
    const { at, toJSON } = cosineDecay({ initialLearningRate: 0.01, decaySteps: 9, warmupTarget: 1, warmupSteps: 3 });
    const again = cosineDecay(toJSON().options as never);
    expect(steps.map(again.at)).toEqual(steps.map(at));
  });
});

it.each([
  [
    () => exponentialDecay(wrong({})),
    "TypeError",
    "exponentialDecay initialLearningRate: expected a number >= 0, got undefined",
  ],
  [
    () => exponentialDecay({ initialLearningRate: 1, decaySteps: 0, decayRate: 1 }),
    "RangeError",
    "exponentialDecay decaySteps: expected a number > 0, got 0",
  ],
  [
    () => cosineDecay(wrong({ initialLearningRate: 1, decaySteps: 1, warmup: 1 })),
    "TypeError",
    'cosineDecay: unknown option "warmup", did you mean "warmupSteps"? Known options are initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps',
  ],
  [
    () => cosineDecay({ initialLearningRate: 1, decaySteps: 1, warmupSteps: -1 }),
    "RangeError",
    "cosineDecay warmupSteps: expected a whole number >= 0, got -1",
  ],
] as const)("refuses what makes no sense: case %#", async (action, type, message) => {
  await expectError(action, type, message);
});
