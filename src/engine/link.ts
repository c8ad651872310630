/** Puts families of kernels together to one module; assembly/families.js is what cuts them. */
import { type Bytes, joined } from "../typedArray.ts";

/** Bytes as they come, and numbers among them. */
class Reader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  take(size: number): Uint8Array {
    this.#at += size;
    return this.bytes.subarray(this.#at - size, this.#at);
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.#at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.#at);
  }

  /** What a number gives the size of, that number included. */
  sized(): Uint8Array {
    const begin = this.#at;
    this.take(this.number());
    return this.bytes.subarray(begin, this.#at);
  }
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Uint8Array.of(...bytes, rest);
    bytes.push((rest & 127) | 128);
  }
}

/** A section of a module: so many things, one after the other. */
function section(id: number, count: number, things: readonly Uint8Array[]): Uint8Array[] {
  const body = joined([leb(count), ...things]);
  return [Uint8Array.of(id), leb(body.length), body];
}

/** The body of a function that is not there: unreachable. Nobody calls it. */
const ABSENT = /* @__PURE__ */ Uint8Array.of(3, 0, 0, 11);

const EXPORTS = 7;
const CODE = 10;

/** Changes functions that are there as assembly/patch.js says. */
function apply(patch: Reader, bodies: Uint8Array[]): void {
  for (let index = 0; !patch.done; index++) {
    index += patch.number();
    const body = new Reader(bodies[index]);
    const there = bodies[index] !== ABSENT;
    const pieces: Uint8Array[] = [];
    for (let edits = patch.number(); edits > 0; edits--) {
      const kept = body.take(patch.number());
      body.take(patch.number());
      pieces.push(kept, patch.take(patch.number()));
    }
    if (there) bodies[index] = joined(pieces);
  }
}

/**
 * A module of some families: all functions have their numbers, those of other families no bodies, so that every kernel has
 * the same bytes in each module.
 *
 * @param base bytes of the family that all need
 * @param patch for another build of the same kernels
 */
export function link(base: Uint8Array, families: readonly Uint8Array[], patch?: Uint8Array): Bytes {
  const first = new Reader(base);
  const prefix = first.take(first.number());
  const bodies = new Array<Uint8Array>(first.number()).fill(ABSENT);
  const exports: Uint8Array[] = [];
  let exported = 0;
  for (const family of [first, ...families.map(bytes => new Reader(bytes))]) {
    let index = 0;
    for (let left = family.number(); left > 0; left--, index++) {
      index += family.number();
      bodies[index] = family.sized();
    }
    exported += family.number();
    exports.push(family.rest());
  }
  if (patch) apply(new Reader(patch), bodies);
  return joined([prefix, ...section(EXPORTS, exported, exports), ...section(CODE, bodies.length, bodies)]);
}
