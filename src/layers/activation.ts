import { type Activation, expectActivation } from "../activations.ts";
import type { Context } from "../context.ts";
import { expectOptions } from "../expect.ts";
import { LAYER_OPTIONS, Layer, type LayerOptions, titleOf } from "../layer/layer.ts";
import { activation as activationOp, compileActivation } from "../ops/activation.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

export interface ActivationOptions extends LayerOptions {
  activation: Activation;
}

class ActivationLayer extends Layer<ActivationOptions> {
  readonly kind = "activation";

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    return [inputs[0]];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [activationOp(context, x, this.options.activation)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [compileActivation(program, x, this.options.activation, x.size)];
  }
}

/**
 * An activation as a layer of its own. Any shape in, the same out; softmax works on the last axis.
 *
 * @example layers.activation({ activation: "relu" })
 */
export function activation(options: ActivationOptions): Layer {
  const title = titleOf(options, "activation");
  expectOptions(options, ["activation", ...LAYER_OPTIONS], title);
  return new ActivationLayer({ ...options, activation: expectActivation(options.activation, title) });
}
