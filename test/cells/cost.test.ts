/** What a cell of ops costs besides its arithmetic: memory over long sequences, and the packing of its weights. */
import { expect, it } from "vitest";
import { layers, type Model, sequential } from "../../src/index.ts";
import { lstmCell } from "../helpers/customCells.ts";
import { numbers } from "../helpers/models.ts";

const build = () => sequential([layers.rnn(lstmCell, { units: 16, inputShape: [null, 2] })]);

it("predictions over long sequences take no more memory than the sequence itself", () => {
  const net = build();
  net.predict(numbers([8, 10, 2]));
  const before = net.memoryBytes;
  net.predict(numbers([8, 4000, 2]));
  const sequence = 4 * 8 * 4000 * 2;
  expect(net.memoryBytes - before).toBeLessThan(1.1 * sequence + 65536);
});

/** How often a model's kernels are called from now on. */
function count(net: Model, names: readonly string[]): Record<string, number> {
  const { engine } = net.network;
  const counts = Object.fromEntries(names.map(name => [name, 0]));
  const kernels = Object.fromEntries(
    Object.entries(engine.kernels).map(([name, kernel]) => [
      name,
      (...args: unknown[]) => {
        if (name in counts) counts[name]++;
        return (kernel as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  );
  Object.defineProperty(engine, "kernels", { value: kernels });
  return counts;
}

it("weights are packed once a training step, whatever its length, and not again for predictions", () => {
  const net = build();
  net.compile({ loss: "meanSquaredError" });
  const counts = count(net, ["pack", "packTransposed", "arithmeticForward"]);
  net.trainOnBatch(numbers([4, 7, 2]), numbers([4, 16]));
  // Two matrices; the gradient of the input is not wanted.
  expect(counts).toEqual({ pack: 2, packTransposed: 1, arithmeticForward: 7 * 5 });
  net.predict(numbers([4, 7, 2]));
  net.predict(numbers([4, 3, 2]));
  expect(counts).toMatchObject({ pack: 4, packTransposed: 1 });
});
