/** What stands in the file of a classifier: which classes of which column it forecasts, and by what. */
import type { Model } from "../index.ts";
import type { Scales } from "./network.ts";
import { FORM, type Spec } from "./spec.ts";

/** What a classifier reads and forecasts, as it stands in its file. */
export interface ClassSpec
  extends Pick<
    Spec,
    | "form"
    | "features"
    | "targets"
    | "known"
    | "categories"
    | "window"
    | "horizon"
    | "gap"
    | "calendar"
    | "reading"
    | "rhythm"
    | "series"
    | "seen"
  > {
  target: string;
  classes: string[];
  scales: Scales;
  /** What it forecasts by: its network, or a baseline that nothing was better than */
  by: "network" | "last" | "majority";
  /** How often each class came in the rows learned from, [classes]; and after each, by step, [horizon][classes][classes] */
  shares: number[];
  following: number[][][];
}

/** @throws RangeError for a model without a description of a classifier, or with a damaged one */
export function classSpecOf(model: Model, title: string): ClassSpec {
  const { classifier: spec } = model.metadata as { classifier?: ClassSpec };
  if (spec === undefined)
    throw new RangeError(`${title}: the model is no classifier of a table; make one with classifier()`);
  const isSize = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
  const isNames = (value: unknown) => Array.isArray(value) && value.every(name => typeof name === "string");
  const V = spec?.classes?.length;
  const isWhole =
    spec !== null &&
    spec.form === FORM &&
    typeof spec.target === "string" &&
    [spec.classes, spec.features, spec.targets, spec.known].every(isNames) &&
    V >= 2 &&
    isSize(spec.window) &&
    isSize(spec.horizon) &&
    isSize(spec.gap) &&
    Array.isArray(spec.scales?.mean) &&
    ["network", "last", "majority"].includes(spec.by) &&
    spec.shares?.length === V &&
    spec.following?.length === spec.horizon &&
    spec.following.every(rows => rows?.length === V && rows.every(row => row?.length === V)) &&
    model.layers[1]?.weights.kernel?.shape[1] === spec.horizon * V;
  if (isWhole) return spec;
  throw new RangeError(`${title}: its description of the classes is damaged; train the model again`);
}
