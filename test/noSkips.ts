/** Where tests must all run, as under `.ci/run`, one that was skipped is a failure: a green run may not hide it. */
import type { Reporter, TestCase } from "vitest/node";

export class NoSkips implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== "skipped") return;
    console.error(`skipped, where all tests must run: ${test.module.moduleId}: ${test.fullName}`);
    process.exitCode = 1;
  }
}
