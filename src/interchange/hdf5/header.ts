/** Headers of objects: a list of messages. */
import { bad, type Source } from "./bytes.ts";

export interface Message {
  /** Negative where the message only says which other object has it */
  type: number;
  at: number;
}

const CONTINUES = 16;

export function messagesAt(source: Source, at: number): Message[] {
  if (source.number(at, 1) !== 1) bad("has objects of a form that Keras does not write: copy it with h5py's defaults");
  const blocks = [[at + 16, source.number(at + 8, 4)]];
  const list: Message[] = [];
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    let [place] = block;
    const end = place + block[1];
    while (place + 8 <= end) {
      const [type, size] = [source.number(place, 2), source.number(place + 2, 2)];
      const from = source.need(place + 8, size);
      if (type === CONTINUES) blocks.push([source.number(from, 8), source.number(from + 8, 8)]);
      else list.push({ type: source.number(place + 4, 1) & 2 ? -type : type, at: from });
      place = from + size;
      if (list.length + blocks.length > 50_000) bad("has an object of too many parts");
    }
  }
  return list;
}
