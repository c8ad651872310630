/** A report beside one that was made before: how many times as fast everything is now. */
import { readFileSync } from "node:fs";
import { describe } from "../../describe.ts";
import { CliError } from "../error.ts";
import type { Row } from "./run.ts";

/** What a row is called in comparisons. */
const nameOf = ({ workload, what }: Pick<Row, "workload" | "what">): string => `${workload} ${what}`;

export interface Before {
  /** What it was made in */
  runtime: string;
  /** Median milliseconds by name */
  ms: ReadonlyMap<string, number>;
}

const isRow = (row: Partial<Row> | null | undefined): row is Row =>
  typeof row?.workload === "string" && typeof row.what === "string" && Number.isFinite(row.ms?.median);

/**
 * Reads what `bench --json` has printed.
 *
 * @throws CliError for a file that is none
 */
export function readReport(path: string): Before {
  let report: { runtime?: unknown; rows?: unknown };
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new CliError(`--compare ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const rows = report?.rows;
  if (!Array.isArray(rows) || rows.length === 0 || !rows.every(isRow)) {
    throw new CliError(`--compare ${path}: expected what wasm-lstm bench --json prints, got ${describe(report)}`);
  }
  return { runtime: String(report.runtime ?? "unknown"), ms: new Map(rows.map(row => [nameOf(row), row.ms.median])) };
}

/** How many times as fast a row is as before; undefined if it was not measured then. */
export function speedup(before: Before, row: Row): number | undefined {
  const ms = before.ms.get(nameOf(row));
  return ms === undefined ? undefined : ms / row.ms.median;
}
