/** ONNX models that PyTorch's exporters and ONNX' own tools made, as models here. */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadModel, type Model } from "../../../src/index.ts";
import { loadOnnx } from "../../../src/interchange/index.ts";

const folder = new URL("../../fixtures/interchange/onnx/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));

interface Numbers {
  shape: number[];
  data: number[];
}
interface Operator {
  name: string;
  model: string;
  inputs: Record<string, Numbers>;
  outputs: Record<string, Numbers>;
}
const operators: Operator[] = ["operators.json", "activations.json"].flatMap(file => JSON.parse(read(file).toString()));
const exported = readdirSync(folder).flatMap(name => (name.endsWith(".onnx") ? [name.replace(".onnx", "")] : []));

/** The largest difference, of numbers beyond 1 in parts of them. */
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]) / Math.max(1, Math.abs(b[i]))));
const array = ({ shape, data }: Numbers) => ({ shape, data: Float32Array.from(data) });

let said: string[] = [];
beforeEach(() => {
  said = [];
  vi.spyOn(console, "warn").mockImplementation(line => said.push(line));
});
afterEach(() => vi.restoreAllMocks());

const outputsOf = (net: Model, inputs: Record<string, Numbers>) => {
  const { X, sequence_lens: lengths, ...states } = inputs;
  const others = Object.values(states).map(array);
  const x = others.length > 0 ? [array(X), ...others] : array(X);
  return net.predictAll(lengths ? { x, lengths: lengths.data } : x);
};

describe("operators", () => {
  it.each(operators.map(each => [each.name, each] as const))("%s", (_, { model, inputs, outputs }) => {
    const net = loadOnnx(new Uint8Array(Buffer.from(model, "base64")));
    const found = outputsOf(net, inputs);
    Object.values(outputs).forEach((wanted, i) => {
      expect(found[i].shape).toEqual(wanted.shape);
      expect(farthest(found[i].data, wanted.data)).toBeLessThan(1e-6);
    });
    // The model is one like others: a file of this package holds it.
    const again = outputsOf(loadModel(net.save()), inputs);
    expect(again.map(each => each.data)).toEqual(found.map(each => each.data));
  });
});

describe("exports", () => {
  it.each(["around-causal-any", "around-causal-any-dynamo"])("%s sees nothing later, of any number of steps", name => {
    const net = loadOnnx(read(`${name}.onnx`));
    const { inputs, outputs } = JSON.parse(read(`${name}.json`).toString());
    const [[N, T, C], [, , K]] = [inputs[0].shape, outputs[0].shape];
    const first = (data: number[], steps: number, width: number) =>
      data.filter((_, i) => Math.floor(i / width) % T < steps);
    for (const steps of [1, 3]) {
      const y = net.predict({ shape: [N, steps, C], data: Float32Array.from(first(inputs[0].data, steps, C)) });
      expect(farthest(y.data, first(outputs[0].data, steps, K))).toBeLessThan(1e-6);
    }
  });

  it.each(exported)("%s predicts as ONNX Runtime does", name => {
    const net = loadOnnx(read(`${name}.onnx`));
    const { x, y, inputs = [x], outputs = [y] } = JSON.parse(read(`${name}.json`).toString());
    const given = inputs.length > 1 ? inputs.map(array) : array(inputs[0]);
    const found = net.predictAll(given);
    expect(found.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }: Numbers) => shape));
    for (const [i, output] of outputs.entries()) expect(farthest(found[i].data, output.data)).toBeLessThan(1e-6);
    expect(said.filter(line => !/has the batch as axis 1/.test(line))).toEqual([]);
    const again = loadModel(net.save()).predictAll(given);
    expect(again.map(({ data }) => data)).toEqual(found.map(({ data }) => data));
  });
});
