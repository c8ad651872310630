// A module of its own, of 200 bytes: makes bytes of the text in which the kernels travel, see binaryText.js. JavaScript would take 3 ms for it
// in a process that has just begun, and this takes none.

/**
 * Reads text and writes the bytes behind it.
 *
 * @param out bytes; no more than the text has letters
 * @param text ASCII
 * @param places [128] of each letter
 * @param bytes [256] by rank
 * @returns how many bytes were written
 */
export function unpack(out: usize, text: usize, size: i32, places: usize, bytes: usize, letters: i32, escapes: i32): i32 {
  const begin = out;
  const end = text + size;
  while (text < end) {
    const place = <i32>load<u8>(places + load<u8>(text++));
    let rank = place - escapes;
    if (place < escapes) rank = letters - escapes + place * letters + <i32>load<u8>(places + load<u8>(text++));
    store<u8>(out++, load<u8>(bytes + rank));
  }
  return <i32>(out - begin);
}
