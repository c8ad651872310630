/** Modules of tutorials, stepped by hand: a stream prints output and states step by step, and they are what the formulas give. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type CustomCell, defineCell, layers, ops, sequential } from "../../src/index.ts";
import { numbers, scramble } from "../helpers/models.ts";

type Row = readonly number[];
type Weights = Record<string, Row>;
type Step = (x: Row, states: Record<string, Row>, weights: Weights) => { output: Row; states: Record<string, Row> };

const [C, H, OUT, T] = [3, 4, 2, 5];
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const relu = (z: number): number => Math.max(0, z);

/** x·matrix + bias in float64. */
const linear = (x: Row, matrix: Row, bias: Row): number[] =>
  bias.map((b, k) => x.reduce((sum, value, j) => sum + value * matrix[j * bias.length + k], b));

/** An RNN whose second output map, h2o, is made and then overwritten by the third, i2o. */
const rnnModule = defineCell({
  name: "rnnModule",
  weights: ({ features, units }) => ({
    i2h: [features + units, units],
    i2hBias: [units],
    i2o: [features + units, OUT],
    i2oBias: [OUT],
    h2o: [units, OUT],
    h2oBias: [OUT],
  }),
  states: ({ units }) => ({ h: units }),
  outputSize: () => OUT,
  step({ x, states, weights: w }) {
    const both = ops.concat([x, states.h]);
    const h = ops.matmul(both, w.i2h, w.i2hBias);
    let output = ops.matmul(h, w.h2o, w.h2oBias);
    output = ops.matmul(both, w.i2o, w.i2oBias);
    return { output, states: { h } };
  },
});

let gatedRelu: CustomCell;
let threeMaps: (outputs: number) => CustomCell;
beforeAll(async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const example = (name: string) => import(new URL(`../../examples/custom-cells/${name}.js`, import.meta.url).href);
  ({ gatedRelu } = await example("gated-relu"));
  ({ threeMaps } = await example("three-maps"));
  log.mockRestore();
});

const modules: Record<string, { cell: () => CustomCell; states: string[]; step: Step }> = {
  "an RNN of i2h, i2o and h2o": {
    cell: () => rnnModule,
    states: ["h"],
    step: (x, { h }, w) => {
      const both = [...x, ...h];
      return { output: linear(both, w.i2o, w.i2oBias), states: { h: linear(both, w.i2h, w.i2hBias) } };
    },
  },
  "an LSTM of i2h, fc and h2o": {
    cell: () => threeMaps(OUT),
    states: ["h"],
    step: (x, { h }, w) => {
      const [a, b] = [linear([...x, ...h], w.i2h, w.i2hBias), linear(h, w.fc, w.fcBias)];
      const next = a.map((value, j) => Math.tanh(value * sigmoid(value) + b[j] * sigmoid(b[j])));
      return { output: linear(next, w.h2o, w.h2oBias), states: { h: next } };
    },
  },
  "a cell with a relu candidate whose gates see candidate and output": {
    cell: () => gatedRelu,
    states: ["y", "c"],
    step: (x, { y, c }, w) => {
      const h = linear(x, w.Wx, w.bx).map(relu);
      const [f, i] = [linear([...h, ...y], w.Wf, w.bf), linear([...h, ...y], w.Wg, w.bg)].map(z => z.map(sigmoid));
      const candidate = linear(x, w.Wi, w.bi).map(relu);
      const next = c.map((cell, j) => f[j] * cell + i[j] * candidate[j]);
      const output = linear([...h, ...next], w.Wo, w.bo).map(sigmoid);
      return { output, states: { y: output, c: next } };
    },
  },
};

describe.each(Object.entries(modules))("%s", (_, { cell, states, step }) => {
  const show = (rows: Record<string, ArrayLike<number>>): string =>
    Object.entries(rows)
      .map(
        ([name, row]) => `${name} ${Array.from(row, value => value.toFixed(4).replace("-0.0000", "0.0000")).join(" ")}`,
      )
      .join("  ");

  it("prints the output and states of each step that its formulas give", () => {
    const net = sequential([layers.rnn(cell(), { units: H, inputShape: [null, C], returnSequences: true })]);
    scramble(net);
    const names = net.network.plan.specs.map(spec => spec.name);
    const weights = Object.fromEntries(net.getWeights().map(({ data }, i) => [names[i], [...data]]));
    const stream = net.stream();
    const { data } = numbers([T, C], 5);
    let by: Record<string, Row> = Object.fromEntries(states.map(name => [name, new Array(H).fill(0)]));
    const printed: string[] = [];
    for (let t = 0; t < T; t++) {
      const x = [...data.slice(t * C, (t + 1) * C)];
      const output = stream.step(x);
      const [kept] = Object.values(stream.state);
      const line = { output, ...Object.fromEntries(states.map((name, i) => [name, kept[i]])) };
      printed.push(show(line));
      const wanted = step(x, by, weights);
      by = wanted.states;
      for (const [name, row] of Object.entries({ output: wanted.output, ...by })) {
        for (const [j, value] of row.entries()) expect(line[name as "output"][j]).toBeCloseTo(value, 5);
      }
      expect(printed[t].split("  ").map(part => part.split(" ")[0])).toEqual(["output", ...states]);
    }
    expect(new Set(printed).size).toBe(T);
    stream.reset();
    expect(
      Object.values(stream.state)[0]
        .flat()
        .every(value => value === 0),
    ).toBe(true);
  });
});

it("what is overwritten learns nothing: the gradient of h2o is 0", () => {
  const net = sequential([layers.rnn(rnnModule, { units: H, inputShape: [T, C] })]);
  scramble(net);
  net.compile({ loss: "mse" });
  const gradients = net.gradients(numbers([2, T, C]), numbers([2, OUT], 3));
  const names = net.network.plan.specs.map(spec => spec.name);
  const largest = Object.fromEntries(gradients.map(({ data }, i) => [names[i], Math.max(...data.map(Math.abs))]));
  expect(largest).toMatchObject({ h2o: 0, h2oBias: 0 });
  expect(largest.i2h).toBeGreaterThan(0);
  expect(largest.i2o).toBeGreaterThan(0);
});
