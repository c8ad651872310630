import { afterEach, describe, expect, it, vi } from "vitest";
import { kernelsModule } from "../../src/engine/kernels.ts";
import { input, layers, loadModel, model, type Simd, sequential } from "../../src/index.ts";
import { expectError, hashOfWeights, numbers } from "../helpers/models.ts";

const { dense, lstm } = layers;

/** Losses of a few steps, and the weights after them. */
function train(simd?: Simd) {
  const net = sequential([lstm({ units: 13, inputShape: [9, 5] }), dense({ units: 3 })], { seed: 4, simd });
  net.compile({ optimizer: "adam", loss: "mse" });
  const [x, y] = [numbers([11, 9, 5]), numbers([11, 3], 2)];
  const losses = Array.from({ length: 20 }, () => net.trainOnBatch(x, y).loss);
  return { net, losses, hash: hashOfWeights(net) };
}

/** What a call writes to the console's warnings, while `WebAssembly.validate` answers `valid`. */
function warnings(valid: boolean, action: () => void): string[] {
  vi.spyOn(WebAssembly, "validate").mockReturnValue(valid);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  action();
  return warn.mock.calls.map(call => call.join(" "));
}

afterEach(() => vi.restoreAllMocks());

describe("simd", () => {
  const make = (simd: unknown) => () => sequential([dense({ units: 1, inputShape: [2] })], { simd: simd as Simd });

  // First of all: the other tests import it.
  it("is relaxed only where that was imported", async () => {
    const text = 'sequential simd: the kernels for "relaxed" are not here; import "wasm-lstm/relaxed" first';
    await expectError(make("relaxed"), "Error", text);
    expect(() => kernelsModule({ simd: "relaxed" })).toThrow('the build "relaxed" was not registered');
  });

  it("is one of two names", async () => {
    await expectError(make("fast"), "RangeError", 'sequential simd: expected one of baseline, relaxed, got "fast"');
    await expectError(make(true), "TypeError", "sequential simd: expected one of baseline, relaxed, got true");
    const x = input({ shape: [2] });
    const graph = { inputs: x, outputs: dense({ units: 1 }).apply(x) };
    await expectError(() => model({ ...graph, simd: "" as Simd }), "RangeError", /model simd: expected one of/);
    const bytes = make("baseline")().save();
    await expectError(
      () => loadModel(bytes, { simd: "none" as Simd }),
      "RangeError",
      /loadModel simd: expected one of/,
    );
  });

  it("is baseline unless something else is asked for", () => {
    expect(train("baseline").hash).toBe(train().hash);
  });

  it("falls back to baseline, and says so once", async () => {
    await import("../../src/relaxed.ts");
    const plain = train();
    const said = warnings(false, () => {
      expect(train("relaxed").hash).toBe(plain.hash);
      expect(train("relaxed").hash).toBe(plain.hash);
    });
    expect(said).toEqual(['wasm-lstm: simd: "relaxed" asked for, "baseline" used: this runtime has no relaxed SIMD']);
  });

  it("runs other kernels where the runtime has relaxed SIMD", async () => {
    await import("../../src/relaxed.ts");
    let relaxed: WebAssembly.Module;
    try {
      relaxed = kernelsModule({ simd: "relaxed" });
    } catch {
      // This runtime refuses the binary itself, so a model that insists on it cannot be made.
      expect(warnings(true, () => expect(make("relaxed")).toThrow(WebAssembly.CompileError))).toEqual([]);
      return;
    }
    expect(relaxed).not.toBe(kernelsModule());
    expect(WebAssembly.Module.exports(relaxed)).toEqual(WebAssembly.Module.exports(kernelsModule()));
    const [plain, other] = [train(), train("relaxed")];
    for (const [i, loss] of plain.losses.entries()) expect(Math.abs(other.losses[i] / loss - 1)).toBeLessThan(1e-5);
    const again = loadModel(other.net.save(), { simd: "relaxed" });
    expect(hashOfWeights(again)).toBe(other.hash);
  });
});
