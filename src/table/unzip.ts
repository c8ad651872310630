/** Files that are gzipped, with what every runtime has for that. */
import { isGzip } from "./bytes.ts";

/**
 * The bytes of a file: those that are gzipped unpacked, any others as they are.
 *
 * @param bytes of a file
 * @returns what `readTable` takes
 * @throws RangeError when they are gzipped but damaged
 * @example readTable(await unzip(new Uint8Array(await (await fetch("load.csv.gz")).arrayBuffer())))
 */
export async function unzip(bytes: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  try {
    const body = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(body).arrayBuffer());
  } catch (cause) {
    throw new RangeError("unzip: these bytes are not all of a gzipped file; is it cut off?", { cause });
  }
}
