/** Schedules against the rates of Keras and PyTorch, and what they refuse. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { schedules } from "../../src/index.ts";
import { scheduleRegistry } from "../../src/schedules/registry.ts";
import { expectClose } from "../helpers/compare.ts";
import { expectError } from "../helpers/models.ts";

interface Case {
  name: string;
  options: object;
  rates: number[];
}
const { steps, cases }: { steps: number[]; cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/schedules.json", import.meta.url), "utf8"),
);

it.each(cases)("$name, $options", ({ name, options, rates }) => {
  const schedule = scheduleRegistry.make(name, options);
  // Some of Keras' schedules compute in float32 whatever they are asked.
  expectClose(steps.map(schedule.at), rates, { relative: 2e-6, absolute: 1e-8 });
  const again = scheduleRegistry.make(schedule.toJSON().name, schedule.toJSON().options);
  expect(steps.map(again.at)).toEqual(steps.map(schedule.at));
});

it.each([
  [
    () => schedules.piecewiseConstantDecay({ boundaries: [1, 2], values: [1, 2] }),
    "piecewiseConstantDecay values: expected 3, one more than there are boundaries, got 2",
  ],
  [
    () => schedules.piecewiseConstantDecay({ boundaries: [2, 2], values: [1, 2, 3] }),
    "piecewiseConstantDecay boundaries: expected each larger than the one before, got 2 after 2",
  ],
  [
    () => schedules.cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 1, tMul: 0.5 }),
    "cosineDecayRestarts tMul: expected a number >= 1, got 0.5",
  ],
  [() => schedules.oneCycle({ maxLr: 1, totalSteps: 1 }), "oneCycle totalSteps: expected a whole number >= 2, got 1"],
  [
    () => schedules.oneCycle({ maxLr: 1, totalSteps: 10, annealStrategy: "cosine" as "cos" }),
    /oneCycle annealStrategy: expected one of "?cos"?, "?linear"?, got "cosine"/,
  ],
] as const)("refuses what makes no sense: case %#", async (action, message) => {
  await expectError(action, "RangeError", message);
});
