/** Fractal heaps and the trees over them, in which new files keep links and attributes when they are many. */
import { bad, type Source } from "./bytes.ts";

/** Where the objects of a heap lie, by their ids in a tree. */
export function* heapObjects(
  source: Source,
  heap: number,
  tree: number,
  kind: "links" | "attributes",
): Generator<number> {
  for (const record of records(source, tree)) yield objectAt(source, heap, record + (kind === "links" ? 4 : 0));
}

/** The places of all records of a B-tree of version 2. */
function* records(source: Source, at: number): Generator<number> {
  source.sign(at, "BTHD");
  const nodeSize = source.number(at + 6, 4);
  const size = source.number(at + 10, 2);
  const depth = source.number(at + 12, 2);
  const bytesFor = (n: number) => Math.ceil(Math.log2(n + 1) / 8);
  // What a node can hold, and how wide the numbers are that say how many it has: of leaves, then of what is above.
  const most = [Math.floor((nodeSize - 10) / size)];
  const [count, totals] = [bytesFor(most[0]), [0]];
  if (depth > 8 || size < 11 || most[0] < 1) bad("has a tree that cannot be");
  let total = most[0];
  for (let level = 1; level <= depth; level++) {
    const pointer = 8 + count + totals[level - 1];
    most.push(Math.max(1, Math.floor((nodeSize - 10 - pointer) / (size + pointer))));
    total = (most[level] + 1) * total + most[level];
    totals.push(bytesFor(total));
  }
  let left = Math.ceil(source.bytes.length / size);
  function* node(place: number, n: number, level: number): Generator<number> {
    source.sign(place, level > 0 ? "BTIN" : "BTLF");
    for (let i = 0; i < n; i++) {
      if (left-- < 0) bad("has a tree that goes in a circle");
      yield source.need(place + 6 + i * size, size);
    }
    const pointer = 8 + count + (level > 1 ? totals[level - 1] : 0);
    for (let i = 0; level > 0 && i <= n; i++) {
      const from = place + 6 + n * size + i * pointer;
      if (left-- < 0) bad("has a tree that goes in a circle");
      yield* node(source.number(from, 8), source.number(from + 8, count), level - 1);
    }
  }
  const root = source.number(at + 16, 8);
  if (source.has(root)) yield* node(root, source.number(at + 24, 2), depth);
}

/** An object of a heap. */
function objectAt(source: Source, heap: number, id: number): number {
  source.sign(heap, "FRHP");
  const kind = (source.number(id, 1) >> 4) & 3;
  if (kind === 2) return id + 1;
  if (kind === 1 || source.number(heap + 7, 2) !== 0) bad("keeps links or attributes in a form that is not read");
  const width = source.number(heap + 110, 2);
  const first = source.number(heap + 112, 8);
  const largest = source.number(heap + 120, 8);
  const offsetSize = Math.ceil(source.number(heap + 128, 2) / 8);
  let block = source.number(heap + 132, 8);
  let offset = source.number(id + 1, Math.min(8, offsetSize));
  let rows = source.number(heap + 140, 2);
  if (width < 1 || first < 1) bad("has a heap that cannot be");
  for (let depth = 0; rows > 0; depth++) {
    if (depth > 8) bad("has a heap that goes in a circle");
    source.sign(block, "FHIB");
    let row = 0;
    let size = first;
    while (row < rows && offset >= width * size) {
      offset -= width * size;
      if (row++ > 0) size *= 2;
    }
    if (row >= rows) bad("points outside of a heap");
    const column = Math.floor(offset / size);
    block = source.number(block + 13 + offsetSize + 8 * (row * width + column), 8);
    offset -= column * size;
    rows = size > largest ? Math.round(Math.log2(size / first / width)) + 1 : 0;
  }
  source.sign(block, "FHDB");
  return source.need(block + offset, 1);
}
