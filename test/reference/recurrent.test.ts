/** The reference's gradients through time against central differences, with random outer gradients. */
import { describe, expect, it } from "vitest";
import { type Random, seeded } from "../helpers/random.ts";
import { activations } from "./activations.ts";
import { bidirectionalBackward, bidirectionalForward } from "./bidirectional.ts";
import { type Arrays, dot, expectGradients } from "./checkGradients.ts";
import { type LstmOptions, type LstmSizes, lstmBackward, lstmForward } from "./lstm.ts";

function lstmArrays(random: Random, { N, C, H }: LstmSizes) {
  return {
    kernel: random.array(C * 4 * H, 0.7),
    recurrentKernel: random.array(H * 4 * H, 0.7),
    bias: random.array(4 * H, 0.5),
    h: random.array(N * H),
    c: random.array(N * H),
  };
}

const usual: LstmSizes = { N: 3, T: 4, C: 2, H: 3 };
const variants: [string, LstmSizes, LstmOptions & { useBias?: boolean }][] = [
  ["last output", usual, {}],
  ["sequences", usual, { returnSequences: true }],
  ["backwards", usual, { goBackwards: true }],
  ["backwards, sequences", usual, { goBackwards: true, returnSequences: true }],
  ["without bias", usual, { useBias: false }],
  ["all sizes 1", { N: 1, T: 1, C: 1, H: 1 }, {}],
  ["C > H, one sequence", { N: 1, T: 3, C: 5, H: 2 }, { returnSequences: true }],
  ...activations.map((activation): (typeof variants)[0] => [`activation ${activation}`, usual, { activation }]),
  ...(["hardSigmoid", "tanh", "linear"] as const).map((recurrentActivation): (typeof variants)[0] => [
    `recurrentActivation ${recurrentActivation}`,
    usual,
    { recurrentActivation, returnSequences: true },
  ]),
];

describe("lstm", () => {
  it.each(variants)("%s", (_, sizes, { useBias = true, ...options }) => {
    const random = seeded(5);
    const { N, T, C, H } = sizes;
    const { bias, ...rest } = lstmArrays(random, sizes);
    const inputs: Arrays = { x: random.array(N * T * C), ...rest, ...(useBias ? { bias } : {}) };
    const weightsOf = (i: Arrays) => ({
      kernel: i.kernel,
      recurrentKernel: i.recurrentKernel,
      bias: useBias ? i.bias : null,
    });
    const run = (i: Arrays) => lstmForward(i.x, weightsOf(i), { h: i.h, c: i.c }, sizes, options);
    const result = run(inputs);
    const all = { output: random.array(result.output.length), h: random.array(N * H), c: random.array(N * H) };
    for (const outer of [all, { output: all.output }, { h: all.h }, { c: all.c }] as Partial<typeof all>[]) {
      const g = lstmBackward(outer, result, inputs.x, weightsOf(inputs), sizes, options);
      expect(g.dBias === null).toBe(!useBias);
      const loss = (i: Arrays) => {
        const r = run(i);
        return dot(outer.output ?? [], r.output) + dot(outer.h ?? [], r.h) + dot(outer.c ?? [], r.c);
      };
      const { dx: x, dKernel: kernel, dRecurrentKernel: recurrentKernel, dBias, dh0: h, dc0: c } = g;
      expectGradients<Arrays>(inputs, loss, { x, kernel, recurrentKernel, bias: dBias, h, c });
    }
  });

  it("takes null as a state of zeros, and ends where its last output is", () => {
    const random = seeded(6);
    const { h: _h, c: _c, ...weights } = lstmArrays(random, usual);
    const { N, T, C, H } = usual;
    const x = random.array(N * T * C);
    const zeros = new Float64Array(N * H);
    const last = lstmForward(x, weights, null, usual);
    const all = lstmForward(x, weights, { h: zeros, c: zeros }, usual, { returnSequences: true });
    expect(last.output).toEqual(last.h);
    for (let n = 0; n < N; n++) {
      const end = (n * T + T) * H;
      expect(all.output.slice(end - H, end)).toEqual(last.h.slice(n * H, n * H + H));
    }
  });
});

describe("bidirectional", () => {
  it.each([false, true])("returnSequences %s", returnSequences => {
    const random = seeded(7);
    const { N, T, C, H } = usual;
    const inputs: Arrays = { x: random.array(N * T * C) };
    for (const direction of ["forward", "backward"]) {
      for (const [name, value] of Object.entries(lstmArrays(random, usual))) inputs[`${direction}.${name}`] = value;
    }
    const part = (i: Arrays, d: string) => ({
      kernel: i[`${d}.kernel`],
      recurrentKernel: i[`${d}.recurrentKernel`],
      bias: i[`${d}.bias`],
    });
    const weightsOf = (i: Arrays) => ({ forward: part(i, "forward"), backward: part(i, "backward") });
    const stateOf = (i: Arrays, d: string) => ({ h: i[`${d}.h`], c: i[`${d}.c`] });
    const run = (i: Arrays) => {
      const initial = { forward: stateOf(i, "forward"), backward: stateOf(i, "backward") };
      return bidirectionalForward(i.x, weightsOf(i), initial, usual, { returnSequences });
    };
    const result = run(inputs);
    const outerState = () => ({ h: random.array(N * H), c: random.array(N * H) });
    const outer = { output: random.array(result.output.length), forward: outerState(), backward: outerState() };
    const g = bidirectionalBackward(outer, result, inputs.x, weightsOf(inputs), usual, { returnSequences });
    const gradients: Record<string, Float64Array | null> = { x: g.dx };
    for (const direction of ["forward", "backward"] as const) {
      const { dKernel, dRecurrentKernel, dBias, dh0, dc0 } = g[direction];
      const named = { kernel: dKernel, recurrentKernel: dRecurrentKernel, bias: dBias, h: dh0, c: dc0 };
      for (const [name, gradient] of Object.entries(named)) gradients[`${direction}.${name}`] = gradient;
    }
    const loss = (i: Arrays) => {
      const { output, forward, backward } = run(i);
      const states = (d: "forward" | "backward", r: typeof forward) => dot(outer[d].h, r.h) + dot(outer[d].c, r.c);
      return dot(outer.output, output) + states("forward", forward) + states("backward", backward);
    };
    expectGradients(inputs, loss, gradients);
  });
});
