/** The bytes of a file as text: in UTF-8, UTF-16, or where it is neither, in Latin-1. */
import { textDecoder } from "../decoder.ts";
import type { Report } from "./report.ts";

/** The longest text that engines hold. */
const MOST_BYTES = 2 ** 29 - 32;

/** Of the first bytes, so many show what a file is. */
const SAMPLE = 4096;

const starts = (bytes: Uint8Array, ...with_: number[]): boolean => with_.every((byte, i) => bytes[i] === byte);

export const isGzip = (bytes: Uint8Array): boolean => starts(bytes, 0x1f, 0x8b);

/** @throws RangeError for what is no text */
export function decode(bytes: Uint8Array, encoding: string | undefined, report: Report): string {
  if (isGzip(bytes)) throw report.error("these bytes are gzipped; pass await unzip(bytes)");
  if (starts(bytes, 0x50, 0x4b, 3, 4)) {
    throw report.error("this is a workbook or a zip archive; export the table as CSV, or unpack it");
  }
  if (starts(bytes, 0x50, 0x41, 0x52, 0x31)) throw report.error("this is a Parquet file; export the table as CSV");
  if (bytes.length > MOST_BYTES) {
    throw report.error(
      `${Math.ceil(bytes.length / 1e6)} MB are more than a text may have (536 MB); remove columns or rows`,
    );
  }
  if (encoding !== undefined) return decodeAs(bytes, encoding, report);
  if (starts(bytes, 0xff, 0xfe)) return textDecoder("utf-16le", false).decode(bytes);
  if (starts(bytes, 0xfe, 0xff)) return textDecoder("utf-16be", false).decode(bytes);
  const zeros = [0, 0];
  const sample = bytes.subarray(0, SAMPLE);
  let controls = 0;
  sample.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]++;
    else if (byte < 9 || (byte > 13 && byte < 32)) controls++;
  });
  if (zeros[0] + zeros[1] > 0) {
    const [few, many] = [Math.min(...zeros), Math.max(...zeros)];
    if (many > sample.length / 4 && few < many / 8) {
      report.note("the text is in UTF-16, without a byte order mark");
      return textDecoder(zeros[1] > zeros[0] ? "utf-16le" : "utf-16be", false).decode(bytes);
    }
    throw notText(report);
  }
  const utf8 = textDecoder();
  try {
    return utf8.decode(bytes);
  } catch {
    if (controls > sample.length / 100) throw notText(report);
    report.note(`the text is not UTF-8, it is read as Latin-1 (${report.option("encoding", "windows-1252")})`);
    return asWindows(textDecoder("windows-1252", false).decode(bytes));
  }
}

function decodeAs(bytes: Uint8Array, encoding: string, report: Report): string {
  let decoder: TextDecoder;
  try {
    decoder = textDecoder(encoding);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw report.error(`there is no encoding ${JSON.stringify(encoding)}; use a name such as utf-8 or windows-1252`);
  }
  try {
    const text = decoder.decode(bytes);
    return decoder.encoding === "windows-1252" ? asWindows(text) : text;
  } catch {
    throw report.error(`the text is not in ${encoding}; leave out ${report.option("encoding", encoding)}`);
  }
}

/** What windows-1252 has where Latin-1 has control characters, from 0x80 on; a space: nothing. */
const WINDOWS = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** Some runtimes decode windows-1252 as Latin-1. */
const asWindows = (text: string): string =>
  text.replace(/[\x80-\x9f]/g, letter => {
    const own = WINDOWS[letter.charCodeAt(0) - 0x80];
    return own === " " ? letter : own;
  });

const notText = (report: Report): RangeError =>
  report.error("this is not a text file; export the table as CSV in UTF-8");
