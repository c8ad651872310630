/** `wasm-lstm bench --peers`: tfjs and onnxruntime-web, where the folder has them, on the same workloads. */
import { CliError } from "../error.ts";
import { compare, LOSS_TOLERANCE, type Outcome, TOLERANCE } from "./peers/compare.ts";
import { type Found, findPeers } from "./peers/find.ts";
import { ours } from "./peers/ours.ts";
import type { Checkable, Task } from "./peers/peer.ts";
import { batchProblem, streamProblem } from "./peers/problems.ts";
import { showMs } from "./table.ts";
import type { Workload } from "./workloads.ts";

const OURS = "wasm-lstm";
const WIDTH = 26;

const line = (workload: string, what: string, cells: readonly string[]): string =>
  [workload.padEnd(12), what.padEnd(14), ...cells.map(cell => cell.padStart(WIDTH))].join(" ");

const show = (outcome: Outcome, own: number): string => {
  if (typeof outcome === "number") return `${showMs(outcome)} (${(outcome / own).toPrecision(3)} times)`;
  return outcome.length < WIDTH ? outcome : "see below";
};

export interface PeersRow {
  workload: string;
  what: string;
  /** Median milliseconds by library */
  ms: Record<string, number>;
  /** Why a library has no figure */
  notes: Record<string, string>;
}

/** Whether a library computes something else, or breaks: no limit of it but a fault. */
export const isFault = (note: string): boolean => /^(disagrees|fails)/.test(note);

/**
 * The libraries that a folder has.
 *
 * @throws CliError if there are none
 */
export async function peersOf(folder: string): Promise<Found> {
  const found = await findPeers(folder);
  if (found.peers.length > 0) return found;
  throw new CliError(`--peers: nothing to compare with: ${found.absent.join("; ")}`);
}

/**
 * Runs some workloads on them.
 *
 * @param units sizes of the streams
 * @param milliseconds to spend on each figure
 * @param say prints a line
 */
export async function benchPeers(
  { peers, absent }: Found,
  some: readonly Workload[],
  units: readonly number[],
  milliseconds: number,
  say: (text: string) => void,
): Promise<PeersRow[]> {
  for (const text of absent) say(text);
  say(`\n${line("workload", "what", [`${OURS}, ms`, ...peers.map(({ title, version }) => `${title} ${version}`)])}`);
  const rows: PeersRow[] = [];
  const others = peers.map(({ peer }) => peer);
  const add = async (workload: string, what: string, task: Task, problem: Checkable) => {
    const [own, ...outcomes] = await compare(task, problem, ours, others, milliseconds);
    const row: PeersRow = { workload, what, ms: { [OURS]: own }, notes: {} };
    for (const [i, { title }] of peers.entries()) {
      const outcome = outcomes[i];
      if (typeof outcome === "number") row.ms[title] = outcome;
      else row.notes[title] = outcome;
    }
    rows.push(row);
    say(line(workload, what, [showMs(own), ...outcomes.map(outcome => show(outcome, own))]));
  };
  for (const workload of some) {
    const problem = batchProblem(workload);
    await add(workload.name, "training step", "train", problem);
    await add(workload.name, "inference", "infer", problem);
  }
  for (const H of units) await add(`stream${H}`, "one step", "step", streamProblem(H));
  say("");
  for (const { workload, what, notes } of rows) {
    for (const [title, note] of Object.entries(notes))
      if (note.length >= WIDTH) say(`${workload} ${what}, ${title}: ${note}`);
  }
  say(`medians of rounds in turns, one thread each; times: as long as ${OURS} takes. Before, predictions agreed within ${TOLERANCE},
and the losses of three training steps within ${100 * LOSS_TOLERANCE} %. The table in the README, with PyTorch and Keras, comes from
npm run bench:peers in a checkout of ${OURS}, where each library has a process of its own.`);
  return rows;
}
