/** Operators that `wasm-lstm/operators` brings, against their sums written out. */
import { describe, expect, it } from "vitest";
import { loadOnnx } from "../../../src/interchange/index.ts";
import type { TensorProto } from "../../../src/interchange/onnx/schema.ts";
import { numbers } from "../../helpers/models.ts";
import { bytesOf, floats, load, node, whole } from "./nodes.ts";

const [N, T, C] = [2, 4, 3];
const x = numbers([N, T, C]);
const at = (n: number, t: number, c: number): number => x.data[(n * T + t) * C + c];
const scalar = (name: string, value: number): TensorProto => ({ name, dims: [], data_type: 7, int64_data: [value] });

/** All numbers of a shape, by their places. */
function every(shape: readonly number[], of: (...place: number[]) => number): number[] {
  const [size, ...inner] = shape;
  if (size === undefined) return [of()];
  return Array.from({ length: size }, (_, i) => every(inner, (...place) => of(i, ...place))).flat();
}
const total = (size: number, of: (i: number) => number): number =>
  Array.from({ length: size }, (_, i) => of(i)).reduce((a, b) => a + b, 0);

function expectNumbers(
  found: { shape: readonly number[]; data: ArrayLike<number> },
  shape: number[],
  wanted: number[],
) {
  expect(found.shape).toEqual(shape);
  expect(found.data.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found.data[i]).toBeCloseTo(value, 5);
}

describe("Einsum", () => {
  const inputs = { x: ["N", "T", C] };
  const w = (...place: number[]) => 0.1 * (1 + place.reduce((index, i, axis) => index * [C, 2, 5][axis] + i, 0));

  it.each<[string, string[], number[], (...place: number[]) => number]>([
    ["ntc->nct", ["z"], [N, C, T], (n, c, t) => at(n, t, c)],
    ["ntc, ch -> nth", ["z", "two"], [N, T, 2], (n, t, h) => total(C, c => at(n, t, c) * 0.1 * (1 + c * 2 + h))],
    ["ch,ntc->nth", ["two", "z"], [N, T, 2], (n, t, h) => total(C, c => at(n, t, c) * 0.1 * (1 + c * 2 + h))],
    ["ntc,chd->nhtd", ["z", "three"], [N, 2, T, 5], (n, h, t, d) => total(C, c => at(n, t, c) * w(c, h, d))],
    ["nqc,nkc->nqk", ["z", "z"], [N, T, T], (n, q, k) => total(C, c => at(n, q, c) * at(n, k, c))],
    ["nta,ntb->nba", ["z", "z"], [N, C, C], (n, b, a) => total(T, t => at(n, t, a) * at(n, t, b))],
  ])("%s", (equation, operands, shape, of) => {
    const constants = [floats("two", [C, 2]), floats("three", [C, 2, 5])];
    const nodes = [node("Neg", ["x"], ["m"]), node("Neg", ["m"], ["z"]), node("Einsum", operands, ["y"], { equation })];
    expectNumbers(loadOnnx(bytesOf({ nodes, constants, inputs })).predict(x), shape, every(shape, of));
  });

  it("of several axes at once", () => {
    const nodes = [
      node("Einsum", ["x", "three"], ["heads"], { equation: "ntc,chd->nthd" }),
      node("Einsum", ["heads", "out"], ["y"], { equation: "nthd,hdo->nto" }),
    ];
    const constants = [floats("three", [C, 2, 5]), floats("out", [2, 5, 4], 0.01)];
    const y = loadOnnx(bytesOf({ nodes, constants, inputs })).predict(x);
    const out = (h: number, d: number, o: number) => 0.01 * (1 + (h * 5 + d) * 4 + o);
    const wanted = every([N, T, 4], (n, t, o) =>
      total(10, i => total(C, c => at(n, t, c) * w(c, Math.floor(i / 5), i % 5)) * out(Math.floor(i / 5), i % 5, o)),
    );
    expectNumbers(y, [N, T, 4], wanted);
  });

  it.each([
    ["ntc,ntc->ntc", ["x", "x"]],
    ["ntc->n", ["x"]],
    ["ntt->nt", ["x"]],
    ["...c,ch->...h", ["x", "two"]],
    ["ntc,ch", ["x", "two"]],
    ["ntc,cc->ntc", ["x", "two"]],
    ["ntc,chd->nth", ["x", "three"]],
    ["ntc->ntcz", ["x"]],
  ])("%s is refused", (equation, operands) => {
    const constants = [floats("two", [C, 2]), floats("three", [C, 2, 5])];
    expect(load({ nodes: [node("Einsum", operands, ["y"], { equation })], constants, inputs })).toThrow(
      `Einsum "it": equation ${equation}: transposes, products with a constant and of each pair of matrices are read`,
    );
  });
});

describe("CumSum", () => {
  const sums = (axis: number, attributes: object, steps: number | string, width: number | string = C) =>
    loadOnnx(
      bytesOf({
        nodes: [node("CumSum", ["x", "axis"], ["y"], { ...attributes })],
        constants: [scalar("axis", axis)],
        inputs: { x: ["N", steps, width] },
      }),
    ).predict(x);
  /** Of an axis, with the elements that count. */
  const wanted = (axis: number, counts: (own: number, other: number) => boolean): number[] =>
    every([N, T, C], (n, t, c) =>
      axis === 1 ? total(T, i => (counts(t, i) ? at(n, i, c) : 0)) : total(C, i => (counts(c, i) ? at(n, t, i) : 0)),
    );

  it.each([T, "T"])("of %s steps", steps => {
    expectNumbers(
      sums(1, {}, steps),
      [N, T, C],
      wanted(1, (own, other) => other <= own),
    );
    expectNumbers(
      sums(-2, { reverse: 1 }, steps),
      [N, T, C],
      wanted(1, (own, other) => other >= own),
    );
    expectNumbers(
      sums(2, { exclusive: 1 }, steps),
      [N, T, C],
      wanted(2, (own, other) => other < own),
    );
  });

  it("without the step itself, of steps that are known", () => {
    expectNumbers(
      sums(1, { exclusive: 1 }, T),
      [N, T, C],
      wanted(1, (own, other) => other < own),
    );
    expectNumbers(
      sums(1, { exclusive: 1, reverse: 1 }, T),
      [N, T, C],
      wanted(1, (own, other) => other > own),
    );
    expect(() => sums(1, { exclusive: 1 }, "T")).toThrow(/CumSum "it": of an axis of any length: sums of the steps/);
    expect(() => sums(0, {}, "T")).toThrow(/CumSum "it": over the batch's axis/);
  });
});

describe("OneHot", () => {
  const rows = (attributes: object, depth = 5) =>
    loadOnnx(
      bytesOf({
        nodes: [node("OneHot", ["i", "depth", "values"], ["y"], { ...attributes })],
        constants: [scalar("depth", depth), { name: "values", dims: [2], data_type: 1, float_data: [-1, 2] }],
        inputs: { i: ["N", "T"] },
        ids: ["i"],
      }),
    );

  it("has a row for each id", () => {
    const y = rows({}).predict([[0, 4, 2]]);
    const wanted = every([1, 3, 5], (_, t, k) => (k === [0, 4, 2][t] ? 2 : -1));
    expectNumbers(y, [1, 3, 5], wanted);
  });

  it("refuses other axes and depths", () => {
    expect(() => rows({ axis: 1 })).toThrow(/OneHot "it": axis: ones along the last axis are read/);
    expect(() => rows({}, 100_000)).toThrow(/OneHot "it": depth 100000: expected 1 to 2048/);
  });
});

describe("SplitToSequence", () => {
  const inputs = { x: ["N", "T", C] };

  it("is picked from by SequenceAt", () => {
    const nodes = [
      node("SplitToSequence", ["x"], ["list"], { axis: 2, keepdims: 0 }),
      node("SequenceAt", ["list", "last"], ["a"]),
      node("SplitToSequence", ["x", "one"], ["parts"], { axis: 1, keepdims: 0 }),
      node("SequenceAt", ["parts", "first"], ["b"]),
      node("Einsum", ["a"], ["c"], { equation: "nt->tn" }),
      node("Einsum", ["c"], ["d"], { equation: "tn->nt" }),
      node("Unsqueeze", ["d", "axis"], ["e"]),
      node("Add", ["e", "b"], ["y"]),
    ];
    const constants = [scalar("last", -1), scalar("first", 0), scalar("one", 1), whole("axis", [2])];
    const y = loadOnnx(bytesOf({ nodes, constants, inputs })).predict(x);
    expectNumbers(
      y,
      [N, T, C],
      every([N, T, C], (n, t, c) => at(n, t, 2) + at(n, 0, c)),
    );
  });

  it("is refused where it is no list of single elements, or is taken for a tensor", () => {
    const split = node("SplitToSequence", ["x", "two"], ["list"], { axis: 1 });
    expect(load({ nodes: [split], constants: [scalar("two", 2)], inputs, output: "list" })).toThrow(
      /SplitToSequence "it": split: parts of one element are read/,
    );
    const whole = node("SplitToSequence", ["x"], ["list"], { axis: 1 });
    expect(load({ nodes: [whole], inputs, output: "list" })).toThrow(/output "list": it is a constant/);
    expect(load({ nodes: [whole, node("Tanh", ["list"], ["y"])], inputs })).toThrow(/Tanh "it": .*got a constant/);
    expect(load({ nodes: [node("SequenceAt", ["x", "two"], ["y"])], constants: [scalar("two", 2)], inputs })).toThrow(
      /SequenceAt "it": expected a list that SplitToSequence made/,
    );
  });
});
