import type { Slot } from "../training/data.ts";
import type { Plan } from "./plan.ts";

/** What each input of a model must look like: what the layers that read it say. */
export function inputSlots({ inputs, nodes }: Plan): Slot[] {
  return inputs.map((symbol, i) => {
    const readers = nodes.filter(node => node.inputs.includes(symbol));
    return {
      what: inputs.length === 1 ? "x" : `x[${i}]`,
      shape: symbol.shape,
      ids: readers.some(node => node.layer?.takesIds),
      missing: readers.length > 0 && readers.every(node => node.layer?.acceptsMissing),
    };
  });
}
