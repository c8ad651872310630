import { FeatureScaler, type Scaler } from "../data/scaler.ts";
import { expectScalerJSON } from "../data/scalerJson.ts";
import { scalerFromJSON } from "../data/scaling.ts";
import { showShape } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { lastAxis, type SymbolicTensor } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";
import { checked, type Input, option, optional, options, unchecked } from "../options.ts";
import { expectScalable, type Slot } from "../training/slots.ts";

/** A copy: what its owner fits anew has been checked here, and is saved as it is. */
const scaler = option((value, what): Scaler => {
  const { transform, inverseTransform, toJSON, features, kind } = (value ?? {}) as Partial<Scaler>;
  if (![transform, inverseTransform, toJSON].every(method => typeof method === "function")) {
    const json = kind === undefined ? "" : "; scalerFromJSON() makes one of what toJSON() gave";
    throw new TypeError(
      `${what}: expected a fitted scaler such as standardScaler().fit(data), got ${describe(value)}${json}`,
    );
  }
  if (features === 0) {
    throw new RangeError(`${what}: expected a fitted scaler, got one that has learned nothing; call fit(data)`);
  }
  return new FeatureScaler(expectScalerJSON((value as Scaler).toJSON(), what));
});

const SCALING = options({
  /** For the last axis of the inputs */
  input: optional(scaler),
  /**
   * For the last axis of the targets, or for each of several rows that lie side by side there; predictions are brought
   * back to raw units with it
   */
  target: optional(scaler),
});

/** Scalers that live in a model. */
export interface Scaling extends Input<typeof SCALING> {}

/**
 * Checks that what is given are fitted scalers that fit the model.
 *
 * @param targets what the outputs are compared with, if that is known by now
 * @returns the scalers as they were given; and those for the whole last axis
 */
export function expectScaling(
  value: unknown,
  plan: Plan,
  slots: readonly Slot[],
  targets: Parameters<typeof expectScalable>[0] | undefined,
): [given: Scaling, whole: Scaling] {
  const { inputs, outputs } = plan;
  const scaling = checked(value, "setScaling", SCALING);
  const { input, target } = scaling;
  if ((input && inputs.length > 1) || (target && outputs.length > 1)) {
    throw new RangeError(
      `setScaling: expected a model with one input and one output, got ${inputs.length} and ${outputs.length}; scale the data yourself`,
    );
  }
  if (input) {
    if (slots[0].ids) {
      throw new RangeError("setScaling input: expected a model that reads numbers, got one of ids; leave input out");
    }
    const C = widthOf(inputs[0], "input");
    if (input.features !== C) throw misfit(input, inputs[0], "input");
  }
  const whole = { ...scaling, ...(input && { input: withoutTime(input, plan) }) };
  if (!target) return [scaling, whole];
  if (targets) expectScalable(targets);
  const rows = widthOf(outputs[0], "target") / target.features;
  if (!Number.isInteger(rows)) throw misfit(target, outputs[0], "target");
  return [scaling, { ...whole, target: target.repeat(rows) }];
}

/** The scaler that leaves the channel alone in which layers read a time, in its own unit. */
function withoutTime(scaler: Scaler, plan: Plan): Scaler {
  const readers = plan.readersOf(plan.inputs[0]).flatMap(({ layer }) => layer ?? []);
  const timed = readers.find(layer => layer.inputs.time !== undefined);
  const time = timed?.inputs.time;
  if (!timed || time === undefined) return scaler;
  const other = readers.find(layer => layer.inputs.time !== time);
  if (other) {
    throw new RangeError(
      `setScaling input: expected all layers that read the input to take channel ${time} for the time, which no scaler ` +
        `changes, as "${timed.name}" does, got "${other.name}"; scale the data yourself`,
    );
  }
  const json = scaler.toJSON();
  if (json.kind === "standard") [json.mean[time], json.deviation[time]] = [0, 1];
  else [json.min[time], json.max[time]] = json.range;
  return new FeatureScaler(json);
}

const SAVED = options({ input: optional(unchecked<unknown>()), target: optional(unchecked<unknown>()) });

/** The scalers that a file tells of, all of it untrusted. */
export function scalingFrom(json: unknown): Scaling {
  const saved = Object.entries(checked(json, "model file: scaling", SAVED));
  return Object.fromEntries(saved.map(([name, scaler]) => [name, scalerFromJSON(scaler)]));
}

const widthOf = ({ shape }: SymbolicTensor, which: string): number => lastAxis(shape, `setScaling ${which}`);

function misfit({ features }: Scaler, { shape }: SymbolicTensor, which: "input" | "target"): RangeError {
  const width = shape[shape.length - 1] as number;
  const parts = which === "target" && width > 1 ? ", or a number that divides it," : "";
  return new RangeError(
    `setScaling ${which}: expected a scaler of ${width} feature${width > 1 ? "s" : ""}${parts} for the model's ` +
      `${which === "input" ? which : "output"} ${showShape(["N", ...shape])}, got one of ${features}; ` +
      `take ${width > 1 ? "select([...])" : "column(i)"} of it, or fit it on other columns`,
  );
}
