import { describe, expect, it } from "vitest";
import { crc32c, scalarsEvent, versionEvent } from "../../src/nodeFiles/eventFile.ts";

describe("event files", () => {
  it("have CRC-32C checksums: those of RFC 3720, and of the check string", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  it("begin with the record that TensorFlow writes", () => {
    // tf.io.TFRecordWriter, Event(wall_time=1.5, file_version="brain.Event:2")
    expect(versionEvent(1.5).toString("hex")).toBe(
      "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c",
    );
    // Event(wall_time=2.25, step=300, summary=Summary(value=[Value(tag="epoch_loss", simple_value=0.5)]))
    expect(scalarsEvent(2.25, 300, { epoch_loss: 0.5 }).toString("hex")).toBe(
      "2100000000000000017becf609000000000000024010ac022a130a110a0a65706f63685f6c6f7373150000003f65678cb3",
    );
  });
});
