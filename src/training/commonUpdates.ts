/** What all optimizers can do beside their own rule: gather gradients over batches, decay weights, keep a mean of them. */
import type { Network } from "../graph/network.ts";
import type { TrainedWeights } from "../graph/trained.ts";
import { EMA, GATHERED } from "../optimizers/common.ts";
import type { Block, Optimizer } from "../optimizers/optimizer.ts";
import { explainUpdate } from "./diagnose.ts";

/** Gradients above that cannot be added up. */
const LARGEST = 1e38;

export class CommonUpdates {
  readonly #network: Network;
  readonly #trained: TrainedWeights;
  readonly #optimizer: Optimizer;
  readonly #blocks: readonly Block[];

  constructor(network: Network, trained: TrainedWeights, optimizer: Optimizer, blocks: readonly Block[]) {
    this.#network = network;
    this.#trained = trained;
    this.#optimizer = optimizer;
    this.#blocks = blocks;
  }

  /** The number of the step that a batch belongs to: several may make one. */
  stepOf(iteration: number): number {
    return Math.floor((iteration - 1) / (this.#optimizer.common?.gradientAccumulationSteps ?? 1)) + 1;
  }

  /** Pointers to a slot's runs, if the optimizer has it. */
  #slot(name: string): number[] | undefined {
    const s = this.#optimizer.slots.indexOf(name);
    return s < 0 ? undefined : this.#blocks.map(({ slots }) => slots[s]);
  }

  /**
   * Adds the gradients to those of the batches before, if several batches make a step.
   *
   * @returns the sum of all squared gradients of a step that is due; undefined: not yet
   */
  gather(squares: number, iteration: number, where: string): number | undefined {
    const batches = this.#optimizer.common?.gradientAccumulationSteps;
    const gathered = batches && this.#slot(GATHERED);
    if (!gathered) return squares;
    const { kernels } = this.#network.engine;
    const before = this.#blocks.reduce((sum, { n }, b) => sum + kernels.sumOfSquares(gathered[b], n), 0);
    if (!(Math.sqrt(before) + Math.sqrt(squares) < LARGEST)) {
      throw explainUpdate(this.#network, this.#trained, where);
    }
    const due = iteration % batches === 0;
    this.#blocks.forEach(({ gradients, n }, b) => {
      const [to, from] = due ? [gradients, gathered[b]] : [gathered[b], gradients];
      kernels.add(to, from, n);
      if (due) kernels.scaleInPlace(gradients, 1 / batches, n);
    });
    return due ? kernels.sumOfSquares(this.#trained.gradients, this.#trained.count) : undefined;
  }

  /** Takes a part off the weights, before the step. */
  decay(): void {
    const { weightDecay, excludeFromWeightDecay: excluded } = this.#optimizer.common ?? {};
    if (!weightDecay) return;
    const { kernels } = this.#network.engine;
    const kept = 1 - this.#optimizer.learningRate * weightDecay;
    if (!excluded) {
      for (const { weights, n } of this.#blocks) kernels.scaleInPlace(weights, kept, n);
      return;
    }
    const { weights, plan } = this.#network;
    weights.forEach((weight, i) => {
      const trained = this.#trained.offsetOf(weight) !== undefined;
      if (trained && !excluded.some(name => plan.specs[i].path.includes(name))) {
        kernels.scaleInPlace(weight.pointer, kept, weight.size);
      }
    });
  }

  /** Forgets the gradients that a step was made of. */
  clear(): void {
    const { floats } = this.#network.engine.memory;
    this.#slot(GATHERED)?.forEach((pointer, b) => {
      floats.fill(0, pointer >>> 2, (pointer >>> 2) + this.#blocks[b].n);
    });
  }

  /**
   * Follows the mean of the weights, after a batch.
   *
   * @returns whether the weights have changed
   */
  average(step: number): boolean {
    const means = this.#slot(EMA);
    if (!means) return false;
    const { kernels } = this.#network.engine;
    const { emaMomentum = 0.99, emaOverwriteFrequency: every } = this.#optimizer.common ?? {};
    const momentum = step > 1 ? emaMomentum : 0;
    this.#blocks.forEach(({ weights, n }, b) => {
      kernels.averageWeights(means[b], weights, momentum, n);
    });
    return every !== undefined && step % every === 0 && this.finish();
  }

  /**
   * Puts the mean of the weights in their place.
   *
   * @returns whether there is one
   */
  finish(): boolean {
    const means = this.#slot(EMA);
    if (!means) return false;
    const { floats } = this.#network.engine.memory;
    means.forEach((mean, b) => {
      const { weights, n } = this.#blocks[b];
      floats.copyWithin(weights >>> 2, mean >>> 2, (mean >>> 2) + n);
    });
    this.#network.weightsChanged();
    return true;
  }
}
