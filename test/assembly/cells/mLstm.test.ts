/** The mLSTM's kernels, each buffer guarded: its scratch is as large as they say. */
import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { placeFrame } from "../recurrent/runLstm.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const SLOTS = 8;
const padded = (n: number) => (n + 3) & ~3;
const zeros = (n: number) => bench.inOut(new Float32Array(n));

/** One sequence from zeros, its gates random numbers; backward from random gradients of the outputs. */
function run(T: number, H: number, heads: number, keep: boolean) {
  bench.reset();
  const [D, P, G] = [H / heads, padded(H), padded(4 * H + 2 * heads)];
  const random = seeded(T + 10 * H);
  const stateRow = padded(H * D) + P + padded(heads);
  const every = kernels.mLstmStepsTogether();
  const scratchRow = kernels.mLstmScratch(D, every);
  const snapshotRow = Math.ceil(T / every) * padded(H * D);
  const offsets = bench.inputInts(Int32Array.from({ length: T + 1 }, (_, t) => t));
  const outputs = bench.inputInts(Int32Array.from({ length: T }, (_, t) => t));
  const [gates, xh] = [bench.inOut(random.array(T * G)), zeros((T + 1) * P)];
  const words = {
    ...{ T, to: T, last: T, H, F: H, heads, gatesRow: G, stateRow, ahead: 1, forBackward: Number(keep), every },
    ...{ offsets, outputs, gates, xh, state: zeros(stateRow), saved: bench.output((keep ? T : 1) * SLOTS * P) },
    ...{ snapshots: bench.output(snapshotRow), snapshotRow },
    ...{ scratch: keep ? bench.output(scratchRow) : 0, scratchRow },
  };
  kernels.mLstmForward(placeFrame(bench, words), 0, 1);
  const h = bench.read(xh).slice(P);
  const state = bench.read(words.state);
  if (!keep) return { h, state };
  const back = { dh: zeros(P), dState: zeros(stateRow), dOutput: bench.input(random.array(T * H)), initial: 1 };
  kernels.mLstmBackward(placeFrame(bench, { ...words, ...back }), 0, 1);
  return { h, state, dz: bench.read(gates), dState: bench.read(back.dState) };
}

describe.each([
  [8, 1],
  [6, 2],
  [20, 4],
  [9, 1],
])("%i units in %i heads", (H, heads) => {
  const together = kernels.mLstmStepsTogether();

  it.each([1, 5, together, together + 1, 2 * together + 7])("%i steps together are those one by one", T => {
    const chunks = run(T, H, heads, true);
    const steps = run(T, H, heads, false);
    expectClose(chunks.h, steps.h, { relative: 1e-4, absolute: 1e-5 });
    expectClose(chunks.state, steps.state, { relative: 1e-4, absolute: 1e-5 });
    expect([...(chunks.dz ?? []), ...(chunks.dState ?? [])].findIndex(Number.isNaN)).toBe(-1);
  });
});
