/** Numbers of files, which are float32, as options here; and the activations that have some. */
import { type ElementwiseActivation, HARD_SLOPE } from "../../activations.ts";
import { refuse } from "./refuse.ts";

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

/** A float32 as people write it: 0.00001 and not 0.0000099999997. */
export function exact(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

type Fixed = readonly [ours: ElementwiseActivation, ...numbers: (readonly [usual: number, ours: number])[]];

/** Activations by their names in ONNX, in small letters; where they have alpha and beta: what those are if absent, and what ours has. */
const ACTIVATIONS: Readonly<Record<string, Fixed>> = {
  ...Object.fromEntries((["tanh", "sigmoid", "relu", "softsign", "softplus"] as const).map(name => [name, [name]])),
  elu: ["elu", [1, 1]],
  celu: ["elu", [1, 1]],
  selu: ["selu", [1.6732632, 1.6732632], [1.050701, 1.050701]],
  leakyrelu: ["leakyRelu", [0.01, 0.2]],
  thresholdedrelu: ["relu", [1, 0]],
  affine: ["linear", [1, 1], [0, 0]],
  scaledtanh: ["tanh", [1, 1], [1, 1]],
};

/** An activation of ONNX as one of ours, where it is the same. */
export function activationOf(
  name: string,
  alpha: () => number | undefined,
  beta: () => number | undefined,
): ElementwiseActivation {
  const low = name.toLowerCase();
  if (low === "hardsigmoid") {
    const [slope, offset] = [alpha() ?? 0.2, beta() ?? 0.5];
    if (!(slope > 0)) refuse(`HardSigmoid with alpha ${slope} is not there (those above 0 are)`);
    return isNear(slope, HARD_SLOPE) && offset === 0.5
      ? "hardSigmoid"
      : { name: "hardSigmoid", slope: exact(slope), offset: exact(offset) };
  }
  if (!Object.hasOwn(ACTIVATIONS, low)) refuse(`the activation ${name.slice(0, 40)} is not there`);
  const [ours, ...numbers] = ACTIVATIONS[low];
  const given = numbers.map(([usual], i) => (i === 0 ? alpha() : beta()) ?? usual);
  if (given.some((n, i) => !isNear(n, numbers[i][1]))) {
    const show = (list: readonly number[]) =>
      list.map((n, i) => `${i === 0 ? "alpha" : "beta"} ${exact(n)}`).join(" and ");
    refuse(`${name} with ${show(given)} is not there (${show(numbers.map(pair => pair[1]))} is)`);
  }
  return ours;
}
