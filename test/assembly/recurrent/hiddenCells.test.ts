/** The kernels of cells whose only state is h, each buffer guarded, all padding that nobody may use NaN. */
import { afterEach, describe, expect, it } from "vitest";
import { activationKind } from "../../../src/activations.ts";
import type { Kernels } from "../../../src/engine/kernels.ts";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { type HiddenCell, hiddenReference } from "../../reference/hiddenCells.ts";
import { placeFrame, type Ranges } from "./runLstm.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const padded = (n: number) => (n + 3) & ~3;
const zeros = (n: number) => bench.inOut(new Float32Array(n));

interface Kind {
  name: "gru" | "gruResetBefore" | "simpleRnn" | "indRnn";
  cell: HiddenCell;
  /** Slots of a row of gates, and of what is saved. */
  slots: number;
  saved: number;
}

const KINDS: Kind[] = [
  { name: "gru", cell: "gru", slots: 4, saved: 0 },
  { name: "gruResetBefore", cell: "gru", slots: 3, saved: 1 },
  { name: "simpleRnn", cell: "simpleRNN", slots: 1, saved: 0 },
  { name: "indRnn", cell: "indRNN", slots: 1, saved: 0 },
];

interface Sizes {
  N: number;
  T: number;
  C: number;
  H: number;
  mask?: Int32Array | undefined;
}

function randomData(kind: Kind, { N, T, C, H }: Sizes) {
  const random = seeded(N + 10 * T + 100 * C + 1000 * H);
  const G = (kind.cell === "gru" ? 3 : 1) * H;
  return {
    x: random.array(N * T * C),
    kernel: random.array(C * G, 0.8 / Math.sqrt(C)),
    recurrentKernel: random.array(kind.cell === "indRNN" ? H : H * G, 0.8 / Math.sqrt(H)),
    bias: random.array(kind.name === "gru" ? 2 * G : G, 0.5),
    h: random.array(N * H, 0.5),
    outer: random.array(N * T * H),
  };
}

function run(kind: Kind, sizes: Sizes, data: ReturnType<typeof randomData>, keep: boolean, ranges: Ranges) {
  bench.reset();
  const { N, T, C, H } = sizes;
  const P = padded(H);
  const gru = kind.cell === "gru";
  const [kernel, recurrent, bias] = [data.kernel, data.recurrentKernel, data.bias].map(a => bench.input(a));
  const [lengths, order, offsets] = [bench.output(N), bench.output(N), bench.output(T + 1)];
  const [outputs, inputs] = [bench.output(N * T), bench.output(N * T)];
  const mask = sizes.mask ? bench.inputInts(sizes.mask) : 0;
  const R = kernels.recurrentSteps(lengths, order, offsets, outputs, inputs, mask, false, N, T);
  const running = bench.readInts(offsets)[1];

  const inputBias = bench.output((gru ? 3 : 1) * P);
  kernels.recurrentPadGates(inputBias, bias, 1, H, gru ? 3 : 1);
  const recurrentBias = kind.name === "gru" ? bench.output(P) : 0;
  if (recurrentBias) {
    for (const gate of [0, 1]) kernels.add(inputBias + 4 * gate * P, bias + 4 * (3 + gate) * H, H);
    kernels.recurrentPadGates(recurrentBias, bias + 4 * 5 * H, 1, H, 1);
  }
  const perUnit = kind.cell === "indRNN" ? bench.output(P) : 0;
  if (perUnit) kernels.recurrentPadGates(perUnit, recurrent, 1, H, 1);

  const forProducts = gru ? [2, 1] : [1];
  const width = perUnit ? 0 : C; // what stands in the rows of xh; else it is projected beforehand
  const size = (K: number, gates: number) => kernels.packedSize(K, gates * P);
  const packed = bench.output(gru ? size(C + H, 2) + size(C, 1) + size(H, 1) : size(C + H, 1));
  const transposed = bench.output(forProducts.reduce((sum, gates) => sum + kernels.packedSize(gates * P, H), 0));
  if (gru) {
    const candidate = packed + 4 * size(C + H, 2);
    kernels.recurrentPackPart(packed, kernel, C, recurrent, H, H, 2, 3, false);
    kernels.recurrentPackPart(candidate, kernel + 8 * H, C, 0, 0, H, 1, 3, false);
    kernels.recurrentPackPart(candidate + 4 * size(C, 1), 0, 0, recurrent + 8 * H, H, H, 1, 3, false);
    kernels.recurrentPackTransposedPart(transposed, recurrent, H, H, 2, 3);
    const at = transposed + 4 * kernels.packedSize(2 * P, H);
    kernels.recurrentPackTransposedPart(at, recurrent + 8 * H, H, H, 1, 3);
  } else {
    kernels.recurrentPack(packed, kernel, C, perUnit ? 0 : recurrent, perUnit ? 0 : H, H, 1, false);
    if (!perUnit) kernels.recurrentPackTransposed(transposed, recurrent, H, H, 1);
  }

  const S = padded(width) + P;
  const xh = bench.output((R + N) * S);
  const x = bench.input(data.x);
  if (width) kernels.gatherRows(xh + 4 * (padded(C) - C), S, x, C, inputs, R, C);
  const h0 = bench.input(data.h);
  for (const [row, from, to] of [
    [0, 0, running],
    [R + running, running, N],
  ]) {
    const at = xh + 4 * (row * S + padded(width));
    kernels.copyRows(at, S, zeros(N * P), P, to - from, P);
    kernels.gatherRows(at, S, h0, H, order + 4 * from, to - from, H);
  }
  const slots = keep || perUnit ? R : N;
  const [gates, saved] = [bench.output(slots * kind.slots * P), bench.output(slots * kind.saved * P)];
  if (perUnit) {
    const rows = bench.output(R * C);
    kernels.gatherRows(rows, C, x, C, inputs, R, C);
    kernels.product(gates, P, inputBias, 0, rows, C, packed, R, P, C);
  }
  const frame = {
    T,
    from: 0,
    to: T,
    last: R,
    C: width,
    ahead: Number(perUnit > 0),
    H,
    F: H,
    offsets,
    outputs,
    activation: activationKind("tanh"),
    recurrentActivation: activationKind("sigmoid"),
    forBackward: Number(keep),
    xh,
    gates,
    saved,
    bias: inputBias,
    recurrentBias,
    perUnit,
    packed,
  };
  const call = (name: keyof Kernels, words: typeof frame) => {
    const kernel = kernels[name] as (frame: number, begin: number, end: number) => void;
    for (const [begin, end] of ranges) kernel(placeFrame(bench, words), begin, end);
  };
  call(`${kind.name}Forward`, frame);
  const states = zeros(N * T * H);
  kernels.recurrentOutputs(states, placeFrame(bench, frame));
  const last = bench.output(N * H);
  kernels.scatterRows(last, H, xh + 4 * (R * S + padded(width)), S, order, N, H);
  if (!keep) return { states: bench.read(states), last: bench.read(last) };
  const dh = zeros(N * P);
  const back = { dh, dState: 0, dOutput: bench.input(data.outer), packedTransposed: transposed, initial: 1 };
  call(`${kind.name}Backward`, { ...frame, ...back });
  const dh0 = bench.output(N * H);
  kernels.scatterRows(dh0, H, dh, P, order, N, H);
  return { states: bench.read(states), last: bench.read(last), dh0: bench.read(dh0), dz: bench.read(gates) };
}

describe.each(KINDS)("$name", kind => {
  const masked = Int32Array.from({ length: 9 * 4 }, (_, i) => Number((5 * i) % 7 > 2));
  masked.fill(0, 8, 12);

  it.each<Sizes>([
    { N: 1, T: 1, C: 1, H: 1 },
    { N: 3, T: 4, C: 3, H: 5 },
    { N: 5, T: 3, C: 8, H: 4 },
    { N: 9, T: 4, C: 5, H: 9, mask: masked },
    { N: 66, T: 2, C: 5, H: 12 },
    { N: 4, T: 2, C: 3, H: 21 },
  ])("equals the reference, with and without keep: %j", sizes => {
    const data = randomData(kind, sizes);
    const { N } = sizes;
    const kept = run(kind, sizes, data, true, [[0, N]]);
    const options = {
      activation: "tanh",
      resetAfter: kind.name === "gru",
      returnSequences: true,
      zeroOutputForMask: true,
      mask: sizes.mask,
    } as const;
    const { outer, ...values } = data;
    const expected = hiddenReference(kind.cell, sizes, options)(values);
    const close = { relative: 3e-6, absolute: 2e-6 };
    expectClose(kept.states, expected.outputs[0], close, "states");
    expectClose(kept.last, expected.outputs[1], close, "last");
    expectClose(kept.dh0 ?? [], expected.gradients([outer]).h ?? [], { relative: 1e-5, absolute: 4e-6 }, "dh0");
    const passing = run(kind, sizes, data, false, [[0, N]]);
    expect(passing).toEqual({ states: kept.states, last: kept.last });
  });

  it.each([[undefined], [masked]])("gives the same bits in ranges of places", mask => {
    const sizes = { N: 9, T: 4, C: 3, H: 7, mask };
    const data = randomData(kind, sizes);
    const whole = run(kind, sizes, data, true, [[0, 9]]);
    const ranges: Ranges = [
      [6, 9],
      [0, 1],
      [1, 6],
    ];
    expect(run(kind, sizes, data, true, ranges)).toEqual(whole);
    expect(run(kind, sizes, data, false, ranges)).toEqual({ states: whole.states, last: whole.last });
  });

  it("NaN in an input stays in its row, and starts at its step", () => {
    const sizes = { N: 6, T: 3, C: 4, H: 5 };
    const data = randomData(kind, sizes);
    data.x[(4 * 3 + 1) * 4 + 2] = Number.NaN; // row 4, step 1
    const spoiled = [...run(kind, sizes, data, false, [[0, 6]]).states].map(Number.isNaN);
    expect(spoiled).toEqual(spoiled.map((_, i) => Math.floor(i / 15) === 4 && i % 15 >= 5));
  });
});
