import { LOSSES } from "../engine/families/losses.generated.ts";
import { checked } from "../options.ts";
import { type Loss, type NoOptions, rowsOf, sameShape } from "./loss.ts";

/** Mean over rows of minus the cosine of the angle between prediction and target: -1 where they point the same way. */
export function cosineSimilarity(options: NoOptions = {}): Loss {
  const name = "cosineSimilarity";
  const settings = checked(options, name, {});
  return {
    name,
    families: [LOSSES],
    target: sameShape,
    forward: ({ kernels }, p, y, rowWeights = 0) =>
      kernels.cosineSimilarityForward(p.pointer, y.pointer, rowWeights, ...rowsOf(p)),
    backward(context, p, y, rowWeights = 0) {
      const dp = context.gradientOf(p);
      context.kernels.cosineSimilarityBackward(dp, p.pointer, y.pointer, rowWeights, ...rowsOf(p));
    },
    toJSON: () => ({ name, options: settings }),
  };
}
