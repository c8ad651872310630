/** The files that make_keras_files.py writes. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { type NDArray, ndarray } from "../../../src/ndarray.ts";

const folder = new URL("../../fixtures/keras-files/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder));

interface Numbers {
  shape: number[];
  data: number[];
  dtype?: string;
}

/** Inputs and predictions; of a model that is compiled also targets, and the losses of ten more steps with them. */
interface Beside {
  inputs: Numbers[];
  outputs: Numbers[];
  targets?: Numbers[];
  losses?: number[];
}

const open = (name: string) => ({
  name,
  bytes: new Uint8Array(gunzipSync(read(`${name}.gz`))),
  beside: JSON.parse(read(`${name.split(".")[0]}.json`).toString()) as Beside,
});

/** All of them, by name: "lstm.keras", "lstm.h5". */
export const files = readdirSync(folder)
  .filter(file => file.endsWith(".gz"))
  .map(file => open(file.slice(0, -3)));

export const fileOf = (name: string): Uint8Array => open(name).bytes;

export const array = ({ shape, data, dtype }: Numbers): NDArray =>
  ndarray(dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data), shape) as NDArray;

/** One thing, or a list of several. */
export const only = <Each>(list: readonly Each[]) => (list.length > 1 ? list : list[0]) as Each;

/** The largest difference of numbers. */
export function differ(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
