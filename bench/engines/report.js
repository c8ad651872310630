// The benchmark's rows, for whatever runtime test/runtimes starts with it.
import { runBench, runtimeName, streamUnits, workloads } from "../../dist/cli/bench/engine.js";

/**
 * @typedef {{ only: string[], milliseconds: number }} ReportOptions names of workloads; what a figure takes
 * @typedef {{ runtime: string } & import("../../dist/cli/bench/engine.js").Report} EngineReport
 */

/** @param {ReportOptions} options @returns {EngineReport} */
export default function report({ only, milliseconds }) {
  const some = workloads.filter(({ name }) => only.includes(name));
  const units = streamUnits.filter(H => only.includes(`stream${H}`));
  return { runtime: runtimeName(), ...runBench(some, units, milliseconds) };
}
