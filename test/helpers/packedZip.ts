/** A zip file whose entries are deflated, as `zip` and archivers make them of what was unpacked. */
import { crc32, deflateRawSync } from "node:zlib";

export function packedZip(entries: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array {
  const list: Buffer[] = [];
  const files: Buffer[] = [];
  let at = 0;
  for (const [text, content] of entries) {
    const [name, packed] = [Buffer.from(text), deflateRawSync(content)];
    const about = Buffer.alloc(26); // version, flags, method, time, date, checksum, sizes, length of the name, of more
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    list.push(Buffer.from("PK\x01\x02\x14\0"), about, place, name);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), about, name, packed]);
    files.push(file);
    at += file.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(list).length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...files, ...list, end]));
}
