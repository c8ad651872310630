/** What `train` does whatever is learned: fits, ends when told, learns anew at several times, and saves. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Stage } from "../forecast/index.ts";
import type { Model } from "../index.ts";
import { saveModelFile } from "../node.ts";
import { replaceFile } from "../replaceFile.ts";
import type { Table } from "../table/index.ts";
import { CliError } from "./error.ts";
import { count, plain } from "./format.ts";
import { type Io, say } from "./io.ts";
import { expectWritable } from "./modelFile.ts";
import { progress } from "./progress.ts";
import type { TrainOptions } from "./trainOptions.ts";

/** The exit code after Ctrl-C. */
export const INTERRUPTED = 130;

interface Told {
  signal: AbortSignal | undefined;
  onStage: ((stage: Stage) => void) | undefined;
}

/** A forecaster, or a classifier. */
interface Learner<Plan, Report, Origin> {
  model: Model;
  fit(
    data: Table,
    more: Told & { weigh: boolean; onPlan: ((plan: Plan) => void) | undefined },
  ): Promise<Report & { aborted: boolean }>;
  backtest(data: Table, more: Told & { origins: number }): Promise<Origin[]>;
}

export interface Learned<Report, Origin> {
  report: Report;
  /** undefined: they were not asked for, or it was ended before them */
  origins: Origin[] | undefined;
  /** Whether Ctrl-C ended it */
  stopped: boolean;
  /** Whether the page was written, if it was asked for */
  hasPage: boolean;
  bytes: number;
  exitCode: number;
}

interface Saved<Report, Origin> {
  /** What the file tells, made when all is learned */
  metadata: (report: Report) => Record<string, unknown>;
  page: (report: Report, origins: Origin[]) => string;
}

/** @throws CliError where a file cannot be written, or would replace another that is needed */
export async function expectOutputs({ out, report }: TrainOptions, data: string): Promise<void> {
  await expectWritable("out", out, data);
  if (report === undefined) return;
  await expectWritable("report", report, data);
  if (resolve(report) === resolve(out))
    throw new CliError(`--report: ${report} is where the model goes; choose another name`);
}

/**
 * Learns from a table, and saves the model and the page.
 *
 * @param introduce tells what will be done, before it is
 * @returns null where Ctrl-C came before there was anything to save, which is said
 */
export async function learnFrom<Plan, Report, Origin>(
  net: Learner<Plan, Report, Origin>,
  table: Table,
  options: TrainOptions,
  io: Io,
  introduce: (plan: Plan) => string,
  saved: Saved<Report, Origin>,
): Promise<Learned<Report, Origin> | null> {
  const signal = io.interrupt?.();
  const bar = progress(io);
  const told: Told = { signal, onStage: options.quiet ? undefined : bar.onStage };
  let report: Report & { aborted: boolean };
  try {
    report = await net.fit(table, {
      ...told,
      weigh: options.report !== undefined,
      onPlan: options.quiet ? undefined : plan => say(io, introduce(plan)),
    });
  } catch (error) {
    if (!signal?.aborted) throw error;
    if (!options.quiet) bar.clear();
    io.stderr.write("wasm-lstm: stopped before the first epoch was done; nothing is saved\n");
    return null;
  }
  const isAsked = options.origins !== undefined && !report.aborted && !signal?.aborted;
  const origins = isAsked ? await net.backtest(table, { ...told, origins: options.origins as number }) : undefined;
  if (!options.quiet) bar.clear();
  net.model.metadata = saved.metadata(report);
  await saveModelFile(net.model, options.out);
  const bytes = statSync(options.out).size;
  const hasPage = options.report !== undefined && (await writePage(io, options, saved.page(report, origins ?? [])));
  const stopped = report.aborted || signal?.aborted === true;
  const failed = options.report !== undefined && !hasPage;
  return { report, origins, stopped, hasPage, bytes, exitCode: stopped ? INTERRUPTED : failed ? 1 : 0 };
}

/** Whether it could be written: the model is saved by now, so that a full disk is no reason to stop. */
async function writePage(io: Io, { report = "", out }: TrainOptions, page: string): Promise<boolean> {
  try {
    await replaceFile(report, new TextEncoder().encode(page));
    return true;
  } catch (error) {
    io.stderr.write(`wasm-lstm: --report: ${plain((error as Error).message)}; the model is saved as ${plain(out)}\n`);
    return false;
  }
}

/** What `--json` tells of it. */
export function learnedJson<Report extends { inputs?: unknown }, Origin>(
  net: { model: Model },
  { report, origins, stopped, hasPage, bytes }: Learned<Report, Origin>,
  options: TrainOptions,
  { notes }: Table,
): object {
  return {
    command: "train",
    model: options.out,
    bytes,
    aborted: stopped,
    ...net.model.metadata,
    ...(origins ? { origins } : {}),
    ...(hasPage ? { report: options.report, inputs: report.inputs } : {}),
    notes,
  };
}

/** "3.1 s, stopped by Ctrl-C" */
export function doneLine<Origin>(
  seconds: number,
  { stopped, origins }: Pick<Learned<unknown, Origin>, "stopped" | "origins">,
  asked: number | undefined,
): string {
  const less = stopped && asked !== undefined ? ` after ${origins?.length ?? 0} of ${count(asked, "origin")}` : "";
  return `done in ${seconds.toFixed(1)} s${stopped ? `, stopped by Ctrl-C${less}` : ""}`;
}
