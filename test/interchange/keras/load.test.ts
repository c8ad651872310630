/** Files that Keras wrote predict here as they do there, and go on training where Keras stopped. */
import { describe, expect, it, vi } from "vitest";
import { loadKeras } from "wasm-lstm/formats";
import { readZip } from "../../../src/interchange/zip.ts";
import { packedZip } from "../../helpers/packedZip.ts";
import { array, differ, fileOf, files, only } from "./files.ts";

it("a file that was unpacked and packed again is the same model", () => {
  const stored = fileOf("bidirectional.keras");
  const packed = packedZip([...readZip(stored)].map(([name, read]) => [name, read()]));
  expect(packed.length).toBeLessThan(stored.length);
  const [then, now] = [stored, packed].map(bytes => loadKeras(bytes).getWeights());
  expect(now).toEqual(then);
});

describe.each(files)("$name", ({ bytes, beside }) => {
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
