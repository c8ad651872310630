import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Sees to it, before anything is trained, that the folder of a file is there.
 *
 * @throws RangeError naming the folder
 */
export async function expectFolder(path: string, what: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new RangeError(`${what}: folder ${folder} does not exist; create it or choose another`);
}
