/** What was read from Keras' files is written back to the same bits; check.js beside this asks Keras itself. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadKeras, saveKeras } from "wasm-lstm/formats";
import { array, files, only } from "./files.ts";

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

it("layers that are ops here are not written: they are named", () => {
  const { bytes } = only(files.filter(({ name }) => name === "expressed.keras"));
  expect(() => saveKeras(loadKeras(bytes))).toThrow('layer "multiply" (operation): Keras has no such layer');
});

const written = files.filter(({ name }) => name.endsWith(".keras") && name !== "expressed.keras");

describe.each(written)("$name", ({ bytes, beside }) => {
  it.each(["keras", "h5"] as const)("is the same model behind saveKeras as %s and loadKeras", format => {
    const net = loadKeras(bytes);
    const again = loadKeras(saveKeras(net, { format }));
    const [before, after] = [net, again].map(each =>
      Object.fromEntries(each.network.plan.specs.map(({ path }, i) => [path, each.getWeights()[i]])),
    );
    expect(after).toEqual(before);
    const x = only(beside.inputs.map(array));
    expect(again.predictAll(x)).toEqual(net.predictAll(x));
    expect(again.trainer?.optimizer.toJSON()).toEqual(net.trainer?.optimizer.toJSON());
    if (!beside.targets || format === "h5") return; // which begins anew
    const y = only(beside.targets.map(array));
    const steps = () => [net, again].map(each => each.trainOnBatch(x, y).loss);
    for (let i = 0; i < 3; i++) {
      const [a, b] = steps();
      expect(b).toBeCloseTo(a, 6);
    }
  });
});
