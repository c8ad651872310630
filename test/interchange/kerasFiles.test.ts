/** Files that Keras wrote predict here as they do there, and go on training where Keras stopped. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { loadKeras } from "wasm-lstm/formats";
import type { NDArray } from "../../src/ndarray.ts";
import { ndarray } from "../../src/ndarray.ts";

const folder = new URL("../fixtures/keras-files/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder));
const packed = readdirSync(folder).filter(file => file.endsWith(".gz"));

interface Numbers {
  shape: number[];
  data: number[];
  dtype?: string;
}
interface Beside {
  inputs: Numbers[];
  outputs: Numbers[];
  targets?: Numbers[];
  losses?: number[];
}

const array = ({ shape, data, dtype }: Numbers): NDArray =>
  ndarray(dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data), shape) as NDArray;
const only = <Each>(list: readonly Each[]) => (list.length > 1 ? list : list[0]) as Each;

function differ(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe.each(packed)("%s", file => {
  const beside: Beside = JSON.parse(read(`${file.split(".")[0]}.json`).toString());
  const bytes = new Uint8Array(gunzipSync(read(file)));

  it("predicts and trains as in Keras", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const net = loadKeras(bytes);
    const x = beside.inputs.map(array);
    const y = beside.outputs.length > 1 ? net.predictAll(x) : [net.predict(only(x))];
    beside.outputs.forEach(({ shape, data }, i) => {
      expect(y[i].shape).toEqual(shape);
      expect(differ(y[i].data, data)).toBeLessThan(1e-6);
    });
    if (beside.losses && beside.targets) {
      const targets = only(beside.targets.map(array));
      const losses = beside.losses.map(() => net.trainOnBatch(only(x), targets).loss);
      expect(differ(losses, beside.losses)).toBeLessThan(1e-4);
    }
    warn.mockRestore();
  });
});
