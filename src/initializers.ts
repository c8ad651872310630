/** Initial weights, with Keras' definitions. Every initializer draws from the model's seed and the weight's own stream. */
import type { Engine } from "./engine/engine.ts";
import { padded } from "./engine/layout.ts";
import { expectOneOf } from "./expect.ts";
import { isObject } from "./isObject.ts";
import { describe, sizeOf } from "./ndarray.ts";
import { checked, type Input, number, oneOf, option, optional, options, seed } from "./options.ts";
import type { Shape } from "./tensor.ts";

const NAMES = [
  "zeros",
  "ones",
  "constant",
  "uniform",
  "normal",
  "truncatedNormal",
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "varianceScaling",
  "orthogonal",
  "identity",
] as const;

export type InitializerName = (typeof NAMES)[number];

const CONFIG = options({
  /** "zeros", "glorotUniform" and others */
  name: oneOf(NAMES),
  /** constant: the value (0) */
  value: optional(number()),
  /** uniform: the range [minimum, maximum) (-0.05, 0.05) */
  minimum: optional(number()),
  /** See `minimum` */
  maximum: optional(number()),
  /** normal, truncatedNormal: mean (0) and standard deviation (0.05) */
  mean: optional(number()),
  /** See `mean` */
  deviation: optional(number()),
  /** orthogonal, identity: what the matrix is multiplied by (1) */
  gain: optional(number()),
  /** varianceScaling: the variance is scale / fan (1) */
  scale: optional(number()),
  /** varianceScaling: numbers that go in, out, or their mean ("fanIn") */
  mode: optional(oneOf(["fanIn", "fanOut", "fanAvg"])),
  /** varianceScaling ("truncatedNormal") */
  distribution: optional(oneOf(["truncatedNormal", "untruncatedNormal", "uniform"])),
  /** Own random numbers for this weight, whatever the model's seed */
  seed: optional(seed),
});

/** An initializer with its numbers; plain JSON, so that it travels in a saved model. */
export interface InitializerConfig extends Input<typeof CONFIG> {}

/** A name, or a name with its numbers. */
export type Initializer = InitializerName | InitializerConfig;

/** Checks and completes an initializer. */
export function expectInitializer(value: unknown, what: string): InitializerConfig {
  if (typeof value === "string") return { name: expectOneOf(value, NAMES, what) };
  if (!isObject(value)) {
    throw new TypeError(`${what}: expected the name of an initializer or { name, ... }, got ${describe(value)}`);
  }
  checked(value, what, CONFIG, ".");
  return value as InitializerConfig;
}

/** An option of that kind. */
export const initializer = option<InitializerConfig, Initializer>(expectInitializer);

/** The sizes that scale glorot, he and lecun: of the whole matrix, all gates together. */
function fans(shape: Shape): [fanIn: number, fanOut: number] {
  if (shape.length < 2) return [sizeOf(shape), sizeOf(shape)];
  const receptive = sizeOf(shape.slice(0, -2));
  return [shape[shape.length - 2] * receptive, shape[shape.length - 1] * receptive];
}

// The standard deviation of a normal distribution cut at two deviations.
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Variance scaling under names of its own. */
const SCALING: Partial<Record<InitializerName, Pick<InitializerConfig, "scale" | "mode" | "distribution">>> = {
  glorotUniform: { mode: "fanAvg", distribution: "uniform" },
  glorotNormal: { mode: "fanAvg" },
  heUniform: { scale: 2, distribution: "uniform" },
  heNormal: { scale: 2 },
  lecunUniform: { distribution: "uniform" },
  lecunNormal: {},
};

/**
 * Fills a weight.
 *
 * @param pointer where the weight lives in the engine's memory
 * @param seed the model's seed
 * @param stream the number of the weight in the model
 */
export function initialize(
  engine: Engine,
  pointer: number,
  shape: Shape,
  config: InitializerConfig,
  seed: number,
  stream: number,
): void {
  const { kernels, memory } = engine;
  const n = sizeOf(shape);
  const key = config.seed ?? seed;
  const first = pointer >>> 2;
  const draw = (fill: (buffer: number) => void): void => {
    const mark = memory.mark();
    const buffer = memory.allocate(padded(n));
    fill(buffer);
    memory.floats.copyWithin(first, buffer >>> 2, (buffer >>> 2) + n);
    memory.release(mark);
  };
  const uniform = (low: number, high: number) =>
    draw(buffer => kernels.randomUniform(buffer, low, high, key, stream, 0, n));
  const normal = (mean: number, deviation: number, truncated: boolean) =>
    draw(buffer => kernels.randomNormal(buffer, mean, deviation, truncated, key, stream, 0, n));

  const scaling = config.name === "varianceScaling" ? config : SCALING[config.name];
  if (scaling) {
    const { scale = 1, mode = "fanIn", distribution = "truncatedNormal" } = scaling;
    const [fanIn, fanOut] = fans(shape);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
    const variance = scale / Math.max(1, fan);
    if (distribution === "uniform") uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
    else if (distribution === "untruncatedNormal") normal(0, Math.sqrt(variance), false);
    else normal(0, Math.sqrt(variance) / TRUNCATED_DEVIATION, true);
    return;
  }
  switch (config.name) {
    case "zeros":
    case "ones":
    case "constant":
      memory.floats.fill(config.name === "ones" ? 1 : (config.value ?? 0), first, first + n);
      break;
    case "uniform":
      uniform(config.minimum ?? -0.05, config.maximum ?? 0.05);
      break;
    case "normal":
      normal(config.mean ?? 0, config.deviation ?? 0.05, false);
      break;
    case "truncatedNormal":
      normal(config.mean ?? 0, config.deviation ?? 0.05, true);
      break;
    case "identity": {
      const columns = shape[shape.length - 1];
      if (shape.length !== 2)
        throw new RangeError(`initializer identity: expected a matrix, got [${shape.join(", ")}]`);
      memory.floats.fill(0, first, first + n);
      for (let i = 0; i < columns && i * columns < n; i++) memory.floats[first + i * columns + i] = config.gain ?? 1;
      break;
    }
    case "orthogonal": {
      const columns = shape[shape.length - 1];
      const rows = n / columns;
      draw(buffer => orthogonal(engine, buffer, rows, columns, config.gain ?? 1, key, stream));
    }
  }
}

function orthogonal(
  { kernels, memory }: Engine,
  buffer: number,
  rows: number,
  columns: number,
  gain: number,
  seed: number,
  stream: number,
): void {
  // Orthonormal rows of a wide matrix; a tall one is its transpose.
  const [short, long] = rows <= columns ? [rows, columns] : [columns, rows];
  kernels.randomNormal(buffer, 0, 1, false, seed, stream, 0, short * long);
  kernels.orthogonalizeRows(buffer, short, long);
  const floats = memory.floats.subarray(buffer >>> 2, (buffer >>> 2) + rows * columns);
  if (rows > columns) {
    const wide = floats.slice();
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) floats[i * columns + j] = wide[j * rows + i];
  }
  if (gain !== 1) kernels.scaleInPlace(buffer, gain, rows * columns);
}
