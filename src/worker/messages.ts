/** What trainInWorker and its worker say to each other. */
import type { Logs } from "../callbacks/callback.ts";
import type { Simd } from "../engine/kernels.ts";
import type { History } from "../training/history.ts";

/** A callback of the package by its name: it is made again in the worker. */
export interface PortableCallback {
  readonly name: string;
  readonly options: object;
}

/** What is to be done. */
export interface Job {
  readonly kind: "train";
  /** Of the model's file, with the optimizer's numbers */
  readonly bytes: Uint8Array;
  /** Of stateful layers, which a file has not */
  readonly states: readonly (readonly [string, Float32Array[]])[];
  readonly threads: number;
  readonly simd: Simd;
  readonly x: unknown;
  readonly y: unknown;
  /** For `fit`, but what cannot travel */
  readonly options: object;
  readonly callbacks: readonly PortableCallback[];
  /** Whether somebody listens to every batch */
  readonly batches: boolean;
  readonly aborted: boolean;
}

export type ToWorker = Job | { readonly kind: "abort" };

export type FromWorker =
  | { readonly kind: "begun" }
  | { readonly kind: "epoch" | "batch"; readonly number: number; readonly logs: Logs }
  | {
      readonly kind: "done";
      readonly history: History;
      readonly bytes: Uint8Array;
      readonly states: readonly (readonly [string, Float32Array[]])[];
    }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };
