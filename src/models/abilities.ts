/**
 * What a model can do beside predicting. An entry registers what it wants to carry: what it leaves out is in none of its
 * bundles, and an error where it is asked for.
 */
import type { scalerFromJSON } from "../data/scaling.ts";
import type { encodeOwn } from "../formats/own.ts";
import type { adapted } from "../training/adapt.ts";
import type { evaluate, train } from "../training/fit.ts";
import type { expectFitOptions } from "../training/fitOptions.ts";
import type { gradientsOf } from "../training/gradients.ts";
import type { LogSums } from "../training/logs.ts";
import type { batchOf, splitSets } from "../training/sets.ts";
import type { COMPILE, Trainer } from "../training/trainer.ts";
import type { blueprintOf } from "./blueprint.ts";
import type { Copies } from "./copies.ts";
import type { planOfPart } from "./part.ts";
import type { restoreTraining } from "./restore.ts";
import type { expectScaling } from "./scaling.ts";
import type { Stream } from "./stream.ts";
import type { STREAM } from "./streamInputs.ts";
import type { summarize } from "./summary.ts";

/** By name, each with all that it takes. */
export interface Abilities {
  training: {
    COMPILE: typeof COMPILE;
    Trainer: typeof Trainer;
    LogSums: typeof LogSums;
    adapted: typeof adapted;
    batchOf: typeof batchOf;
    evaluate: typeof evaluate;
    expectFitOptions: typeof expectFitOptions;
    gradientsOf: typeof gradientsOf;
    restoreTraining: typeof restoreTraining;
    splitSets: typeof splitSets;
    train: typeof train;
  };
  parts: { Copies: typeof Copies; planOfPart: typeof planOfPart };
  streaming: { STREAM: typeof STREAM; Stream: typeof Stream };
  saving: { blueprintOf: typeof blueprintOf; encodeOwn: typeof encodeOwn };
  scaling: { expectScaling: typeof expectScaling; scalerFromJSON: typeof scalerFromJSON };
  summaries: { summarize: typeof summarize };
}

const abilities: Partial<Abilities> = {};

export function registerAbilities(given: Partial<Abilities>): void {
  Object.assign(abilities, given);
}

export function hasAbility(name: keyof Abilities): boolean {
  return abilities[name] !== undefined;
}

/**
 * An ability that is there.
 *
 * @param what needs it, for the error
 * @throws Error where the entry has left it out
 */
export function ability<Name extends keyof Abilities>(name: Name, what: string): Abilities[Name] {
  const found = abilities[name];
  if (found) return found;
  throw new Error(`${what}: this entry of the package leaves ${name} out; import "wasm-lstm", which has everything`);
}
