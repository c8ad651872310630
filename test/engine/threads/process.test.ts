/** What the build does to the process that uses it. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const setUp = `
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 2 } });
  const { layers, sequential } = await import(${JSON.stringify(new URL("../../../dist/index.js", import.meta.url).href)});
  const make = () => sequential([layers.lstm({ units: 4, inputShape: [3, 2] })], { threads: 2 });
`;

function run(script: string, ...flags: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, "--input-type=module", "--eval", setUp + script],
    { encoding: "utf8", timeout: 50_000 },
  );
  return { status, signal, stdout: stdout.trim(), stderr: stderr.trim() };
}

const wellEnded = (stdout: string) => ({ status: 0, signal: null, stdout, stderr: "" });

describe("a process with a model on two threads ends by itself", () => {
  it("while the workers are still starting", () => {
    expect(run("console.log(make().threads)")).toEqual(wellEnded("2"));
  });

  it("right after a fit", () => {
    const script = `
      const net = make();
      net.compile({ loss: "meanSquaredError" });
      const { stopReason } = await net.fit([[[1, 2], [3, 4], [5, 6]]], [[1, 2, 3, 4]], { verbose: 0 });
      console.log(net.threads, stopReason);
    `;
    expect(run(script)).toEqual(wellEnded("2 completed"));
  });
});

describe("a model that nobody holds any more", () => {
  it("takes its workers with it", () => {
    const script = `
      let ended = 0;
      process.on("worker", worker => worker.on("exit", () => ended++));
      for (let i = 0; i < 3; i++) await make().ready();
      const next = () => new Promise(resolve => setTimeout(resolve, 5));
      for (let i = 0; ended < 2 && i < 5000; i++) {
        gc();
        await next();
      }
      console.log(ended >= 2);
    `;
    expect(run(script, "--expose-gc")).toEqual(wellEnded("true"));
  });
});
