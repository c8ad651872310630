/** Numbers of a file for a weight of a model. */
import { showShape } from "../expect.ts";
import type { Numbers } from "../formats/blueprint.ts";
import { bad } from "../formats/errors.ts";
import type { NamedSpec } from "../graph/plan.ts";
import { expectFiniteNumbers } from "../training/diagnose.ts";

/** The numbers of a tensor, whose shape must be the one the architecture asks for; they are finite. */
export function take(tensor: Numbers | undefined, name: string, { shape, layer }: NamedSpec): Float32Array {
  const differs = (problem: string): never => {
    const { usersOwn } = layer;
    if (usersOwn === undefined) return bad(problem);
    throw new RangeError(
      `model file: ${problem}; the ${usersOwn} given is not the ${usersOwn} that the model was saved with`,
    );
  };
  const { shape: got, data } = tensor ?? differs(`it has no tensor "${name}"`);
  if (got.join() !== shape.join()) {
    differs(`tensor "${name}" should be ${showShape(shape)} and is ${showShape(got)}`);
  }
  expectFiniteNumbers(data, shape, `model file: tensor "${name}"`);
  return data;
}
