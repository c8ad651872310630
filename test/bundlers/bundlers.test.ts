/** Bundles of the packed package, as each bundler makes them without configuration, run on pages that may share memory and on plain ones. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { INSTALL, type PageHost } from "../runtimes/hosts/host.js";
import { bun, chromium, firefox, webkit } from "../runtimes/hosts/index.js";
import { serve } from "../runtimes/hosts/serve.js";
import body from "../runtimes/packed/body.js";
import { makeProject } from "../runtimes/packed/project.js";
import { bundlers, commands, developmentServer } from "./bundlers.js";

const installed = existsSync(new URL("node_modules/esbuild", import.meta.url));
const missing = (host?: { installed(): boolean }): string | false =>
  (!installed && "bundlers are not installed: npm --prefix test/bundlers ci --ignore-scripts") ||
  (host !== undefined && !host.installed() && `not installed: ${INSTALL}`);

let folder: string;
let onTwoThreads: object;
let onOne: object;
beforeAll(async () => {
  onTwoThreads = await body(); // of the sources
  onOne = { ...onTwoThreads, threads: 1, said: [expect.stringMatching(/^wasm-lstm: threads: 2 asked for, 1 used: /)] };
  folder = await makeProject("bundled");
}, 120_000);

/** What the program says on a page. */
async function visit(host: PageHost, address: string, answer: Promise<{ value?: object; error?: string }>) {
  const close = host.visit(address);
  try {
    const { value, error } = await answer;
    if (error) throw new Error(error);
    return value;
  } finally {
    close();
  }
}

async function onPage(host: PageHost, root: string, isolated: boolean) {
  const server = await serve(root, { isolated });
  const timeout = setTimeout(() => server.fail(new Error("no answer after 100 s")), 100_000);
  try {
    return await visit(host, `${server.address}/app.html`, server.answer);
  } finally {
    clearTimeout(timeout);
    server.close();
  }
}

describe.each(Object.entries(bundlers))("a bundle by %s", (name, build) => {
  const to = (): string => join(folder, `by-${name.replace(/\W+/g, "-")}`);
  const needs = name === "Bun" ? bun : undefined;

  it("is built, and computes on two threads on a page that may share memory", { timeout: 240_000 }, async ({
    skip,
  }) => {
    const why = missing(chromium) || missing(needs);
    if (why) skip(why);
    await build(folder, to());
    expect(await onPage(chromium, to(), true)).toEqual(onTwoThreads);
    expect(await onPage(chromium, to(), false)).toEqual(onOne);
  });
});

describe("other browsers", () => {
  it.for([firefox, webkit])("$name", { timeout: 240_000 }, async (host, { skip }) => {
    const why = missing(host);
    if (why) skip(why);
    const to = join(folder, `for-${host.name}`);
    await bundlers.rolldown(folder, to);
    // WebKitGTK shares no memory with workers, whatever the headers.
    expect(await onPage(host, to, true)).toEqual(host === webkit ? onOne : onTwoThreads);
    expect(await onPage(host, to, false)).toEqual(onOne);
  });
});

it("vite serves it in development", { timeout: 240_000 }, async ({ skip }) => {
  const why = missing(chromium);
  if (why) skip(why);
  const server = await developmentServer(folder);
  try {
    expect(await visit(chromium, `${server.address}app.html`, server.answer)).toEqual(onTwoThreads);
  } finally {
    await server.close();
  }
});

describe.each(Object.entries(commands))("a program by %s", (name, build) => {
  it("runs by itself", { timeout: 240_000 }, async ({ skip }) => {
    const why = missing(name.includes("Bun") ? bun : undefined);
    if (why) skip(why);
    const [program, ...argv] = await build(folder, join(folder, `program-${name.replace(/\W+/g, "-")}`));
    const { stdout } = await promisify(execFile)(program, argv, { cwd: "/" });
    expect(JSON.parse(stdout)).toEqual(onTwoThreads);
  });
});
