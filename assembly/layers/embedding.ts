import { bytes } from "../math/lanes";

/**
 * The index of the first id outside 0..V-1, or -1.
 *
 * ids  [n] of i32  in
 */
export function firstIdOutside(ids: usize, V: i32, n: i32): i32 {
  for (let i = 0; i < n; i++) if (load<u32>(ids + bytes(i)) >= <u32>V) return i;
  return -1;
}

/**
 * The distinct ids, in the order of their first appearance.
 *
 * distinct  [n] of i32  out  as many as there are
 * which     [n] of i32  out  ids[i] = distinct[which[i]]
 * seen      [V]         scratch
 * ids       [n] of i32  in   0 <= id < V, checked by the caller
 * Returns how many there are.
 */
export function distinctIds(distinct: usize, which: usize, seen: usize, ids: usize, V: i32, n: i32): i32 {
  memory.fill(seen, 0, bytes(V));
  let count = 0;
  for (let i = 0; i < n; i++) {
    const id = load<i32>(ids + bytes(i)), slot = seen + bytes(id);
    if (!load<i32>(slot)) {
      store<i32>(distinct + bytes(count), id);
      store<i32>(slot, ++count);
    }
    store<i32>(which + bytes(i), load<i32>(slot) - 1);
  }
  return count;
}
