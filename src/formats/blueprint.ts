/** A model as plain data, in no program's format: what files are read into and written from. */
import type { LayerConfig } from "../layer/layer.ts";

/** A node of the graph: its layer's number, or the shape of an input and its name; and where its inputs come from. */
export interface NodeConfig {
  layer?: number;
  shape?: readonly (number | null)[];
  name?: string | undefined;
  inputs?: [node: number, output: number][];
}

export interface GraphConfig {
  layers: LayerConfig[];
  nodes: NodeConfig[];
  inputs: number[];
  outputs: [node: number, output: number][];
}

/** Something made by a registered maker: its name, and the options that make it again. */
export interface NamedOptions {
  name: string;
  options: object;
}

/** Of all outputs, or by the name of one. */
export type MetricsConfig = (string | NamedOptions)[] | Record<string, (string | NamedOptions)[]>;

export interface CompileConfig {
  optimizer: NamedOptions;
  losses: NamedOptions[];
  /** Of the outputs, where not all count 1 */
  lossWeights?: readonly number[];
  metrics: MetricsConfig;
  weightedMetrics?: MetricsConfig;
}

/** Numbers with their shape, row-major. */
export interface Numbers {
  shape: readonly number[];
  data: Float32Array;
}

/** Read from a file, all of it is untrusted: whoever makes a model of it checks each part. */
export interface Blueprint {
  graph: GraphConfig;
  /** By path: layer/weight */
  weights: ReadonlyMap<string, Numbers>;
  seed: number;
  compile?: CompileConfig | undefined;
  /** What the optimizer has learned, by slot/path; empty if that was not saved */
  slots: ReadonlyMap<string, Numbers>;
  /** Steps of the model's training and of its optimizer, which begins anew with each `compile`: none where that is not saved; and of a run in whose middle it was saved */
  progress: { step: number; epoch: number; iterations?: number; run?: unknown };
  /** The scalers as their `toJSON` gives them */
  scaling: { input?: unknown; target?: unknown };
  metadata: Record<string, unknown>;
}
