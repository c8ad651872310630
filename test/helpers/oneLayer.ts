import { Tape } from "../../src/autograd.ts";
import { TrainedWeights } from "../../src/graph/trained.ts";
import { type Model, model } from "../../src/index.ts";
import type { Layer } from "../../src/layer/layer.ts";
import { inputNode } from "../../src/layer/layer.ts";
import { finish } from "../../src/parts.ts";
import type { Tensor } from "../../src/tensor.ts";
import type { InnerShape } from "../../src/weight.ts";
import type { Outer } from "../reference/reference.ts";
import { backward, type Differentiable, gradientsOf, type NDArrays, place, poison } from "./gradients.ts";

/** One layer in a model of its own. Its inputs and weights go by name; weights are "kernel", "forward.kernel", ... */
export class OneLayer implements Differentiable {
  readonly model: Model;
  readonly weightNames: readonly string[];
  readonly #trained: TrainedWeights;
  readonly #inputNames: readonly string[];
  readonly #training: boolean;
  readonly #mask: readonly number[] | undefined;

  /**
   * @param inputs inner shapes by name, in the order in which the layer takes them
   * @param options.mask of x, [N, T]: 0 hides a step
   */
  constructor(
    layer: Layer,
    inputs: Readonly<Record<string, InnerShape>>,
    { training = false, mask }: { training?: boolean; mask?: readonly number[] | undefined } = {},
  ) {
    const symbols = Object.values(inputs).map(shape => inputNode(shape));
    this.model = model({ inputs: symbols, outputs: layer.applyAll(symbols), seed: 5 });
    this.weightNames = this.model.network.plan.specs.map(spec => spec.name.replace("/", "."));
    this.#inputNames = Object.keys(inputs);
    this.#training = training;
    this.#mask = mask;
    this.#trained = new TrainedWeights(this.model.network); // takes its memory while the arena is empty
  }

  /** The shapes of the weights by name. */
  get weightShapes(): Record<string, readonly number[]> {
    return Object.fromEntries(this.weightNames.map((name, i) => [name, this.model.network.weights[i].shape]));
  }

  forward(arrays: NDArrays): Float32Array[] {
    return this.#run(arrays, undefined, (context, _inputs, outputs) =>
      outputs.map(output => context.numbers(output).slice()),
    );
  }

  differentiate(arrays: NDArrays, outer: Outer) {
    const { network } = this.model;
    const { memory } = network.engine;
    const tape = new Tape(memory);
    this.#trained.begin();
    return this.#run(arrays, tape, (context, inputs, outputs) => {
      backward(context, tape, outputs, outer);
      const weights = Object.fromEntries(
        this.weightNames.map((name, i): [string, Tensor] => [name, network.weights[i]]),
      );
      return {
        outputs: outputs.map(output => context.numbers(output).slice()),
        gradients: gradientsOf(memory, { ...inputs, ...weights }),
      };
    });
  }

  /** The mask of the layer's own dropout in the present step, [size]. */
  mask(rate: number, size: number, streamOffset = 0): Float32Array {
    const { engine, parameters } = this.model.network;
    const { seed, step } = parameters;
    const mark = engine.memory.mark();
    const pointer = engine.memory.allocate((size + 3) & ~3);
    engine.kernels.randomDropout(pointer, rate, seed, this.model.layers[0].stream + streamOffset, step, size);
    const mask = engine.memory.floats.slice(pointer >> 2, (pointer >> 2) + size);
    engine.memory.release(mark);
    return mask;
  }

  /** Zoneout's mask in the present step, [N, T, H]: 1 where a unit takes its new value. */
  zoneoutMask(rate: number, streamOffset: number, [N, T, H]: readonly [N: number, T: number, H: number]): Float32Array {
    const row = (H + 3) & ~3;
    const drawn = this.mask(rate, N * T * row, streamOffset);
    return Float32Array.from({ length: N * T * H }, (_, i) => Number(drawn[Math.floor(i / H) * row + (i % H)] !== 0));
  }

  #run<Result>(
    arrays: NDArrays,
    tape: Tape | undefined,
    use: (
      context: ReturnType<Model["network"]["context"]>,
      inputs: Record<string, Tensor>,
      outputs: Tensor[],
    ) => Result,
  ): Result {
    const { network } = this.model;
    const { memory } = network.engine;
    this.model.setWeights(this.weightNames.map(name => arrays[name]));
    const mark = memory.mark();
    poison(memory, 1 << 12);
    const context = network.context({ training: this.#training, ...(tape ? { tape } : {}) });
    const inputs = place(context, Object.fromEntries(this.#inputNames.map(name => [name, arrays[name]])));
    if (this.#mask) inputs.x.mask = context.tensorFrom(Int32Array.from(this.#mask), inputs.x.shape.slice(0, 2));
    const outputs = network.outputs(finish(network.forward(context, Object.values(inputs))));
    const result = use(context, inputs, outputs);
    context.commit();
    memory.release(mark);
    return result;
  }
}
