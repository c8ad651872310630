// The kernels with relaxed SIMD as what changes in the baseline ones: functions that differ, and how. src/engine/link.ts applies it.
import { leb, parts } from "./families.js";

/** Lengths of the longest common subsequence of all tails of two lists. */
function commonTails(a, b) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i] === b[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  return (i, j) => table[i * width + j];
}

/** [bytes that stay, bytes to leave out, bytes to put in]*, which make b of a. */
function edits(a, b) {
  const common = commonTails(a, b);
  const list = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const edit = { keep: 0, drop: 0, insert: [] };
    for (; i < a.length && j < b.length && a[i] === b[j]; i++, j++) edit.keep++;
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1))) {
        edit.drop++;
        i++;
      } else edit.insert.push(b[j++]);
    }
    list.push(edit);
  }
  return list;
}

/**
 * @param {Uint8Array} from a module
 * @param {Uint8Array} to one of the same functions with other bodies
 * @returns {number[]} [functions that stay as they are, edits, [keep, drop, bytes to put in, these]*]*
 */
export function patchBetween(from, to) {
  const [before, after] = [from, to].map(parts);
  const same = (a, b) => Buffer.compare(a, b) === 0;
  if (!same(before.prefix, after.prefix) || JSON.stringify(before.exports) !== JSON.stringify(after.exports)) {
    throw new Error("patch: expected two modules that differ in the bodies of functions alone");
  }
  const patch = [];
  let gap = 0;
  before.bodies.forEach((body, i) => {
    if (same(body, after.bodies[i])) gap++;
    else {
      const list = edits(body, after.bodies[i]);
      const bytes = ({ keep, drop, insert }) => [...leb(keep), ...leb(drop), ...leb(insert.length), ...insert];
      patch.push(...leb(gap), ...leb(list.length), ...list.flatMap(bytes));
      gap = 0;
    }
  });
  return patch;
}
