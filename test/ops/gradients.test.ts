/** Every op by itself: its gradients, how they add up, and what happens where some are not wanted. */
import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/ndarray.ts";
import { linear } from "../../src/ops/linear.ts";
import { Packed } from "../../src/packed.ts";
import { expectClose } from "../helpers/compare.ts";
import { type Forward, type NDArrays, ops, randomArray, runWithGradients } from "../helpers/gradients.ts";
import { closeToReference, expectDifferences, expectReference, randomOuter } from "../helpers/nets.ts";
import { type Random, seeded } from "../helpers/random.ts";
import type { Outer } from "../reference/reference.ts";
import { cases, linearOp, type Op } from "./cases.ts";

const options = { training: true, seed: 1 };

function arraysOf(random: Random, { shapes, ids, shift = {} }: Op): NDArrays {
  const floats = Object.entries(shapes).map(([name, shape]): [string, NDArrays[string]] => {
    const array = randomArray(random, shape, name === "x" ? 1 : 0.6);
    const moved = shift[name] ? array.data.map((value, i) => value + shift[name](i)) : array.data;
    return [name, ndarray(moved, shape)];
  });
  return { ...ids, ...Object.fromEntries(floats) };
}

const outerOf = (random: Random, op: Op, arrays: NDArrays): Outer =>
  randomOuter(random, ops(op.forward, options).forward(arrays));

describe.each(cases)("%s", (_, op) => {
  it("equals the reference and finite differences", () => {
    const random = seeded(1);
    const arrays = arraysOf(random, op);
    const outer = outerOf(random, op, arrays);
    expectReference(ops(op.forward, options), arrays, op.reference, outer, closeToReference, op.untaped);
    expectDifferences(ops(op.forward, options), arrays, op.reference, outer, random, op.h ? { h: op.h } : {});
  });

  it("adds to gradients that are there", () => {
    const random = seeded(2);
    const arrays = arraysOf(random, op);
    const [first, second] = [outerOf(random, op, arrays), outerOf(random, op, arrays)];
    const twice: Forward = (context, tensors) => [...op.forward(context, tensors), ...op.forward(context, tensors)];
    const { gradients } = runWithGradients(arrays, [...first, ...second], twice, options);
    const values = Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, data]));
    const run = op.reference(values);
    const [a, b] = [run.gradients(first), run.gradients(second)];
    for (const name of Object.keys(op.shapes)) {
      const sum = a[name]?.map((d, i) => d + (b[name]?.[i] ?? 0)) ?? [];
      expectClose(gradients[name], sum, closeToReference, name);
    }
  });

  it("gives the same bits for every choice of inputs whose gradient is wanted", () => {
    const random = seeded(3);
    const arrays = arraysOf(random, op);
    const outer = outerOf(random, op, arrays);
    const all = runWithGradients(arrays, outer, op.forward, options);
    const names = Object.keys(op.shapes);
    for (let chosen = 1; chosen < 2 ** names.length; chosen++) {
      const wanted = names.filter((_, i) => chosen & (1 << i));
      const frozen = names.filter(name => !wanted.includes(name));
      const { outputs, gradients } = runWithGradients(arrays, outer, op.forward, { ...options, frozen });
      expect(outputs).toEqual(all.outputs);
      expect(gradients).toEqual(Object.fromEntries(wanted.map(name => [name, all.gradients[name]])));
    }
  });

  it("records nothing where no gradient is wanted or none arrives", () => {
    const random = seeded(4);
    const arrays = arraysOf(random, op);
    expect(runWithGradients(arrays, [], op.forward, options).gradients).toEqual({});
    const wants: boolean[] = [];
    const watch: Forward = (context, tensors) => {
      const outputs = op.forward(context, tensors);
      wants.push(...outputs.map(output => output.requiresGradient));
      return outputs;
    };
    runWithGradients(arrays, [], watch, { ...options, frozen: Object.keys(op.shapes) });
    expect(wants.length).toBeGreaterThan(0);
    expect(wants).not.toContain(true);
  });
});

it("packed weights follow the weights' version", () => {
  const random = seeded(5);
  const x = randomArray(random, [2, 3]);
  const [old, fresh] = [randomArray(random, [3, 4]), randomArray(random, [3, 4])];
  const expected = (kernel: NDArrays[string]) => ops(linearOp).forward({ x, kernel })[0];
  const outputs = ops((context, tensors) => {
    const packed = new Packed(context.memory.allocate(context.kernels.packedSize(3, 4)));
    const run = (version: number) =>
      linear(
        Object.create(context, { weightsVersion: { value: version } }),
        tensors.x,
        tensors.kernel,
        undefined,
        packed,
      );
    const before = run(1);
    context.numbers(tensors.kernel).set(fresh.data);
    return [before, run(1), run(2)];
  }).forward({ x, kernel: old });
  expect(outputs).toEqual([expected(old), expected(old), expected(fresh)]);
});
