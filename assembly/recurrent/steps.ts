import { bytes } from "../math/lanes";

/**
 * The order in which a recurrent layer works through a batch. Steps that a mask hides change no state, so they are left
 * out: the real steps of every sequence move to the front, and the sequences are sorted by how many they have, the
 * longest first. Then the sequences that still run are the first ones at every step, and a step costs what is real in it.
 *
 * A row is one step of one sequence; row offsets[t] + i is step t of the sequence in place i. Behind the last row, R,
 * follow N more rows for the states that each sequence ends with.
 */

/**
 * lengths  [N] of i32      out  real steps of every sequence
 * order    [N] of i32      out  the sequence in each place; equal lengths stay in their order
 * offsets  [T + 1] of i32  out  the first row of each step; offsets[T] = R
 * outputs  [R] of i32      out  where a row's output belongs: n·T + u, u counted in the order of computation
 * inputs   [R] of i32      out  where its input stands: n·T + u, or n·T + T - 1 - u with reverse
 * mask     [N, T] of i32   in   1 for a real step; pointer 0 if all are
 * Returns R, the number of real steps.
 */
export function recurrentSteps(
  lengths: usize, order: usize, offsets: usize, outputs: usize, inputs: usize, mask: usize, reverse: bool, N: i32, T: i32,
): i32 {
  for (let n = 0; n < N; n++) {
    let length = T;
    if (mask) for (let t = 0; t < T; t++) length -= i32(!load<i32>(mask + bytes(n * T + t)));
    store<i32>(lengths + bytes(n), length);
  }
  sortByLength(order, lengths, mask != 0, N, T);
  let rows = 0;
  for (let t = 0, places = N; t < T; t++) {
    while (places > 0 && lengthAt(places - 1, order, lengths) <= t) places--;
    store<i32>(offsets + bytes(t), rows);
    rows += places;
  }
  store<i32>(offsets + bytes(T), rows);
  for (let i = 0; i < N; i++) {
    const first = load<i32>(order + bytes(i)) * T;
    for (let u = 0, t = 0; u < T; u++) {
      const at = first + (reverse ? T - 1 - u : u);
      if (mask && !load<i32>(mask + bytes(at))) continue;
      const row = bytes(load<i32>(offsets + bytes(t++)) + i);
      store<i32>(outputs + row, first + u);
      store<i32>(inputs + row, at);
    }
  }
  return rows;
}

// @ts-ignore: decorator
@inline
function lengthAt(place: i32, order: usize, lengths: usize): i32 {
  return load<i32>(lengths + bytes(load<i32>(order + bytes(place))));
}

// @ts-ignore: decorator
@inline
function sortByLength(order: usize, lengths: usize, differ: bool, N: i32, T: i32): void {
  let i = 0;
  for (let length = T; i < N; length--) {
    for (let n = 0; n < N; n++) {
      if (!differ || load<i32>(lengths + bytes(n)) == length) store<i32>(order + bytes(i++), n);
    }
  }
}

/** Sequences that run at step t. */
// @ts-ignore: decorator
@inline
export function placesAt(offsets: usize, t: i32, T: i32): i32 {
  return t < T ? load<i32>(offsets + bytes(t), 4) - load<i32>(offsets + bytes(t)) : 0;
}
