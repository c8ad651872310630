/** The packed package in a Next.js application, made by both of its builders: a server and a client component, a Node route, an edge route. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { INSTALL } from "./hosts/host.js";
import { chromium } from "./hosts/index.js";
import body from "./packed/body.js";
import { makeProject } from "./packed/project.js";

const application = fileURLToPath(new URL("../next/", import.meta.url));
const next = join(application, "node_modules/next/dist/bin/next");
const PORT = 4317;
const address = `http://localhost:${PORT}`;
const get = async (path: string): Promise<string> => (await fetch(address + path)).text();

describe("a Next.js application", () => {
  let server: ChildProcess | undefined;
  let log = "";
  let expected: object;

  beforeAll(async () => {
    if (!existsSync(next)) return;
    expected = await body(); // of the sources
    const folder = await makeProject("next");
    const home = join(application, "node_modules/wasm-lstm");
    await rm(home, { recursive: true, force: true });
    await cp(join(folder, "node_modules/wasm-lstm"), home, { recursive: true });
    await copyFile(join(folder, "body.js"), join(application, "body.js"));
  }, 120_000);

  afterEach(() => {
    if (server?.pid) process.kill(-server.pid, "SIGKILL");
    server = undefined;
  });

  const until = async (done: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      if (await done().catch(() => false)) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error(`not done after a minute: ${log}`);
  };

  it.for(["turbopack", "webpack"])("built by %s", { timeout: 600_000 }, async (builder, { skip }) => {
    if (!existsSync(next)) skip("Next.js is not installed: npm --prefix test/next ci --ignore-scripts");
    if (!chromium.installed()) skip(`Chromium is not installed: ${INSTALL}`);
    const env = {
      ...process.env,
      NODE_ENV: "production",
      DIST_DIR: `node_modules/.next-${builder}`,
      NEXT_TELEMETRY_DISABLED: "1",
    } as const;
    await promisify(execFile)(process.execPath, [next, "build", `--${builder}`], { cwd: application, env });
    log = "";
    server = spawn(process.execPath, [next, "start", "-p", String(PORT)], { cwd: application, env, detached: true });
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on("data", chunk => {
        log += chunk;
      });
    }
    await until(async () => (await get("/answer")) === "null");

    const warned = [expect.stringMatching(/^wasm-lstm: threads: 2 asked for, 1 used: edge runtimes have no workers/)];
    for (let i = 0; i < 3; i++) {
      expect(JSON.parse(await get("/api/node"))).toEqual(expected);
      expect(JSON.parse(await get("/api/edge"))).toEqual({
        ...expected,
        threads: 1,
        said: i ? expect.anything() : warned,
      });
    }
    const [, shown] = (await get("/")).match(/<pre>(.*?)<\/pre>/) ?? [];
    expect(JSON.parse(shown.replaceAll("&quot;", '"'))).toEqual(expected);

    const close = chromium.visit(`${address}/client`);
    try {
      await until(async () => (await get("/answer")) !== "null");
    } finally {
      close();
    }
    expect(JSON.parse(await get("/answer"))).toEqual({ value: expected });
    expect(log).not.toMatch(/⨯|error/i);
  });
});
