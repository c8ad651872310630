/** Training that is killed goes on from its last checkpoint to the bits of a run that never stopped. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const EPOCHS = "90";
const KILLS = 10;
const script = join(import.meta.dirname, "train.js");
const root = mkdtempSync(join(tmpdir(), "killed-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the training, and kills it somewhere in an epoch after so many; true if it came to its end. */
function run(folder: string, kind: string, killAfter = Number.POSITIVE_INFINITY): Promise<boolean> {
  const child = spawn(process.execPath, [script, folder, kind, EPOCHS], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let epochs = 0;
    child.stdout.on("data", text => {
      epochs += String(text).split("\n").length - 1;
      if (epochs > killAfter) setTimeout(() => child.kill("SIGKILL"), Math.random() * 12);
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code) reject(new Error(`exit code ${code}`));
      else resolve(signal === null);
    });
  });
}

describe.each(["arrays", "generator"])("training from %s", kind => {
  it("is killed ten times, and ends as if it had never been", { timeout: 300_000 }, async () => {
    const [whole, cut] = ["whole", "cut"].map(name => mkdtempSync(join(root, `${kind}-${name}-`)));
    expect(await run(whole, kind)).toBe(true);
    for (let kill = 0; kill < KILLS; kill++) expect(await run(cut, kind, Math.floor(Math.random() * 6))).toBe(false);
    expect(readFileSync(join(cut, "log.csv"), "utf8").split("\n").length).toBeGreaterThan(8);
    expect(await run(cut, kind)).toBe(true);
    const read = (folder: string, name: string) => readFileSync(join(folder, name));
    expect(read(cut, "weights").equals(read(whole, "weights"))).toBe(true);
    expect(JSON.parse(read(cut, "history.json").toString())).toEqual(
      JSON.parse(read(whole, "history.json").toString()),
    );
    expect(read(cut, "log.csv").toString()).toBe(read(whole, "log.csv").toString());
  });
});
