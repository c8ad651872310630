/** A compiled step is data: kernels' names and numbers, which anybody can run again. */
import { describe, expect, it } from "vitest";
import type { KernelFunctions } from "../../src/engine/threads/parallel.ts";
import { layers, type Model, sequential } from "../../src/index.ts";
import { StepProgram } from "../../src/models/stepProgram.ts";
import { inputSlots } from "../../src/training/slots.ts";
import { bits, numbers, scramble } from "../helpers/models.ts";

const { dense, embedding, gru, lstm, missing } = layers;
const C = 3;

const VALUES: Record<string, () => Model> = {
  "lstm, dense": () =>
    sequential([lstm({ units: 6, inputShape: [null, C] }), dense({ units: 2, activation: "softmax" })]),
  "normalized gru": () => sequential([gru({ units: 6, layerNorm: true, inputShape: [null, C] }), dense({ units: 1 })]),
  missing: () => sequential([missing({ strategy: "decay", time: 0, inputShape: [null, C] }), lstm({ units: 5 })]),
};
const IDS: Record<string, () => Model> = Object.fromEntries(
  [7, 200_000].map(inputDim => [
    `${inputDim} ids`,
    () => sequential([embedding({ inputDim, outputDim: 4, inputShape: [null] }), lstm({ units: 5 })]),
  ]),
);

/** Runs a list from the numbers in memory now. */
function replay(net: Model, list: readonly (readonly [string, ...number[]])[]): void {
  const kernels = net.network.engine.kernels as unknown as KernelFunctions;
  for (const [name, ...args] of list) kernels[name as keyof KernelFunctions](...args);
}

describe.each(Object.entries({ ...VALUES, ...IDS }))("%s", (name, build) => {
  const net = build();
  scramble(net);
  const stream = net.stream();
  const isIds = name in IDS;
  const x = (t: number) => (isIds ? (5 * t) % 7 : numbers([C], t).data.map((value, i) => (i === 0 ? t : value)));
  for (let t = 0; t < 3; t++) stream.step(x(t));
  const { engine } = net.network;
  const program = StepProgram.of(net.network, inputSlots(net.network.plan));

  it("is plain JSON: names of kernels, and numbers", () => {
    expect(program.list.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(program.list))).toEqual(program.list);
    for (const [kernel, ...args] of program.list) {
      expect(engine.kernels).toHaveProperty(kernel);
      expect(engine.kernels[kernel as keyof typeof engine.kernels]).toHaveLength(args.length);
      expect(args.every(Number.isFinite)).toBe(true);
    }
  });

  it("run by hand on the same memory gives the bits of the stream", () => {
    const { memory } = engine;
    const before = memory.ints.slice();
    const expected = bits(stream.step(x(3)));
    const after = stream.state;
    memory.ints.set(before);
    const [step] = [x(3)].map(value => (typeof value === "number" ? Int32Array.of(value) : value));
    (isIds ? memory.ints : memory.floats).set(step, program.inputs[0].pointer >>> 2);
    replay(net, JSON.parse(JSON.stringify(program.list)));
    const { pointer, size } = program.outputs[0];
    expect(bits(memory.floats.slice(pointer >>> 2, (pointer >>> 2) + size))).toEqual(expected);
    expect(stream.state).toEqual(after);
  });
});
