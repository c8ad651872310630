import { type Activation, activation as anActivation, type MadeActivation } from "../activations.ts";
import type { Context } from "../context.ts";
import { Layer } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { activation as activationOp, compileActivation, expectFeatures } from "../ops/activation.ts";
import { type Checked, type Input, option, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** Its name, such as "relu" */
  activation: option<MadeActivation, Activation>((value, _what, title) => anActivation.check(value, title, title)),
});

export interface ActivationOptions extends Input<typeof OPTIONS>, LayerOptions {}

class ActivationLayer extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "activation";

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    expectFeatures(this.options.activation, shape.length + 1, this.name);
    return [shape];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [activationOp(context, x, this.options.activation)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [compileActivation(program, x, this.options.activation)];
  }
}

/**
 * An activation as a layer of its own. Any shape in, the same out; softmax and logSoftmax work on the last axis.
 *
 * @example layers.activation({ activation: "relu" })
 */
export function activation(options: ActivationOptions): Layer {
  return new ActivationLayer(layerSettings(options, "activation", OPTIONS));
}
