/** Whole models at random, each with its f64 reference: from raw inputs and targets to predictions, loss and gradients. */
import fc from "fast-check";
import {
  input,
  type Layer,
  type Loss,
  layers,
  losses,
  type Model,
  model,
  ndarray,
  type Scaler,
  scalerFromJSON,
} from "../../src/index.ts";
import { sizeOf } from "../../src/ndarray.ts";
import { seeded } from "../helpers/random.ts";
import { fusedForms, type RecurrentForm, recurrentForms } from "../helpers/recurrentForms.ts";
import { denseReference, embeddingReference, mergedReference } from "../helpers/references.ts";
import type { DenseActivation } from "../reference/dense.ts";
import { layerNormBackward, layerNormForward } from "../reference/layerNormalization.ts";
import * as reference from "../reference/losses.ts";
import type { ReferenceRun, Values } from "../reference/reference.ts";

/** What an option draws at random has no reference here: predictions take its mean, gradients would need its mask. */
const FORMS = fusedForms.map(([name]) => name).filter(name => !/regularized|recurrentDropout|zoneout/.test(name));

const cell = fc.record({
  form: fc.constantFrom(...FORMS),
  units: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constantFrom(16, 33)),
  goBackwards: fc.boolean(),
  useBias: fc.boolean(),
  zeroOutputForMask: fc.boolean(),
});

/** What a random model is made of. */
export const specs = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  N: fc.integer({ min: 1, max: 6 }),
  T: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 7 }) }, fc.constant(40)),
  C: fc.integer({ min: 1, max: 6 }),
  ids: fc.boolean(),
  mask: fc.constantFrom("none", "lengths", "layer"),
  between: fc.constantFrom("nothing", "dense", "layerNormalization"),
  cells: fc.array(cell, { minLength: 1, maxLength: 2 }),
  bothWays: fc.constantFrom("no", "concat", "sum", "mul", "ave"),
  sequences: fc.boolean(),
  units: fc.integer({ min: 2, max: 5 }),
  loss: fc.constantFrom(
    "meanSquaredError",
    "meanAbsoluteError",
    "huber",
    "logCosh",
    "binaryCrossentropy",
    "categoricalCrossentropy",
    "sparseCategoricalCrossentropy",
  ),
  fromLogits: fc.boolean(),
  scaled: fc.boolean(),
  /** Powers of ten of the raw inputs' offset and spread */
  offset: fc.integer({ min: 0, max: 10 }),
  spread: fc.integer({ min: -3, max: 6 }),
});

type Spec = typeof specs extends fc.Arbitrary<infer Value> ? Value : never;

interface Flow {
  values: ArrayLike<number>;
  C: number;
  /** Whether there still are steps */
  steps: boolean;
  mask: number[] | undefined;
}

type Back = (outer: Float64Array) => { x: ArrayLike<number>; weights: Values };

interface Stage {
  layer: Layer;
  run(x: Flow, weights: Values): { flow: Flow; back: Back };
}

const V = 7;

function ofReference(run: ReferenceRun, flow: Omit<Flow, "values">, input = "x") {
  return {
    flow: { ...flow, values: run.outputs[0] },
    back: (outer: Float64Array) => {
      const { [input]: x, ...weights } = run.gradients([outer]);
      return { x: x ?? [], weights: weights as Values };
    },
  };
}

function dense(units: number, activation: DenseActivation): Stage {
  return {
    layer: layers.dense({ units, activation }),
    run(x, weights) {
      const rows = x.values.length / x.C;
      const run = denseReference({ rows, C: x.C, units }, activation)({ ...weights, x: x.values });
      return ofReference(run, { ...x, C: units });
    },
  };
}

function normalization(): Stage {
  return {
    layer: layers.layerNormalization({ epsilon: 0.1 }),
    run(x, { gamma, beta }) {
      const rows = { x: x.values, gain: gamma, bias: beta };
      return {
        flow: { ...x, values: layerNormForward(rows, 0.1, x.C) },
        back(outer) {
          const { dx, dGain, dBias } = layerNormBackward(outer, rows, 0.1, x.C);
          return { x: dx, weights: { gamma: dGain, beta: dBias } };
        },
      };
    },
  };
}

function embedding(maskZero: boolean, C: number): Stage {
  return {
    layer: layers.embedding({ inputDim: V, outputDim: C, maskZero }),
    run(x, weights) {
      const run = embeddingReference(V, C)({ ...weights, ids: x.values });
      const mask = maskZero ? Array.from(x.values, id => Number(id !== 0)) : x.mask;
      return ofReference(run, { ...x, C, mask }, "none");
    },
  };
}

/** With `masked` steps as zeros. */
function masking(): Stage {
  return {
    layer: layers.masking({ maskValue: MASK_VALUE }),
    run: x => ({ flow: x, back: outer => ({ x: outer, weights: {} }) }),
  };
}

const MASK_VALUE = -999;

/** [N, T] turned round in time. */
const turned = (mask: number[] | undefined, T: number) => mask?.map((_, i) => mask[i - (i % T) + (T - 1 - (i % T))]);

function recurrent({ form, units, ...own }: Spec["cells"][number], { N, T }: Spec, returnSequences: boolean): Stage {
  const { layer, reference, heads = 1 } = recurrentForms[form] as RecurrentForm;
  const H = Math.max(units, /projection|all variants/.test(form) ? 4 : 1) * heads; // more than the projection's 3
  const options = { ...own, returnSequences };
  return {
    layer: layer({ units: H, ...options }),
    run(x, weights) {
      const run = reference({ N, T, C: x.C, H }, { ...options, mask: x.mask })({ ...weights, x: x.values });
      const C = run.outputs[0].length / (N * (returnSequences ? T : 1));
      const mask = returnSequences ? (own.goBackwards ? turned(x.mask, T) : x.mask) : undefined;
      return ofReference(run, { C, steps: returnSequences, mask });
    },
  };
}

function bothWays(mergeMode: "concat" | "sum" | "mul" | "ave", units: number, { N, T }: Spec): Stage {
  return {
    layer: layers.bidirectional({ layer: layers.lstm({ units, returnSequences: true }), mergeMode }),
    run(x, weights) {
      const options = { mergeMode, returnSequences: true, mask: x.mask };
      const run = mergedReference({ N, T, C: x.C, H: units }, options)({ ...weights, x: x.values });
      return ofReference(run, { ...x, C: run.outputs[0].length / (N * T) });
    },
  };
}

const isClasses = (loss: string) => loss.endsWith("Crossentropy");

function stagesOf(spec: Spec): Stage[] {
  const { ids, mask, between, cells, bothWays: merge, sequences, units, loss, fromLogits } = spec;
  const stages: Stage[] = [];
  if (ids) stages.push(embedding(mask === "layer", spec.C));
  else if (mask === "layer") stages.push(masking());
  if (between === "dense") stages.push(dense(4, "tanh"));
  if (between === "layerNormalization") stages.push(normalization());
  if (merge !== "no") stages.push(bothWays(merge, 3, spec));
  for (const [i, own] of cells.entries()) stages.push(recurrent(own, spec, sequences || i < cells.length - 1));
  const probability = loss === "binaryCrossentropy" ? "sigmoid" : "softmax";
  stages.push(dense(units, isClasses(loss) && !fromLogits ? probability : "linear"));
  return stages;
}

function lossOf(name: string, fromLogits: boolean, units: number) {
  const of = reference as unknown as Record<string, (...values: unknown[]) => reference.Loss>;
  if (!isClasses(name)) {
    const { options = {}, reference: exact } = reference.regression[name];
    return { options, exact };
  }
  const exact = of[fromLogits ? `${name}FromLogits` : name];
  const classes = name === "binaryCrossentropy" ? [] : [units];
  return {
    options: { fromLogits },
    exact: (p: ArrayLike<number>, y: ArrayLike<number>) => exact(p, y, ...classes),
  };
}

/** A model, data for it, and what float64 says of both. */
export interface Case {
  net: Model;
  x: unknown;
  y: unknown;
  exact(): { prediction: Float64Array; loss: number; gradients: ArrayLike<number>[] };
  /** What one unit of the scaled targets is in raw ones */
  targetSpread: number;
}

export function caseOf(spec: Spec): Case {
  const { seed, N, T, ids, mask, sequences, units, loss, fromLogits } = spec;
  const { uniform, array } = seeded(seed);
  const pick = (n: number) => Math.floor(uniform() * n);
  const C = ids ? 1 : spec.C;
  const stages = stagesOf(spec);
  const inputShape = ids ? [T] : [T, C];
  const begin = input({ shape: inputShape });
  const end = stages.reduce((symbol, { layer }) => layer.apply(symbol), begin);
  const net = model({ inputs: begin, outputs: end, seed });

  // Which steps are real: by lengths, or by a mask with holes.
  const lengths = Array.from({ length: N }, () => pick(T + 1));
  const shown = Array.from({ length: N * T }, (_, i) =>
    mask === "lengths" ? Number(i % T < lengths[Math.floor(i / T)]) : Number(uniform() < 0.7),
  );
  const masked = mask !== "none";

  // Scaled inputs, and the raw ones that a scaler makes them of.
  const scales = !ids && spec.scaled;
  const offset = 10 ** spec.offset;
  const spread = Math.max(10 ** spec.spread, offset * 1e-9); // below, the raw numbers are too coarse in float64
  const wanted = array(N * T * C);
  const raw = scales ? wanted.map(value => offset + spread * value) : wanted;
  const scaler: Scaler = scalerFromJSON({
    kind: "standard",
    mean: new Array(C).fill(offset),
    deviation: new Array(C).fill(spread),
  });
  const tokens = Array.from({ length: N * T }, (_, i) =>
    mask === "layer" ? (shown[i] ? 1 + pick(V - 1) : 0) : pick(V),
  );
  const seen = ids ? tokens : raw.map(value => (scales ? Math.fround((value - offset) / spread) : value));
  const given = ids ? Int32Array.from(tokens) : raw;
  if (masked && !ids) {
    shown.forEach((real, step) => {
      if (real) return;
      for (let c = 0; c < C; c++) {
        seen[step * C + c] = 0;
        given[step * C + c] = mask === "layer" ? MASK_VALUE : offset * uniform();
      }
    });
  }
  const x = { shape: [N, ...inputShape], data: given };

  // Targets, likewise.
  const sparse = loss === "sparseCategoricalCrossentropy";
  const outer = sequences ? [N, T] : [N];
  const rows = sizeOf(outer);
  const scalesTarget = spec.scaled && !isClasses(loss);
  const classes = Array.from({ length: rows }, () => pick(units));
  const labels = sparse
    ? Int32Array.from(classes)
    : loss === "categoricalCrossentropy"
      ? Float64Array.from({ length: rows * units }, (_, i) => Number(classes[Math.floor(i / units)] === i % units))
      : isClasses(loss)
        ? Float64Array.from({ length: rows * units }, () => pick(2))
        : array(rows * units);
  const target = { shape: sparse ? outer : [...outer, units], data: labels };
  const y = scalesTarget ? { ...target, data: Float64Array.from(labels, value => offset + spread * value) } : target;
  const compared = scalesTarget ? Float64Array.from(y.data, value => Math.fround((value - offset) / spread)) : labels;

  if (scales || scalesTarget) {
    const targets = scalerFromJSON({
      kind: "standard",
      mean: new Array(units).fill(offset),
      deviation: new Array(units).fill(spread),
    });
    net.setScaling({ ...(scales && { input: scaler }), ...(scalesTarget && { target: targets }) });
  }
  const { options, exact } = lossOf(loss, fromLogits, units);
  net.compile({ optimizer: "sgd", loss: (losses[loss] as (options: object) => Loss)(options) });
  // No larger than training leaves them: with weights that make a chaos of the states, float32 is far from float64 by nature.
  const weights = net.getWeights().map(({ shape }) => {
    const scale = Math.min(0.4, 0.8 / Math.sqrt(shape[0]));
    return ndarray(Float32Array.from(array(sizeOf(shape), shape.length > 1 ? scale : 0.4)), shape);
  });
  net.setWeights(weights);

  return {
    net,
    x: mask === "lengths" ? { x, lengths } : x,
    y,
    targetSpread: scalesTarget ? spread : 1,
    exact() {
      const numbers = net.getWeights();
      let at = 0;
      let flow: Flow = { values: seen, C, steps: true, mask: masked && !(ids && mask === "layer") ? shown : undefined };
      const backs: { back: Back; names: string[] }[] = [];
      for (const { layer, run } of stages) {
        const names = Object.keys(layer.weights).map(name => name.replaceAll("/", "."));
        const weights = Object.fromEntries(names.map(name => [name, numbers[at++].data]));
        const result = run(flow, weights);
        flow = result.flow;
        backs.push({ back: result.back, names });
      }
      const prediction = Float64Array.from(flow.values);
      const rowsReal = Array.from({ length: rows }, (_, i) => i).filter(row => !flow.mask || flow.mask[row]);
      const pickRows = (values: ArrayLike<number>) => {
        const width = values.length / rows;
        return rowsReal.flatMap(row => Array.from({ length: width }, (_, j) => values[row * width + j]));
      };
      const gradients: ArrayLike<number>[] = [];
      const outerGradient = new Float64Array(prediction.length);
      let value = 0;
      if (rowsReal.length > 0) {
        const result = exact(pickRows(prediction), pickRows(compared));
        value = result.value;
        rowsReal.forEach((row, i) => {
          outerGradient.set(result.gradient.subarray(i * units, (i + 1) * units), row * units);
        });
      }
      let dy: ArrayLike<number> = outerGradient;
      for (const { back, names } of backs.reverse()) {
        const { x: dx, weights } = back(Float64Array.from(dy));
        gradients.unshift(...names.map(name => weights[name]));
        dy = dx;
      }
      const rawPrediction = scalesTarget ? prediction.map(p => offset + spread * p) : prediction;
      return { prediction: rawPrediction, loss: value, gradients };
    },
  };
}
