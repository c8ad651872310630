/** Event files, as TensorBoard reads them: TFRecords of protocol buffers. */

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** The CRC-32C of bytes (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** As TFRecords have it, so that a checksum of checksums is none. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Length, its checksum, the bytes, theirs. */
function record(bytes: Uint8Array): Buffer {
  const framed = Buffer.alloc(bytes.length + 16);
  framed.writeUInt32LE(bytes.length, 0); // below 2^32
  framed.writeUInt32LE(masked(framed.subarray(0, 8)), 8);
  framed.set(bytes, 12);
  framed.writeUInt32LE(masked(bytes), 12 + bytes.length);
  return framed;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

const [VARINT, DOUBLE, BYTES, FLOAT] = [0, 1, 2, 5];
const key = (field: number, type: number): number => field * 8 + type;

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.from([key(field, BYTES), ...varint(bytes.length), ...bytes]);
}

function event(seconds: number, ...fields: Uint8Array[]): Buffer {
  const time = Buffer.alloc(9);
  time[0] = key(1, DOUBLE);
  time.writeDoubleLE(seconds, 1);
  return record(Buffer.concat([time, ...fields]));
}

/** What a file begins with. */
export const versionEvent = (seconds: number): Buffer => event(seconds, bytesField(3, Buffer.from("brain.Event:2")));

/** Numbers by tag, at a step. */
export function scalarsEvent(seconds: number, step: number, scalars: Readonly<Record<string, number>>): Buffer {
  const values = Object.entries(scalars).map(([tag, value]) => {
    const number = Buffer.alloc(5);
    number[0] = key(2, FLOAT);
    number.writeFloatLE(value, 1);
    return bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), number]));
  });
  return event(seconds, Buffer.from([key(2, VARINT), ...varint(step)]), bytesField(5, Buffer.concat(values)));
}
