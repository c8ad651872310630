/** Headers of objects: a list of messages, old or new. */
import { bad, type Source } from "./bytes.ts";

export interface Message {
  type: number;
  at: number;
  size: number;
}

const CONTINUES = 16;

export function messagesAt(source: Source, at: number): Message[] {
  const isNew = source.number(at, 4) === 0x5244484f; // OHDR
  if (!isNew && source.number(at, 1) !== 1) bad("has an object that begins as none does");
  const flags = isNew ? source.number(at + 5, 1) : 0;
  const width = 1 << (flags & 3);
  const sized = at + 6 + (flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0);
  const blocks = isNew ? [[sized + width, source.number(sized, width)]] : [[at + 16, source.number(at + 8, 4)]];
  const head = isNew ? 4 + (flags & 4 ? 2 : 0) : 8;
  const list: Message[] = [];
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    let [place] = block;
    const end = place + block[1];
    while (place + head <= end) {
      const type = source.number(place, isNew ? 1 : 2);
      const size = source.number(place + (isNew ? 1 : 2), 2);
      const shared = source.number(place + (isNew ? 3 : 4), 1) & 2;
      const from = source.need(place + head, size);
      if (type === CONTINUES) {
        const [next, length] = [source.number(from, 8), source.number(from + 8, 8)];
        source.need(next, length);
        blocks.push(isNew ? [next + 4, length - 8] : [next, length]); // OCHK before it, a checksum behind it
      } else if (type !== 0) list.push({ type: shared ? -type : type, at: from, size });
      place = from + size;
      if (list.length + blocks.length > 50_000) bad("has an object of too many parts");
    }
  }
  return list;
}
