/** The tape: what ops did, which their backward halves undo in reverse order. */
import type { BackwardKey, Context, Recorder } from "./context.ts";
import type { Arena } from "./engine/memory.ts";
import type { InParts } from "./parts.ts";
import type { Tensor } from "./tensor.ts";

/**
 * How gradients go back through an op: adds to those of its inputs what those of its outputs ask for. It asks for all
 * its buffers, with `context.gradientOf`, before it marks the arena for scratch.
 *
 * @param args as they were recorded
 */
export type Backward<Args extends readonly unknown[]> = (
  context: Context,
  outputs: readonly Tensor[],
  ...args: Args
) => void;

/** A backward half under its key. */
export interface BackwardHalf {
  readonly key: BackwardKey<readonly unknown[]>;
  readonly run: Backward<readonly unknown[]>;
}

/**
 * The backward half of an op, for the list that a tape is given. The op itself refers to the key alone: who does not
 * train bundles no backward halves.
 *
 * @example export const tanhBackward = backwardOf(TANH, (context, [y], x) => …);
 */
/* @__NO_SIDE_EFFECTS__ */
export function backwardOf<Args extends readonly unknown[]>(
  key: BackwardKey<Args>,
  run: Backward<NoInfer<Args>>,
): BackwardHalf {
  // `record` checks arguments against the key, so that what comes back is what `run` takes.
  return { key, run: run as Backward<readonly unknown[]> };
}

/** Backward halves by their keys. */
export type BackwardHalves = ReadonlyMap<BackwardKey<readonly unknown[]>, Backward<readonly unknown[]>>;

interface Step {
  run: Backward<readonly unknown[]>;
  outputs: readonly Tensor[];
  args: readonly unknown[];
}

export class Tape implements Recorder {
  readonly #memory: Arena;
  readonly #halves: BackwardHalves;
  readonly #steps: Step[] = [];

  /** @param halves of all ops that may be recorded */
  constructor(memory: Arena, halves: BackwardHalves) {
    this.#memory = memory;
    this.#halves = halves;
  }

  record(key: BackwardKey<readonly unknown[]>, outputs: readonly Tensor[], args: readonly unknown[]): void {
    const run = this.#halves.get(key);
    if (!run) throw new Error(`${key.name}: its backward half is in no list; add it to backward.ts of its folder`);
    this.#steps.push({ run, outputs, args });
  }

  gradientOf(tensor: Tensor | undefined): number {
    if (!tensor?.requiresGradient) return 0;
    if (tensor.gradient === 0) {
      tensor.gradient = tensor.viewOf ? this.gradientOf(tensor.viewOf) : this.#memory.allocateZeros(tensor.size);
    }
    return tensor.gradient;
  }

  backward(context: Context): void {
    for (let i = this.#steps.length - 1; i >= 0; i--) this.#back(context, this.#steps[i]);
  }

  *backwardInParts(context: Context): InParts<void> {
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      this.#back(context, this.#steps[i]);
      if (context.computing.waits) yield;
    }
  }

  #back(context: Context, { run, outputs, args }: Step): void {
    if (outputs.some(output => output.gradient !== 0)) run(context, outputs, ...args);
  }
}
