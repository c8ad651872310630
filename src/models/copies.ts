/** The layers of a model in a new one: copies with their own weights. */
import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { listed } from "../graph/owner.ts";
import { connect, expectWeightsFit, type Layer, type SymbolicTensor } from "../layer/layer.ts";
import { warnOnce } from "../warn.ts";

export class Copies {
  readonly #network: Network;
  /** By the layer they are of. Until a model has them, they may be used several times: with the same weights. */
  #layers = new Map<Layer, Layer>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Uses the copies, with the weights as they are now, on tensors of a new model. */
  connect(inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
    const { plan } = this.#network;
    const names = listed(plan.layers.map(layer => layer.name));
    if (inputs.length !== plan.inputs.length) {
      const shapes = plan.inputs.map(({ shape }) => showShape(["N", ...shape])).join(", ");
      throw new RangeError(
        `apply: the model of ${names} expected ${plan.inputs.length} tensors (${shapes}), got ${inputs.length}`,
      );
    }
    this.#make();
    const made = new Map(plan.inputs.map((symbol, i) => [symbol, inputs[i]]));
    const now = (symbol: SymbolicTensor): SymbolicTensor => made.get(symbol) as SymbolicTensor;
    for (const { layer, inputs: symbols, outputs } of plan.nodes) {
      const copy = layer && this.#layers.get(layer);
      if (!copy) continue;
      const given = symbols.map(now);
      const results = connect(copy, given);
      expectWeightsFit(copy, layer.weights, given);
      for (const [i, symbol] of outputs.entries()) made.set(symbol, results[i]);
    }
    warnOnce(
      `apply: the new model has copies of ${names}, with their weights as they are now: training it leaves those of the ` +
        "old model as they are; part() takes layers of a model without a copy",
    );
    return plan.outputs.map(now);
  }

  #make(): void {
    const { plan } = this.#network;
    const taken = [...this.#layers.values()].some(layer => layer.owner);
    if (taken || this.#layers.size === 0) {
      this.#layers = new Map(plan.layers.map(layer => [layer, layer.copy()]));
      for (const copy of this.#layers.values()) copy.meet?.([], this.#layers);
    }
    for (const [layer, copy] of this.#layers) {
      copy.copied = Object.fromEntries(
        Object.entries(layer.weights).map(([name, weight]) => [name, this.#network.numbersOf(weight).slice()]),
      );
    }
  }
}
