/** Layers of Keras without weights that are an activation here, or a few ops. */
import type { SymbolicTensor } from "../../layer/layer.ts";
import { activation } from "../../layers/activation.ts";
import { permute } from "../../layers/permute.ts";
import { reshape } from "../../layers/reshape.ts";
import { relu } from "../../ops/activation.ts";
import { add, maximum, minimum, multiply } from "../../ops/arithmetic.ts";
import { matmul } from "../../ops/matmul.ts";
import type { Json } from "./json.ts";
import { type Express, type Expressed, isLast } from "./layer.ts";

/** x above 0, at most so much, and slope·x below. */
function rectified(x: SymbolicTensor, slope: unknown, most?: unknown): Expressed {
  if (most == null) return slope ? { name: "leakyRelu", negativeSlope: slope as number } : "relu";
  const below = Number(slope ?? 0);
  if (!(below >= 0 && below <= 1)) return undefined;
  const y = below ? maximum(x, multiply(x, below)) : relu(x);
  return minimum(y, most as number);
}

const turned = (x: SymbolicTensor): SymbolicTensor => permute({ dims: [2, 1] }).apply(x);

/** Sums of products along an axis of each of two tensors, which are vectors or sequences of them. */
function dot({ axes, normalize }: Json, tensors: readonly SymbolicTensor[]): Expressed {
  const given = [axes].flat().map(Number);
  const [a, b] = tensors.map((x, i) => {
    const { length } = x.shape;
    const axis = given[i] ?? given[0];
    const own = axis < 0 ? axis + length : axis - 1; // of a sample's
    if (normalize || length > 2 || !(own >= 0 && own < length)) return undefined;
    if (length === 1) return reshape({ targetShape: i ? [1, -1] : [-1, 1] }).apply(x);
    return own === 1 - i ? turned(x) : x;
  });
  if (!a || !b) return undefined;
  // Turned round, and back by a layer that ends masks, as they end there.
  const product = matmul(b, a);
  return tensors.every(({ shape }) => shape.length > 1)
    ? turned(product)
    : reshape({ targetShape: [-1] }).apply(product);
}

/** Softmax over the steps. */
const columns = (x: SymbolicTensor): SymbolicTensor => turned(activation({ activation: "softmax" }).apply(turned(x)));

/** Those that TensorFlow.js has too. */
export const EXPRESSED: Readonly<Record<string, Express>> = {
  Dot: dot,
  ELU: ({ alpha }) => (alpha === 1 ? "elu" : { name: "elu", alpha: alpha as number }),
  LeakyReLU: ({ negative_slope: slope, alpha = slope ?? 0.3 }, [x]) => rectified(x, alpha),
  ReLU: ({ max_value: most, negative_slope: slope, threshold }, [x]) =>
    threshold ? undefined : rectified(x, slope, most),
  Rescaling: ({ scale, offset = 0 }, [x]) => add(multiply(x, scale as number), offset as number),
  Softmax: ({ axis = -1 }, [x], rank) =>
    isLast(axis, rank) ? "softmax" : rank === 3 && isLast(Number(axis) + 1, rank) ? columns(x) : undefined,
};

export const KERAS_ONLY: Readonly<Record<string, Express>> = {
  Identity: () => "linear",
  // What batch normalization is that learns nothing.
  Normalization: ({ axis = -1, invert }, _, rank) =>
    invert || !(["", "null"].includes(String(axis)) || isLast(axis, rank))
      ? undefined
      : { kind: "batchNormalization", options: { center: false, scale: false, epsilon: 1e-14, trainable: false } },
};
