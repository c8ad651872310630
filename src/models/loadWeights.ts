/** Weights of a file for a model that is there. */
import { showShape } from "../expect.ts";
import { decodeOwn } from "../formats/own.ts";
import type { Network } from "../graph/network.ts";
import { listed } from "../graph/owner.ts";
import { boolean, checked, type Input, optional, options } from "../options.ts";
import { expectFiniteNumbers } from "../training/diagnose.ts";
import { warnOnce } from "../warn.ts";

const OPTIONS = options({
  /** Take the weights that the file and the model both have, and skip the others; default false: expect the same ones */
  byName: optional(boolean, false),
});

export interface LoadWeightsOptions extends Input<typeof OPTIONS> {}

/** The layers of some weights, each once. */
const layersOf = (paths: readonly string[]): string[] => [
  ...new Set(paths.map(path => path.slice(0, path.indexOf("/")))),
];

/** See `Model.loadWeights`. */
export function loadWeights(network: Network, bytes: Uint8Array, options: LoadWeightsOptions = {}): void {
  network.parameters.underway?.refuse("loadWeights");
  const { byName } = checked(options, "loadWeights", OPTIONS);
  const found = decodeOwn(bytes).weights;
  const { plan, weights } = network;
  const own = new Set(plan.specs.map(({ path }) => path));
  const [lacking, odd] = [[...own].filter(path => !found.has(path)), [...found.keys()].filter(path => !own.has(path))];
  const differences = [
    ...(lacking.length > 0 ? [`the file has no weights of ${listed(layersOf(lacking))}`] : []),
    ...(odd.length > 0 ? [`the model has none of ${listed(layersOf(odd))}, which the file has`] : []),
  ].join("; ");
  if ((own.size > 0 && lacking.length === own.size) || (differences && !byName)) {
    throw new RangeError(
      `loadWeights: ${byName ? "expected a layer that both have" : "expected a file of a model with the same layers"}: ` +
        `${differences}; ${byName ? "give layers the names that they have there" : "{ byName: true } takes what both have"}`,
    );
  }
  const taken = plan.specs.map(({ path, shape, layer }) => {
    const numbers = found.get(path);
    if (!numbers) return undefined;
    if (numbers.shape.join() !== shape.join()) {
      throw new RangeError(
        `loadWeights ${path}: expected ${showShape(shape)}, got ${showShape(numbers.shape)} in the file; rename layer ` +
          `"${layer.name}" to leave it out`,
      );
    }
    expectFiniteNumbers(numbers.data, shape, `loadWeights ${path}`);
    return numbers.data;
  });
  weights.forEach((weight, i) => {
    if (taken[i]) network.numbersOf(weight).set(taken[i]);
  });
  network.weightsChanged();
  if (differences) warnOnce(`loadWeights: skipped what only one of them has: ${differences}`);
}
