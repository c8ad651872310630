/** A file replaced in one go: whatever happens meanwhile, its path holds the old bytes or the new ones. */
import { createHash, randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { lstat, open, readdir, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/** A writer whose end nobody can see is taken for dead after this. */
const HOUR = 36e5;

/** What a system allows in a name, less what is added. */
const LONGEST_STEM = 150;
const MOST_LINKS = 40;

/** What may follow the stem of a temporary file: the process and machine that wrote it, and a name nobody else has. */
const REST = /^(?:(\d+)-([0-9a-f]{8})\.)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Process numbers mean nothing on another machine, nor in another container. */
const host = (): string => createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

const stemOf = (path: string): string => `.${Buffer.from(basename(path)).subarray(0, LONGEST_STEM)}.`;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** The file that a path means: what its symbolic links lead to, whether it exists or not. */
export async function targetOf(path: string): Promise<string> {
  let target = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    try {
      return await realpath(target);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
    const folder = await realpath(dirname(target));
    const found = await lstat(join(folder, basename(target))).catch(() => undefined);
    if (!found?.isSymbolicLink()) return join(folder, basename(target));
    target = resolve(folder, await readlink(join(folder, basename(target))));
  }
  throw new RangeError(`${path}: expected a file, got a chain of more than ${MOST_LINKS} symbolic links`);
}

/**
 * Writes a file, or replaces one: its mode and owner stay, and symbolic links go on pointing to it.
 *
 * @throws the file system's error when the folder is missing or cannot be written to, RangeError when the path is no
 *   place for a file; nothing is left behind then
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const target = await targetOf(path);
  const old = await stat(target).catch(() => undefined);
  if (old && !old.isFile() && !old.isDirectory()) {
    throw new RangeError(`${path}: expected a regular file or a new name, got a device, pipe or socket`);
  }
  // In the same folder: a rename is atomic only within a file system.
  const folder = dirname(target);
  const stem = stemOf(target);
  await removeLeftovers(folder, stem);
  const temporary = join(folder, `${stem}${process.pid}-${host()}.${randomUUID()}.tmp`);
  try {
    await write(temporary, bytes, old?.isFile() ? old : undefined);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    // What fails while a file is open, such as a full disk, does not say which.
    const { path: named, message } = error as NodeJS.ErrnoException;
    if (error instanceof Error && named === undefined) error.message = `${message} '${path}'`;
    throw error;
  }
}

async function write(temporary: string, bytes: Uint8Array, like: Stats | undefined): Promise<void> {
  // Never readable by more people than the file it replaces, not for a moment.
  const file = await open(temporary, "wx", like ? like.mode & 0o600 : 0o666);
  try {
    await file.writeFile(bytes);
    if (like) {
      const own = await file.stat();
      if (own.uid !== like.uid || own.gid !== like.gid) {
        await file.chown(like.uid, like.gid).catch(() => {}); // only root may give files away
      }
      await file.chmod(like.mode & 0o7777);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes what writers of this file left behind that were killed. A failure to do so is none of writing. */
async function removeLeftovers(folder: string, stem: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const match = name.startsWith(stem) && REST.exec(name.slice(stem.length));
    if (!match) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (!found?.isFile()) continue;
    const [, process, machine] = match;
    const dead = machine === host() && !isRunning(Number(process));
    if (dead || Date.now() - found.mtimeMs > HOUR) await rm(path, { force: true }).catch(() => {});
  }
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0); // asks, and ends nothing
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH"; // it runs, but is somebody else's
  }
}
