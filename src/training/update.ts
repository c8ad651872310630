/** What an optimizer makes of gradients: it is kept only if all numbers stay finite. */
import type { Network } from "../graph/network.ts";
import type { TrainedWeights } from "../graph/trained.ts";
import type { Block, Optimizer } from "../optimizers/optimizer.ts";
import { CommonUpdates } from "./commonUpdates.ts";
import { explainUpdate } from "./diagnose.ts";
import type { LazyRows } from "./lazyRows.ts";
import type { Rules } from "./rules.ts";

/** Below the largest float32, 3.4e38, by more than all rounding. */
const LARGEST = 1e38;
/** What float32 arithmetic may add to a bound in a step. */
const ROUNDING = 1 + 1e-6;

export class Updates {
  readonly #network: Network;
  readonly #trained: TrainedWeights;
  readonly #optimizer: Optimizer;
  /** What the optimizer works on. */
  readonly #blocks: readonly Block[];
  readonly #rules: Rules;
  readonly #lazy: LazyRows | undefined;
  readonly #tables: readonly Block[];
  /** What all optimizers can do beside their own rule. */
  readonly #common: CommonUpdates;
  /** Upper bounds of all weights and of all that the optimizer keeps; those of the weights as they were at `#version`. */
  #weights = Infinity;
  #slots = Infinity;
  #version = -1;

  /**
   * @param slots pointers to the optimizer's slots
   * @param rules what weights must be after a step
   * @param lazy the rows of a step, where tables are lazy
   */
  constructor(
    network: Network,
    trained: TrainedWeights,
    optimizer: Optimizer,
    slots: readonly number[],
    rules: Rules,
    lazy: LazyRows | undefined,
  ) {
    this.#rules = rules;
    this.#network = network;
    this.#trained = trained;
    this.#optimizer = optimizer;
    this.#blocks = trained.runs.map(({ weights, offset, n }) => ({
      weights,
      gradients: trained.gradients + offset,
      slots: slots.map(slot => slot + offset),
      n,
    }));
    this.#lazy = lazy;
    this.#tables = trained.lazy.map(({ weight, offset }) => ({
      weights: weight.pointer,
      gradients: weight.gradient,
      slots: slots.map(slot => slot + offset),
      n: weight.size,
    }));
    this.#common = new CommonUpdates(network, trained, optimizer, this.#blocks);
  }

  /** Puts the mean of the weights in their place, if the optimizer keeps one. */
  finish(): void {
    if (this.#common.finish()) this.#version = -1;
  }

  /**
   * Clips the gradients and changes the weights. If it throws, weights and slots are as they were.
   *
   * @param squares the sum of all squared gradients
   * @param iteration 1 for the first batch
   * @throws RangeError naming the weight that would not be finite
   */
  apply(squares: number, iteration: number, where: string): void {
    const all = this.#common.gather(squares, iteration, where);
    const step = this.#common.stepOf(iteration);
    if (all === undefined) {
      this.#slots = Infinity; // to be measured
      if (this.#common.average(step)) this.#version = -1;
      return;
    }
    const gradients = this.#clip(Math.sqrt(all));
    // How large numbers can be is known from step to step without a look at them, and looked up when that gets too large.
    const known = this.#version === this.#network.weightsVersion && this.#fits(gradients, step);
    if (!known) this.#measure();
    if (known || this.#fits(gradients, step)) this.#step(step);
    else this.#try(step, where);
    this.#network.weightsChanged();
    this.#version = this.#network.weightsVersion;
    this.#common.clear();
    if (this.#common.average(step)) this.#version = -1;
    // As in Keras behind the mean of the weights. Constraints make no number larger than it was, or than 1.
    if (this.#rules.constrain()) this.#weights = Math.max(this.#weights, 1);
  }

  /** What a step changes: where tables are lazy, some rows of them. */
  get #changed(): readonly Block[] {
    return this.#lazy ? [...this.#blocks, ...this.#lazy.blocks] : this.#blocks;
  }

  #step(iteration: number): void {
    const { kernels } = this.#network.engine;
    this.#common.decay();
    for (const block of this.#changed) this.#optimizer.apply(kernels, block, iteration);
    this.#putBack();
  }

  #putBack(): void {
    for (const block of this.#lazy?.blocks ?? []) block.scatter();
  }

  /** Whether no number can get too large; then it is known how large they can get. */
  #fits(gradients: number, iteration: number): boolean {
    const { common: { weightDecay = 0, useEma } = {}, learningRate } = this.#optimizer;
    const weights = this.#weights * Math.max(1, Math.abs(1 - learningRate * weightDecay));
    const next = this.#optimizer.sizesAfter?.({ gradients, weights, slots: this.#slots }, iteration);
    if (!next || !(next.weights < LARGEST && next.slots < LARGEST)) return false;
    this.#weights = next.weights * ROUNDING;
    this.#slots = Math.max(next.slots, useEma ? next.weights : 0) * ROUNDING;
    return true;
  }

  #measure(): void {
    const { kernels } = this.#network.engine;
    const norm = (pointers: readonly (readonly [number, number])[]) =>
      Math.sqrt(pointers.reduce((sum, [pointer, n]) => sum + kernels.sumOfSquares(pointer, n), 0));
    const all = [...this.#blocks, ...this.#tables];
    this.#weights = norm(all.map(({ weights, n }) => [weights, n]));
    this.#slots = norm(all.flatMap(({ slots, n }) => slots.map(slot => [slot, n] as const)));
  }

  /** A step with a copy to go back to. */
  #try(iteration: number, where: string): void {
    const { memory, kernels } = this.#network.engine;
    const copies = this.#changed.flatMap(({ weights, slots, n }) =>
      [weights, ...slots].map(pointer => ({
        pointer,
        n,
        data: memory.floats.slice(pointer >>> 2, (pointer >>> 2) + n),
      })),
    );
    let failed: Error | undefined;
    try {
      this.#step(iteration);
      if (copies.some(({ pointer, n }) => kernels.firstNonFinite(pointer, n) >= 0)) {
        failed = explainUpdate(this.#network, this.#trained, where);
      }
    } catch (error) {
      failed = error as Error; // an optimizer of the user's
    }
    this.#version = -1;
    if (!failed) return;
    for (const { pointer, data } of copies) memory.floats.set(data, pointer >>> 2);
    this.#putBack();
    throw failed;
  }

  /** @returns an upper bound of each gradient */
  #clip(norm: number): number {
    const { clipNorm, globalClipNorm, clipValue } = this.#optimizer.clip;
    const { kernels } = this.#network.engine;
    const { weights, gradients, count } = this.#trained;
    const rows = (this.#lazy?.blocks ?? []).map(block => ({ gradient: block.gradients, size: block.n }));
    const all = [{ gradient: gradients, size: count }, ...rows];
    if (clipValue) for (const { gradient, size } of all) kernels.clipValue(gradient, clipValue, size);
    if (globalClipNorm && norm > globalClipNorm) {
      for (const { gradient, size } of all) kernels.scaleInPlace(gradient, globalClipNorm / norm, size);
    }
    if (clipNorm) {
      for (const { gradient, size } of [...weights, ...rows]) {
        const own = Math.sqrt(kernels.sumOfSquares(gradient, size));
        if (own > clipNorm) kernels.scaleInPlace(gradient, clipNorm / own, size);
      }
    }
    return Math.min(norm, clipValue ?? norm, 2 * (globalClipNorm ?? clipNorm ?? norm)); // a factor may be rounded up
  }
}
