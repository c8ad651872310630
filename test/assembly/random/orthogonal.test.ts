import { afterEach, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { matmul } from "../../reference/matmul.ts";

const bench = new KernelBench();
afterEach(() => bench.reset());

/** Gram-Schmidt in float64: what a QR decomposition with a positive diagonal gives. */
function orthogonalized(x: Float64Array, rows: number, columns: number): Float64Array {
  const q = x.slice();
  const row = (r: number) => q.subarray(r * columns, (r + 1) * columns);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + value * b[j], 0);
  for (let r = 0; r < rows; r++) {
    for (let p = 0; p < r; p++) {
      const along = dot(row(r), row(p));
      row(p).forEach((value, j) => {
        row(r)[j] -= along * value;
      });
    }
    const size = Math.sqrt(dot(row(r), row(r)));
    for (let j = 0; j < columns; j++) row(r)[j] /= size;
  }
  return q;
}

it.each([
  [1, 1],
  [1, 4],
  [2, 3],
  [3, 5],
  [4, 4],
  [5, 9],
  [8, 8],
  [9, 33],
  [50, 200],
  [100, 100],
])("%i rows of %i become orthonormal, those of Gram-Schmidt", (rows, columns) => {
  const x = seeded(rows * 1000 + columns).array(rows * columns);
  const pointer = bench.inOut(x);
  bench.kernels.orthogonalizeRows(pointer, rows, columns);
  const q = bench.read(pointer);
  const identity = Float64Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? 1 : 0));
  expectClose(matmul(q, q, rows, columns, rows, { transposeB: true }), identity, { absolute: 1e-6 });
  // Square random matrices are ill-conditioned: rounding of x moves their last rows.
  expectClose(q, orthogonalized(x, rows, columns), { absolute: rows === columns ? 1e-3 : 3e-6 });
});

it("rows that are nearly parallel become orthonormal too", () => {
  const random = seeded(3);
  const first = random.array(12);
  const rows = [first, first.map(value => value + 1e-3 * random.normal()), random.array(12)];
  const pointer = bench.inOut(Float64Array.from(rows.flatMap(row => [...row])));
  bench.kernels.orthogonalizeRows(pointer, 3, 12);
  const q = bench.read(pointer);
  expectClose(matmul(q, q, 3, 12, 3, { transposeB: true }), [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-6 });
});
