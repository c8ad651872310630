/** A step of a stream from a forward pass: what that asks of kernels, on fixed places, is what a step asks of them. */
import { Context } from "../context.ts";
import type { Kernels } from "../engine/kernels.ts";
import type { Arena } from "../engine/memory.ts";
import { OneThread } from "../engine/threads/parallel.ts";
import type { Step, StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";

/**
 * Adds a forward pass to a step, to its bits. For one whose calls depend on shapes alone: it looks at no numbers, and asks no kernel that
 * answers.
 *
 * @param forward what it makes of the inputs, in the shapes that they have
 */
export function compileForward(
  program: Step,
  inputs: readonly StepValue[],
  forward: (context: Context, inputs: readonly Tensor[]) => Tensor,
): StepValue {
  const add = program.call.bind(program) as (kernel: string, ...numbers: readonly number[]) => void;
  const allocate = (elements: number): number => program.allocate(elements).pointer;
  // The program's memory, in which everything stays: what is written once too, such as tables and constants.
  const memory = Object.assign(Object.create(program.memory) as Arena, {
    allocate,
    allocateZeros: allocate,
    clear: (pointer: number, n: number) => add("copyRows", pointer, n, allocate(n), n, 1, n),
    mark: () => 0,
    release() {},
  });
  const kernels = new Proxy({} as Kernels, {
    get: (_, kernel: string) => add.bind(undefined, kernel),
  });
  const parallel = new OneThread(kernels);
  const context = new Context({ memory, kernels, parallel }, { ...program.context, tape: undefined });
  const { pointer, size } = forward(
    context,
    inputs.map(({ pointer, size, shape = [1, size] }) => new Tensor(pointer, shape)),
  );
  return { pointer, size };
}
