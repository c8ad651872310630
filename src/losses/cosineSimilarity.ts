import { LOSSES } from "../engine/families/losses.generated.ts";
import { checked } from "../options.ts";
import { type Loss, REDUCTION, type ReductionOptions, reducing, rowsOf, sameShape } from "./loss.ts";

/** Mean over rows of minus the cosine of the angle between prediction and target: -1 where they point the same way. */
export function cosineSimilarity(options: ReductionOptions = {}): Loss {
  const name = "cosineSimilarity";
  const settings = checked(options, name, REDUCTION);
  return {
    name,
    families: [LOSSES],
    ...reducing(settings),
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
