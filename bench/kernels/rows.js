// Sums of rows that belong together: gradients of distinct tokens, of the gates of 64 units.
import { expectClose, range } from "./harness.js";

/** @import { Buffers, Case } from "./harness.js" */

/** @param {Buffers} buffers @returns {Case[]} */
export function rowCases(buffers) {
  const { kernels } = buffers;
  const [rows, groups, columns] = [6400, 1500, 256];
  const n = rows * columns;
  const [x, ids, y] = [buffers.random(n), buffers.ids(rows, groups), buffers.zeros(groups * columns)];
  const [starts, grouped] = [buffers.zeros(groups + 1), buffers.zeros(rows)];
  const [numbers, groupOf] = [buffers.read(x, n), buffers.readIds(ids, rows)];
  /** @type {number[][]} */
  const members = Array.from({ length: groups }, () => []);
  for (const [row, group] of groupOf.entries()) members[group].push(row);
  const group = () => kernels.groupRows(starts, grouped, ids, rows, groups);
  return [
    {
      family: "layers",
      name: "group rows",
      shape: `${rows} in ${groups}`,
      elements: rows,
      bytes: 4 * (2 * rows + groups),
      run: group,
      check() {
        group();
        expectClose("group rows", buffers.readIds(grouped, rows), members.flat(), 0);
        const counts = buffers.readIds(starts, groups + 1);
        expectClose(
          "group rows: starts",
          range(groups, g => counts[g + 1] - counts[g]),
          members.map(({ length }) => length),
          0,
        );
      },
    },
    {
      family: "layers",
      name: "add groups",
      shape: `${rows}x${columns} in ${groups}`,
      elements: n,
      flop: n,
      bytes: 4 * (n + 2 * groups * columns + rows + groups),
      run: () => kernels.addGroups(y, columns, x, columns, starts, grouped, groups, columns),
      check() {
        group();
        this.run();
        const expected = range(groups * columns, i =>
          members[Math.floor(i / columns)].reduce((sum, row) => sum + numbers[row * columns + (i % columns)], 0),
        );
        expectClose("add groups", buffers.read(y, groups * columns), expected);
      },
    },
  ];
}
