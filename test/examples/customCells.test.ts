/**
 * The worked examples of cells of one's own: they run, learn what they claim to, and their cells compute their formulas:
 * values and gradients, and ten steps of training, as float64 programs do.
 */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type CustomCell, input, layers, model } from "../../src/index.ts";
import { randomArray } from "../helpers/gradients.ts";
import { expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { expectTenSteps } from "../helpers/tenSteps.ts";
import { customReference } from "../reference/customCells.ts";

/** What a module says and exports. */
async function run(name: string) {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...parts) => void lines.push(parts.join(" ")));
  const exported = await import(new URL(`../../examples/custom-cells/${name}.js`, import.meta.url).href);
  log.mockRestore();
  return { ...exported, text: exported.text ?? "", lines: lines.join() };
}

const sizes = { N: 3, T: 4, C: 3, H: 5, F: 2 };
const { N, T, C, H, F } = sizes;

/** Its name, the names of its states, the size of its output, and what shows that it has learned. */
const examples = [
  [
    "gated-relu",
    "gatedRelu",
    ["y", "c"],
    H,
    ({ error, change, lines }: Record<string, never>) => {
      expect(change).toBeGreaterThan(0.2);
      expect(error).toBeLessThan(change / 4);
      expect(lines).toContain("validation error");
    },
  ],
  [
    "three-maps",
    "threeMaps",
    ["h"],
    F,
    ({ accuracy, right }: Record<string, never>) => {
      expect(accuracy).toBeGreaterThan(0.95);
      expect(right).toBeGreaterThanOrEqual(9);
    },
  ],
  ["elman", "elman", ["h"], F, ({ text, wanted }: Record<string, never>) => expect(text).toBe(wanted)],
] as const;

describe.each(examples)("%s", (file, name, states, outputs, hasLearned) => {
  let exported: Record<string, never>;
  let cell: CustomCell;

  beforeAll(async () => {
    exported = await run(file);
    cell = name === "gatedRelu" ? exported[name] : (exported[name] as (outputs: number) => CustomCell)(F);
  });

  it("learns", () => hasLearned(exported));

  it.each([
    ["the last output", {}],
    ["sequences, backwards", { returnSequences: true, goBackwards: true }],
  ])("equals the reference and finite differences: %s and states, from given ones", (_, flags) => {
    const inputs = { x: [T, C], ...Object.fromEntries(states.map(state => [state, [H]])) };
    const layer = new OneLayer(layers.rnn(cell, { units: H, returnState: true, ...flags }), inputs);
    const random = seeded(12);
    const made = Object.entries(inputs).map(([key, shape]) => [key, randomArray(random, [N, ...shape])]);
    const weights = Object.entries(layer.weightShapes).map(([key, shape]) => [key, randomArray(random, shape, 0.6)]);
    const arrays = Object.fromEntries([...made, ...weights]);
    const outer = randomOuter(random, layer.forward(arrays));
    const reference = customReference(name, sizes, flags);
    expectReference(layer, arrays, reference, outer);
    // Short steps, since the relu has a kink; they tell float32 outputs apart less well.
    expectDifferences(layer, arrays, reference, outer, random, {
      h: 1 / 128,
      tolerance: { relative: 2e-4, absolute: 4e-4 },
    });
  });

  it("is trained by ten steps of Adam as in float64", () => {
    const x = input({ shape: [T, C] });
    const net = model({ inputs: x, outputs: layers.rnn(cell, { units: H, returnSequences: true }).apply(x) });
    const random = seeded(14);
    const target = randomArray(random, [N, T, outputs], 0.4);
    const whole = customReference(name, sizes, { returnSequences: true });
    const names = net.network.plan.specs.map(spec => spec.name);
    const options = { scale: 0.5, learningRate: 0.02, part: 0.8 };
    expectTenSteps(net, names, whole, [randomArray(random, [N, T, C]), target], random, options);
  });
});
