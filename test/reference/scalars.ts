/**
 * Numbers in float64 that remember how they were made: the chain rule alone gives all gradients, so that a reference
 * written with them needs no formula of its own for the backward pass. A number goes by its index.
 */
import { type Activation, activate, slopeFromOutput } from "./activations.ts";

export class Scalars {
  readonly values: number[] = [];
  /** Four for each number: two others that it depends on, -1 for none, each with the slope. */
  readonly #edges: number[] = [];

  of(value: number): number {
    return this.#node(value);
  }

  all(values: ArrayLike<number>): number[] {
    return Array.from(values, value => this.of(value));
  }

  add(a: number, b: number): number {
    return this.#node(this.values[a] + this.values[b], a, 1, b, 1);
  }

  mul(a: number, b: number): number {
    const { values } = this;
    return this.#node(values[a] * values[b], a, values[b], b, values[a]);
  }

  power(a: number, exponent: number): number {
    const x = this.values[a];
    return this.#node(x ** exponent, a, exponent * x ** (exponent - 1));
  }

  div(a: number, b: number): number {
    const { values } = this;
    const y = values[a] / values[b];
    return this.#node(y, a, 1 / values[b], b, -y / values[b]);
  }

  exp(a: number): number {
    const y = Math.exp(this.values[a]);
    return this.#node(y, a, y);
  }

  /** ln sigmoid(a) */
  logSigmoid(a: number): number {
    const x = this.values[a];
    const u = Math.exp(-Math.abs(x));
    return this.#node(Math.min(x, 0) - Math.log1p(u), a, (x > 0 ? u : 1) / (1 + u));
  }

  abs(a: number): number {
    const x = this.values[a];
    return this.#node(Math.abs(x), a, Math.sign(x));
  }

  max(a: number, b: number): number {
    return this.values[a] >= this.values[b] ? a : b;
  }

  /** 1 - a */
  complement(a: number): number {
    return this.#node(1 - this.values[a], a, -1);
  }

  activate(kind: Activation, a: number): number {
    const y = activate(kind, this.values[a]);
    return this.#node(y, a, slopeFromOutput(kind, y));
  }

  /** Cut at ±limit, and no slope there. */
  clip(a: number, limit: number | undefined): number {
    const x = this.values[a];
    if (limit === undefined || Math.abs(x) < limit) return a;
    return this.#node(Math.sign(x) * limit);
  }

  /** The gradients of all numbers from those of some: pairs of an index and a gradient. */
  gradients(outer: Iterable<readonly [number, number]>): Float64Array {
    const gradients = new Float64Array(this.values.length);
    for (const [index, gradient] of outer) gradients[index] += gradient;
    for (let i = gradients.length - 1; i >= 0; i--) {
      for (const k of [4 * i, 4 * i + 2]) {
        const from = this.#edges[k];
        if (from >= 0) gradients[from] += this.#edges[k + 1] * gradients[i];
      }
    }
    return gradients;
  }

  #node(value: number, a = -1, da = 0, b = -1, db = 0): number {
    this.#edges.push(a, da, b, db);
    return this.values.push(value) - 1;
  }
}
