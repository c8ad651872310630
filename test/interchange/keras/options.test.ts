/** Every option of layers that Keras has too is one of Keras', or known to be this package's own: those are not written. */
import { expect, it } from "vitest";
import { layers } from "../../../src/index.ts";
import { isShared } from "../../../src/interchange/keras/names.ts";

const words = (list: string): string[] => list.trim().split(/\s+/);

/** What Keras 3.15 has, in the names of this package. */
const THERE = words(`
  units activation recurrentActivation useBias unitForgetBias resetAfter returnSequences returnState goBackwards
  zeroOutputForMask dropout recurrentDropout kernelInitializer recurrentInitializer biasInitializer embeddingsInitializer
  betaInitializer gammaInitializer movingMeanInitializer movingVarianceInitializer inputDim outputDim maskZero maskValue rate
  epsilon center scale momentum filters kernelSize strides padding dilationRate poolSize keepdims useScale scoreMode numHeads
  keyDim valueDim outputShape dims targetShape n stddev cropping size mergeMode axis layer name trainable
  useCausalMask returnAttentionScores inputShape alphaInitializer sharedAxes`);
const RULE = /(Regularizer|Constraint)$/;

/** What saveKeras refuses, or leaves out where it changes nothing. */
const HERE = words(`
  cellActivation checkpointSteps cellClip clip coupledGates inputGate layerNorm layerNormEpsilon lazy peephole projection
  stateful weights zoneout`);

it("is known to saveKeras", () => {
  const shared = Object.entries(layers).filter(([kind]) => isShared(kind));
  expect(shared.length).toBe(37);
  const found = shared.flatMap(([, make]): string[] => {
    try {
      (make as (options: object) => unknown)({ zzz: 1 });
    } catch (error) {
      return words(/known options are ([^;]*)/.exec((error as Error).message)?.[1].replaceAll(",", " ") ?? "");
    }
    throw new Error("nothing was refused");
  });
  expect(found.length).toBeGreaterThan(250);
  const own = [...new Set(found)].filter(name => !THERE.includes(name) && !RULE.test(name));
  expect(own.sort()).toEqual(HERE.sort());
});
