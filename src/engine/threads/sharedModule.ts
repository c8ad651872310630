/** The same kernels over a shared memory, without a second binary: only the import of the memory differs. */
import type { Bytes } from "../../typedArray.ts";
import { kernelsModule } from "../kernels.ts";

/** Pages that a 32-bit memory can have: 4 GB. */
export const MAX_PAGES = 65536;

const IMPORT_SECTION = 2;
const HEADER_BYTES = 8;
const SHARED_WITH_MAXIMUM = 0x03;
const name = (text: string): number[] => [text.length, ...Array.from(text, letter => letter.charCodeAt(0))];
// One import: env.memory, which is a memory (2).
const IMPORT = [1, ...name("env"), ...name("memory"), 2];

/** An unsigned LEB128 number, and the index after it. */
function readLeb(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (!(byte & 0x80)) return [value, at];
  }
}

function leb(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low | 0x80, ...leb(Math.floor(value / 128))];
}

/**
 * A binary whose imported memory is shared.
 *
 * @param binary WebAssembly that imports env.memory and nothing else
 * @throws Error for any other binary
 */
export function withSharedMemory(binary: Uint8Array): Bytes {
  for (let at = HEADER_BYTES; at < binary.length; ) {
    const [size, body] = readLeb(binary, at + 1);
    const end = body + size;
    if (binary[at] === IMPORT_SECTION) {
      const flags = body + IMPORT.length;
      const [minimum, afterMinimum] = readLeb(binary, flags + 1);
      const limitsEnd = binary[flags] === 1 ? readLeb(binary, afterMinimum)[1] : afterMinimum;
      if (!IMPORT.every((byte, i) => binary[body + i] === byte) || binary[flags] > 1 || limitsEnd !== end) break;
      const section = [...IMPORT, SHARED_WITH_MAXIMUM, ...leb(minimum), ...leb(MAX_PAGES)];
      return Uint8Array.from([
        ...binary.subarray(0, at),
        IMPORT_SECTION,
        ...leb(section.length),
        ...section,
        ...binary.subarray(end),
      ]);
    }
    at = end;
  }
  throw new Error("kernels: expected a binary whose only import is env.memory, unshared: asc's importMemory");
}

/** The compiled module for shared memories, made as `kernelsModule` makes the other. */
export function sharedKernelsModule(kind?: Parameters<typeof kernelsModule>[0]): WebAssembly.Module {
  return kernelsModule(kind, withSharedMemory);
}
