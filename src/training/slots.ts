/** What goes into a model and what it is compared with, as data. */
import type { Plan } from "../graph/plan.ts";
import type { Target } from "../losses/loss.ts";
import type { Question } from "../reading.ts";
import type { InnerShape } from "../weight.ts";

/** What one input or target of a model must look like. */
export interface Slot {
  /** For errors: "x", "y", "x[1]", "x.price" */
  what: string;
  /** By which data may be given: of outputs, and of inputs that have one */
  name?: string | undefined;
  /** Without the batch axis; null is any length */
  shape: InnerShape;
  /** Whole numbers: token or class ids */
  ids: boolean;
  /** Of inputs: whether NaN is a missing value to the layers that read it */
  missing?: boolean;
  /** Of inputs: what layers ask of it as it is given */
  questions?: readonly Question[];
  /** Of targets: whether labels may be true and false */
  labels?: boolean;
}

/** What each input of a model must look like: what the layers that read it say. */
export function inputSlots(plan: Plan): Slot[] {
  const { inputs } = plan;
  return inputs.map((symbol, i) => {
    const readers = plan.readersOf(symbol);
    return {
      what: inputs.length === 1 ? "x" : symbol.node.name ? `x.${symbol.node.name}` : `x[${i}]`,
      name: symbol.node.name,
      shape: symbol.shape,
      ids: readers.some(node => node.layer?.inputs.ids),
      missing: readers.length > 0 && readers.every(node => node.layer?.inputs.missing),
      questions: readers.flatMap(({ layer, inputs: [first] }) => (first === symbol && layer?.inputs.question) || []),
    };
  });
}

/** Refuses classes, and what says no, where a scaler is for the targets. */
export function expectScalable([{ ids, unscalable }]: readonly (Slot & Pick<Target, "unscalable">)[]): void {
  const got = ids ? "class ids; leave target out" : unscalable;
  if (got) throw new RangeError(`setScaling target: expected a loss that compares numbers, got ${got}`);
}
