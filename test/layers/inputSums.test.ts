/** One sequence by itself is computed in another way: with the same bits. */
import { describe, expect, it } from "vitest";
import { layers, type NDArray, ndarray, sequential } from "../../src/index.ts";
import { expectClose } from "../helpers/compare.ts";
import { bits, numbers } from "../helpers/models.ts";
import { fusedForms } from "../helpers/recurrentForms.ts";

const T = 37; // two blocks of sixteen rows, and a part of a third
const rowsOf = ({ data, shape }: NDArray, from: number, count: number): NDArray => {
  const size = data.length / shape[0];
  return ndarray(data.slice(from * size, (from + count) * size) as Float32Array, [count, ...shape.slice(1)]);
};

// Random masks are drawn by the sample: a sequence beside its copy has others.
const draws = (name: string): boolean => /regularized|recurrentDropout|zoneout/.test(name);

describe.each(fusedForms)("%s, one sequence", (name, { layer, heads = 1 }) => {
  const build = (C: number, H: number, own: object = {}) =>
    sequential(
      [
        layers.masking({ inputShape: [T, C] }),
        layer({ units: heads * Math.ceil(H / heads), returnSequences: true, ...own }),
        layers.dense({ units: 2 }),
      ],
      { seed: 3 },
    );

  it.each([
    [3, 9, {}],
    [10, 20, { useBias: false }],
    [8, 4, { goBackwards: true }],
    [1020, 8, {}], // a sum that blocks cut inside h, and so not after x
  ])("has the bits that it has in a batch: %i features, %i units, %o", (C, H, own) => {
    const net = build(C, H, own);
    const x = numbers([4, T, C]);
    x.data.fill(0, T * C + 7 * C, T * C + 30 * C); // hidden steps of the second
    const together = net.predict(x);
    for (let n = 0; n < 4; n++) {
      expect(bits(net.predict(rowsOf(x, n, 1)).data)).toEqual(bits(rowsOf(together, n, 1).data));
    }
  });

  if (draws(name)) return;
  it("has the gradients that it has beside itself", () => {
    const net = build(3, 9);
    net.compile({ loss: "mse" });
    const [x, y] = [numbers([1, T, 3], 5), numbers([1, T, 2], 6)];
    const twice = (array: NDArray) =>
      ndarray(Float32Array.from([...array.data, ...array.data]), [2, ...array.shape.slice(1)]);
    const alone = net.gradients(x, y);
    net.gradients(twice(x), twice(y)).forEach((gradient, i) => {
      expectClose(alone[i].data, gradient.data, { absolute: 2e-6, relative: 2e-5 });
    });
  });
});
