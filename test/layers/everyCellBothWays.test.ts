/** Every cell in both directions: what two single layers give, which everyCell.test.ts proves, merged. */
import { describe, expect, it } from "vitest";
import { layers } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { type NDArrays, randomArray } from "../helpers/gradients.ts";
import { randomOuter } from "../helpers/nets.ts";
import { OneLayer } from "../helpers/oneLayer.ts";
import { seeded } from "../helpers/random.ts";
import { batch, MASK, type RecurrentForm, recurrentForms, statesOf } from "../helpers/recurrentForms.ts";
import { untyped } from "../helpers/untyped.ts";

const { N, T, C } = batch;
const SIDES = ["forward", "backward"] as const;
/** Where Bidirectional's backward direction draws its random masks, from the layer's own place on. */
const BACKWARD_STREAM = 0x8000;

type Mode = "concat" | "sum" | "mul" | "ave" | null;
type Rows = Float32Array;

interface Merge {
  /** The outputs of both made of those of each, with rows of F */
  join(a: Rows, b: Rows, F: number): Rows[];
  /** What of the outer gradients goes to either */
  split(outer: readonly Float64Array[], a: Rows, b: Rows, F: number): Float64Array[];
}

const MERGES: [Mode, Merge][] = [
  [
    "concat",
    {
      join: (a, b, F) => [
        Float32Array.from({ length: 2 * a.length }, (_, i) => {
          const at = Math.floor(i / (2 * F)) * F + (i % F);
          return i % (2 * F) < F ? a[at] : b[at];
        }),
      ],
      split: ([d], _a, _b, F) => [0, 1].map(side => d.filter((_, i) => Math.floor(i / F) % 2 === side)),
    },
  ],
  ["sum", { join: (a, b) => [a.map((y, i) => y + b[i])], split: ([d]) => [d, d] }],
  [
    "mul",
    {
      join: (a, b) => [a.map((y, i) => y * b[i])],
      split: ([d], a, b) => [d.map((own, i) => own * b[i]), d.map((own, i) => own * a[i])],
    },
  ],
  [
    "ave",
    { join: (a, b) => [a.map((y, i) => (y + b[i]) / 2)], split: ([d]) => [d.map(v => v / 2), d.map(v => v / 2)] },
  ],
  [null, { join: (a, b) => [a, b], split: ([d, second]) => [d, second] }],
];

/** [N, T, F] with time reversed. */
const reversed = <Numbers extends Rows | Float64Array>(y: Numbers, F: number): Numbers =>
  y.map((_, i) => {
    const [n, t] = [Math.floor(i / (T * F)), Math.floor(i / F) % T];
    return y[(n * T + T - 1 - t) * F + (i % F)];
  }) as Numbers;

const options = { mask: MASK, training: true };

/** A layer alone, with all its states. */
function alone(layer: ReturnType<RecurrentForm["layer"]>): OneLayer {
  const states = Object.entries(statesOf(layer)).map(([name, size]) => [name, [size]]);
  return new OneLayer(layer, { x: [T, C], ...Object.fromEntries(states) }, options);
}

/** With the direction before each name. */
const prefixed = <Each>(side: string, named: Readonly<Record<string, Each>>) =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [`${side}.${name}`, value]));

describe.each(Object.entries(recurrentForms))("%s", (_, { layer: layerOf, heads = 1 }) => {
  describe.each([true, false])("returnSequences %s", returnSequences => {
    const inner = { units: 5 * heads, returnSequences, returnState: true };
    const parts = SIDES.map(side => {
      const layer = layerOf({ ...inner, goBackwards: side === "backward", zeroOutputForMask: returnSequences });
      const part = alone(layer);
      if (side === "backward") layer.stream += BACKWARD_STREAM;
      return part;
    });

    it.each(MERGES)("mergeMode %s", (mergeMode, { join, split }) => {
      const random = seeded(6);
      const layer = layerOf(inner);
      const states = statesOf(layer);
      const both = layers.bidirectional({ layer: untyped(layer), mergeMode });
      const x = randomArray(random, [N, T, C]);
      const own = parts.map(part => ({
        states: Object.fromEntries(
          Object.entries(states).map(([name, size]) => [name, randomArray(random, [N, size])]),
        ),
        weights: Object.fromEntries(
          Object.entries(part.weightShapes).map(([name, shape]) => [name, randomArray(random, shape, 0.5)]),
        ),
      }));
      const given: NDArrays[] = own.map(({ states, weights }) => ({ x, ...states, ...weights }));
      const ends = parts.map((part, i) => part.differentiate(given[i], []).outputs);
      const F = ends[0][0].length / (returnSequences ? N * T : N);
      const inOrder = <Numbers extends Rows | Float64Array>(y: Numbers) => (returnSequences ? reversed(y, F) : y);
      const [a, b] = [ends[0][0], inOrder(ends[1][0])];

      const initial = Object.assign({}, ...SIDES.map((side, i) => prefixed(side, own[i].states))) as NDArrays;
      const weights = Object.assign({}, ...SIDES.map((side, i) => prefixed(side, own[i].weights))) as NDArrays;
      const inputs = Object.entries(initial).map(([name, { shape }]) => [name, shape.slice(1)]);
      const system = new OneLayer(both, { x: [T, C], ...Object.fromEntries(inputs) }, options);
      const arrays = { x, ...initial, ...weights };
      const { outputs } = system.differentiate(arrays, []);
      const joined = join(a, b, F);
      expect(outputs).toEqual([...joined, ...ends[0].slice(1), ...ends[1].slice(1)]);

      const outer = randomOuter(random, outputs);
      const [dA, dB] = split(outer, a, b, F);
      const count = Object.keys(states).length;
      const [ahead, back] = [dA, inOrder(dB)].map((d, i) => {
        const from = joined.length + i * count;
        return parts[i].differentiate(given[i], [d, ...outer.slice(from, from + count)]).gradients;
      });
      const { x: dx, ...rest } = system.differentiate(arrays, outer).gradients;
      const {
        "forward.x": _ahead,
        "backward.x": _back,
        ...expected
      } = {
        ...prefixed("forward", ahead),
        ...prefixed("backward", back),
      };
      expect(rest).toEqual(expected);
      expectClose(
        dx,
        ahead.x.map((d, i) => d + back.x[i]),
        { relative: 1e-6, absolute: 1e-6 },
        "gradient of x",
      );
    });
  });
});
