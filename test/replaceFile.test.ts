/** Saved models on disk: modes, links, and what killed writers left behind. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layers, sequential } from "../src/index.ts";
import { saveModelFile } from "../src/node.ts";
import { makeFolder, run, waves } from "./cli/run.ts";

const net = sequential([layers.dense({ units: 1, inputShape: [1] })]);
const bytes = Buffer.from(net.save());
let folder = makeFolder();
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.remove());
const modeOf = (path: string) => statSync(path).mode & 0o7777;
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === "win32")("the file that is replaced", () => {
  it.each([0o600, 0o640, 0o664, 0o444, 0o400, 0o755])("keeps its mode %o", async mode => {
    const path = folder.write("m", "old");
    chmodSync(path, mode);
    await saveModelFile(net, path);
    expect(modeOf(path).toString(8)).toBe(mode.toString(8));
    chmodSync(path, 0o600);
    expect(readFileSync(path)).toEqual(bytes);
  });

  it("gets the mode of any new file where there was none", async () => {
    await saveModelFile(net, folder.file("m"));
    expect(modeOf(folder.file("m"))).toBe(modeOf(folder.write("other", "")));
  });

  it("keeps its owner and group where the writer may give it away", async () => {
    const path = folder.write("m", "old");
    const { uid, gid } = isRoot ? { uid: 1234, gid: 4321 } : statSync(path); // only root may
    chownSync(path, uid, gid);
    chmodSync(path, 0o640);
    await saveModelFile(net, path);
    const after = statSync(path);
    expect([after.uid, after.gid, modeOf(path)]).toEqual([uid, gid, 0o640]);
  });

  it("leaves other names of the old file alone", async () => {
    const path = folder.write("m", "old");
    linkSync(path, folder.file("backup"));
    await saveModelFile(net, path);
    expect(readFileSync(folder.file("backup"), "utf8")).toBe("old");
  });

  it("is no device, pipe or socket", async () => {
    const path = folder.file("pipe");
    expect(spawnSync("mkfifo", [path]).status).toBe(0);
    const refusal = "expected a regular file or a new name, got a device, pipe or socket";
    await expect(saveModelFile(net, path)).rejects.toThrow(new RangeError(`${path}: ${refusal}`));
    await expect(saveModelFile(net, "/dev/null")).rejects.toThrow(new RangeError(`/dev/null: ${refusal}`));
    expect(folder.list()).toEqual(["pipe"]);
  });
});

describe.skipIf(process.platform === "win32")("a symbolic link", () => {
  it("goes on pointing to the file, which is replaced where it is, in one go", async () => {
    mkdirSync(folder.file("store"));
    const target = join(folder.file("store"), "v1");
    writeFileSync(target, "old", { mode: 0o600 });
    symlinkSync("store/v1", folder.file("current"));
    symlinkSync(folder.file("current"), folder.file("latest")); // a link to a link
    const { ino } = statSync(target);
    await saveModelFile(net, folder.file("latest"));
    expect(readlinkSync(folder.file("latest"))).toBe(folder.file("current"));
    expect(readlinkSync(folder.file("current"))).toBe("store/v1");
    expect(readFileSync(target)).toEqual(bytes);
    expect(modeOf(target)).toBe(0o600);
    expect(statSync(target).ino, "a new file, renamed").not.toBe(ino);
    expect(readdirSync(folder.file("store"))).toEqual(["v1"]);
    expect(folder.list()).toEqual(["current", "latest", "store"]);
  });

  it("to nothing makes the file that it means", async () => {
    mkdirSync(folder.file("store"));
    symlinkSync("store/new", folder.file("m"));
    symlinkSync("m", folder.file("n"));
    await saveModelFile(net, folder.file("n"));
    expect(lstatSync(folder.file("m")).isSymbolicLink()).toBe(true);
    expect(readFileSync(folder.file("store/new"))).toEqual(bytes);
    expect(readdirSync(folder.file("store"))).toEqual(["new"]);
  });

  it("in a linked folder is followed from where it lies", async () => {
    mkdirSync(folder.file("a"));
    mkdirSync(folder.file("a/b"));
    symlinkSync("a/b", folder.file("linked"));
    symlinkSync("../new", folder.file("a/b/m")); // a/new
    await saveModelFile(net, folder.file("linked/m"));
    expect(readFileSync(folder.file("a/new"))).toEqual(bytes);
  });

  it("into a missing folder, or in a circle, is an error that leaves it as it was", async () => {
    symlinkSync("none/new", folder.file("m"));
    await expect(saveModelFile(net, folder.file("m"))).rejects.toThrow(/ENOENT/);
    symlinkSync("y", folder.file("x"));
    symlinkSync("x", folder.file("y"));
    await expect(saveModelFile(net, folder.file("x"))).rejects.toThrow(/ELOOP/);
    expect(folder.list()).toEqual(["m", "x", "y"]);
  });

  it("is followed by the command line too", async () => {
    const data = folder.write("waves.csv", waves(60));
    mkdirSync(folder.file("store"));
    symlinkSync("store/new", folder.file("m"));
    const args = ["train", data, "--target", "value", "--window", "3", "--units", "2", "--epochs", "1", "--quiet"];
    expect((await run([...args, "--out", folder.file("m")])).code).toBe(0);
    expect(readdirSync(folder.file("store"))).toEqual(["new"]);
    symlinkSync("none/new", folder.file("lost"));
    const { code, stderr } = await run([...args, "--out", folder.file("lost")]);
    expect(code).toBe(1);
    expect(stderr).toBe(`wasm-lstm: --out: ${folder.file("lost")} is a link into a folder that does not exist\n`);
    symlinkSync("waves.csv", folder.file("alias"));
    expect((await run([...args, "--out", folder.file("alias")])).stderr).toMatch(/is the data itself/);
  });
});

describe("what killed saves left behind", () => {
  const UUID = "12345678-1234-1234-1234-123456789abc";
  const old = new Date(Date.now() - 2 * 36e5);

  /** The name of the temporary file of a save, seen while it is written. */
  async function nameOfTemporary(): Promise<string> {
    const seen = new Set<string>();
    const watcher = setInterval(() => folder.list().forEach(name => void seen.add(name)), 0);
    const large = sequential([layers.dense({ units: 3000, inputShape: [3000] })]);
    const found = () => [...seen].find(name => name.endsWith(".tmp"));
    for (let i = 0; i < 20 && !found(); i++) await saveModelFile(large, folder.file("m"));
    clearInterval(watcher);
    const name = found();
    if (!name) throw new Error("no temporary file was seen");
    return name;
  }

  it("is removed by the next save of the same file, when the process that wrote it is gone", async () => {
    const name = await nameOfTemporary();
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    const of = (writer: number) => name.replace(`.${process.pid}-`, `.${writer}-`);
    expect(of(pid)).not.toBe(name);
    folder.write(of(pid), "part");
    folder.write(of(process.ppid), "part"); // runs
    await saveModelFile(net, folder.file("m"));
    expect(folder.list()).toEqual([of(process.ppid), "m"]);
  });

  it("is removed after an hour when its writer is unknown, and never anything else", async () => {
    const leftovers = [`.m.${UUID}.tmp`, `.m.${process.pid}-01234567.${UUID}.tmp`];
    const foreign = [
      `.m.${UUID}.tmp.bak`,
      `.m.${UUID}`,
      ".m.tmp",
      ".m.1.tmp",
      `.m2.${UUID}.tmp`,
      `m.${UUID}.tmp`,
      `.m.x.${UUID}.tmp`,
      `.m.${UUID.toUpperCase()}.tmp`,
    ];
    const young = [`.m.${UUID.replace("1", "a")}.tmp`, `.m.999999999-01234567.${UUID}.tmp`];
    for (const name of [...leftovers, ...foreign, ...young]) folder.write(name, "part");
    for (const name of [...leftovers, ...foreign]) utimesSync(folder.file(name), old, old);
    const directory = `.m.${UUID.replace("1", "b")}.tmp`;
    mkdirSync(folder.file(directory));
    utimesSync(folder.file(directory), old, old);
    await saveModelFile(net, folder.file("m"));
    expect(folder.list()).toEqual([...foreign, ...young, directory, "m"].sort());
  });

  it("does not disturb saves of the same file at the same time", async () => {
    await Promise.all(Array.from({ length: 8 }, () => saveModelFile(net, folder.file("m"))));
    expect(folder.list()).toEqual(["m"]);
    expect(readFileSync(folder.file("m"))).toEqual(bytes);
  });

  it("has names that fit, however long that of the model", async () => {
    for (const name of ["x".repeat(255), "ü".repeat(127), `${"a".repeat(149)}ü${"b".repeat(100)}`]) {
      await saveModelFile(net, folder.file(name));
      expect(readFileSync(folder.file(name))).toEqual(bytes);
    }
    expect(folder.list().length).toBe(3);
  });
});
