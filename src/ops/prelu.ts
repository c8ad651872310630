import type { Backward, Context } from "../context.ts";
import { MORE_ACTIVATIONS } from "../engine/families/moreActivations.generated.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";

export const PRELU_KERNELS = [MORE_ACTIVATIONS];

/** y = x where x > 0, alpha·x elsewhere; the elements of alpha are those of the last axes of x, again and again. */
export function prelu(context: Context, x: Tensor, alpha: Tensor): Tensor {
  const y = context.tensor(x.shape, [x, alpha]);
  context.kernels.preluForward(y.pointer, x.pointer, alpha.pointer, x.size / alpha.size, alpha.size);
  context.record(preluBackward, [y], x, alpha);
  return y;
}

export const preluBackward: Backward<[x: Tensor, alpha: Tensor]> = (context, [y], x, alpha) => {
  const [dx, dAlpha] = [context.gradientOf(x), context.gradientOf(alpha)];
  const { size } = alpha;
  context.kernels.preluBackward(dx, dAlpha, y.gradient, x.pointer, alpha.pointer, x.size / size, size);
};

/** The same in a stream. */
export function compilePrelu(program: Step, x: StepValue, alpha: Tensor): StepValue {
  const y = program.allocate(x.size, x.width);
  program.call("preluForward", y.pointer, x.pointer, alpha.pointer, x.size / alpha.size, alpha.size);
  return y;
}
