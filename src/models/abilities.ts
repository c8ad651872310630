/**
 * What a model can do beside being there. An entry registers what it wants to carry: what it leaves out is in none of its
 * bundles, and an error where it is asked for.
 */
import { leftOut } from "../elsewhere.ts";
import type { encodeOwn } from "../formats/own.ts";
import type { join } from "../graph/join.ts";
import { bringRest } from "../rest.ts";
import type { inOrder } from "../training/byName.ts";
import type { expectInputs } from "../training/lengths.ts";
import type { blueprintOf } from "./blueprint.ts";
import type { networkAfter, trainingAfter } from "./follow.ts";
import type { loadWeights } from "./loadWeights.ts";
import type { expectMetadata } from "./metadata.ts";
import type { applyPlan } from "./nested.ts";
import type { parametersFor } from "./parametersFor.ts";
import type { partOf } from "./part.ts";
import type { predictBatches } from "./predict.ts";
import type { predictInTurns } from "./predictInTurns.ts";
import type { restoreTraining } from "./restore.ts";
import type { expectScaling, scalingFrom } from "./scaling.ts";
import type { Stream } from "./stream.ts";
import type { STREAM } from "./streamInputs.ts";
import type { summarize } from "./summary.ts";
import type { Training } from "./training.ts";
import type { layerNamed, readWeights, writeWeights } from "./weights.ts";

/** By name, each with all that it takes. */
export interface Abilities {
  predicting: { predictBatches: typeof predictBatches };
  turns: { predictInTurns: typeof predictInTurns };
  /** Who loads files has both. */
  training: { Training: typeof Training; restoreTraining?: typeof restoreTraining };
  weights: { read: typeof readWeights; write: typeof writeWeights; layer: typeof layerNamed };
  files: { loadWeights: typeof loadWeights };
  lengths: { expectInputs: typeof expectInputs };
  parts: {
    partOf: typeof partOf;
    applyPlan: typeof applyPlan;
    join: typeof join;
    parametersFor: typeof parametersFor;
    networkAfter: typeof networkAfter;
    trainingAfter: typeof trainingAfter;
  };
  streaming: { STREAM: typeof STREAM; Stream: typeof Stream; inOrder?: typeof inOrder };
  saving: { blueprintOf: typeof blueprintOf; encodeOwn: typeof encodeOwn };
  metadata: { expectMetadata: typeof expectMetadata };
  scaling: { expectScaling: typeof expectScaling; scalingFrom: typeof scalingFrom };
  summaries: { summarize: typeof summarize };
}

const abilities: Partial<Abilities> = {};

export function registerAbilities(given: Partial<Abilities>): void {
  Object.assign(abilities, given);
}

export function hasAbility(name: keyof Abilities): boolean {
  return name in abilities;
}

/**
 * An ability that is there.
 *
 * @param what needs it, for the error
 * @throws Error where the entry has left it out
 */
export function ability<Name extends keyof Abilities>(name: Name, what: string): Abilities[Name] {
  const found = abilities[name] ?? (bringRest() && abilities[name]);
  if (found) return found;
  throw leftOut(name, what);
}
