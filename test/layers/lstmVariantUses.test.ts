/** How the LSTM's options begin, what they leave as it is, and what is refused. */
import { describe, expect, it } from "vitest";
import { layers, optimizers, sequential } from "../../src/index.ts";
import type { LstmLayerOptions } from "../../src/recurrent/lstm.ts";
import { expectError, numbers, weightBits } from "../helpers/models.ts";

const { dense, lstm } = layers;
type Options = Partial<LstmLayerOptions>;

const [T, C] = [7, 3];

it("limits that nothing reaches change no bit of the plain LSTM", () => {
  const trained = (options: Options) => {
    const layer = lstm({ units: 9, returnSequences: true, ...options, inputShape: [null, C] });
    const net = sequential([layer, dense({ units: 2 })], { seed: 4 });
    net.compile({ optimizer: optimizers.adam(), loss: "mse" });
    for (let step = 0; step < 3; step++) net.trainOnBatch(numbers([5, T, C], step), numbers([5, T, 2], 9));
    return weightBits(net);
  };
  expect(trained({ clip: 1000, cellClip: 1000 })).toEqual(trained({}));
});

it("begins as a plain LSTM does, the new weights by kernelInitializer", () => {
  const weights = (options: Options) => sequential([lstm({ units: 8, ...options, inputShape: [T, C] })]).getWeights();
  const [, , bias, peephole] = weights({ peephole: "gers", kernelInitializer: { name: "constant", value: 0.25 } });
  expect([...bias.data]).toEqual(Array.from({ length: 32 }, (_, i) => Number(i >= 8 && i < 16)));
  expect([...peephole.data]).toEqual(new Array(24).fill(0.25));
  const [, , coupled] = weights({ coupledGates: true });
  expect([...coupled.data]).toEqual(new Array(24).fill(0));
  const [, , , projection] = weights({ projection: 4 });
  expect(new Set(projection.data).size).toBe(32);
  expect(Math.max(...projection.data.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 12));
});

describe("refuses", () => {
  // biome-ignore lint/suspicious/noExplicitAny: the wrong types are the point
  const wrong = (options: object): any => ({ units: 8, ...options });
  it.each<[object, "TypeError" | "RangeError", string]>([
    [{ peephole: "all" }, "RangeError", 'lstm peephole: expected one of gers, previous, got "all"'],
    [{ peephole: true }, "TypeError", "lstm peephole: expected one of gers, previous, got true"],
    [{ inputGate: "cubed" }, "RangeError", 'lstm inputGate: expected one of plain, squared, got "cubed"'],
    [{ coupledGates: 1 }, "TypeError", "lstm coupledGates: expected true or false, got 1"],
    [{ cellClip: 0 }, "RangeError", "lstm cellClip: expected a number > 0, got 0"],
    [{ clip: -1 }, "RangeError", "lstm clip: expected a number > 0, got -1"],
    [{ clip: "1" }, "TypeError", 'lstm clip: expected a number > 0, got "1"'],
    [{ projection: 2.5 }, "RangeError", "lstm projection: expected a whole number >= 1, got 2.5"],
    [
      { projection: 8 },
      "RangeError",
      "lstm projection: expected fewer than units (8), got 8; without it the hidden state has all units",
    ],
    [
      { coupledGates: true, unitForgetBias: true },
      "RangeError",
      "lstm unitForgetBias: expected false with coupledGates, got true; that cell has no forget gate, leave it out",
    ],
  ])("%j", async (options, type, message) => {
    await expectError(() => lstm(wrong(options)), type, message);
  });

  it("an initial state of the wrong size", async () => {
    const { input, model } = await import("../../src/index.ts");
    const [x, h, c] = [input({ shape: [T, C] }), input({ shape: [8] }), input({ shape: [8] })];
    await expectError(
      () => model({ inputs: [x, h, c], outputs: lstm({ units: 8, projection: 4 }).apply([x, h, c]) }),
      "RangeError",
      /expected an initial state h of \[N, 4\], got \[N, 8\]/,
    );
  });
});
