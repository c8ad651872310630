/** The bytes of an HDF5 file, which is untrusted: nothing is read outside of it. */

export function bad(problem: string): never {
  throw new RangeError(`its HDF5 ${problem}; is the file cut off, or was it changed?`);
}

export class Source {
  constructor(readonly bytes: Uint8Array) {}

  /** A place that so many bytes follow. */
  need(at: number, size: number): number {
    return at >= 0 && size >= 0 && at + size <= this.bytes.length ? at : bad("points outside of the file");
  }

  /** A whole number of so many bytes, the lowest first; an address that is not there is past the end of every file. */
  number(at: number, size: number): number {
    this.need(at, size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[at + i];
    return value;
  }

  /** So many bytes, of those of the file. */
  piece(at: number, size: number): Uint8Array {
    return this.bytes.subarray(this.need(at, size), at + size);
  }

  /** The place of a structure, which begins with its letters. */
  sign(at: number, letters: string): number {
    return this.text(at, 4) === letters ? at : bad(`has no ${letters} where one should be`);
  }

  text(at: number, size: number): string {
    return new TextDecoder().decode(this.piece(at, size)).split("\0", 1)[0];
  }

  /** A text that ends with a zero. */
  textAt(at: number): string {
    const end = this.bytes.indexOf(0, this.need(at, 1));
    return this.text(at, (end < 0 ? this.bytes.length : end) - at);
  }
}
