/** How masks travel through layers in a step of a stream: each is a word, 0 where the step is hidden. */
import type { MaskRule } from "../layer/masks.ts";
import { compileBothMasks } from "../ops/masking.ts";
import type { Step, StepValue } from "../step.ts";

/** The mask of an output that has steps, if there is one: what `maskOf` is in a forward pass. */
export function compileMask(program: Step, rule: MaskRule, inputs: readonly StepValue[]): number | undefined {
  if (rule === "none") return undefined;
  if (rule === "first") return inputs[0].mask;
  return rule === "any" ? intersected(program, inputs) : united(program, inputs);
}

function intersected(program: Step, inputs: readonly StepValue[]): number | undefined {
  const masks = [...new Set(inputs.map(({ mask }) => mask))].filter(mask => mask !== undefined);
  if (masks.length < 2) return masks[0];
  const [first, ...others] = masks;
  const both = program.allocate(1).pointer;
  program.call("copyRows", both, 1, first, 1, 1, 1);
  for (const other of others) compileBothMasks(program, both, other);
  return both;
}

function united(program: Step, inputs: readonly StepValue[]): number | undefined {
  const masks = [...new Set(inputs.map(({ mask }) => mask))];
  return masks.reduce((a, b) => {
    if (a === undefined || b === undefined) return undefined;
    const mask = program.allocate(1).pointer;
    program.call("uniteMasks", mask, a, b, 1);
    return mask;
  });
}
