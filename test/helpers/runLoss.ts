import { Tape } from "../../src/autograd.ts";
import { Context } from "../../src/context.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Loss } from "../../src/index.ts";
import type { NDArray } from "../../src/ndarray.ts";
import { activation } from "../../src/ops/activation.ts";
import { finish } from "../../src/parts.ts";
import { gradientsOf, place, poison } from "./gradients.ts";

/**
 * A loss of x, or of an activation of x, and its gradient by x.
 *
 * @param kind the activation between x and the prediction
 * @param forgetLogits hides from the loss that the prediction is that activation: it sees bare probabilities
 * @param weights one for each row of the last axis
 */
export function runLoss(
  loss: Loss,
  x: NDArray,
  target: NDArray,
  {
    kind = "linear",
    forgetLogits = false,
    weights,
  }: { kind?: "linear" | "sigmoid" | "softmax"; forgetLogits?: boolean; weights?: Float32Array } = {},
): { value: number; gradient: Float32Array } {
  const engine = new Engine();
  poison(engine.memory);
  const tape = new Tape(engine.memory);
  const context = new Context(engine, { tape, seed: 0, step: 0, weightsVersion: 0, states: new Map() });
  const tensors = place(context, { x, target }, ["target"]);
  const prediction = activation(context, tensors.x, kind);
  if (forgetLogits) prediction.logits = undefined;
  const rowWeights = weights ? context.tensorFrom(weights, [weights.length]).pointer : 0;
  const value = loss.forward(context, prediction, tensors.target, rowWeights);
  loss.backward(context, prediction, tensors.target, rowWeights);
  finish(tape.backward(context));
  return { value, gradient: gradientsOf(engine.memory, tensors).x };
}
