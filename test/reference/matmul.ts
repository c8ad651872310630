export interface MatmulOptions {
  /** a is stored as [inner, rows]. */
  transposeA?: boolean;
  /** b is stored as [columns, inner]. */
  transposeB?: boolean;
}

/** [rows, columns] = a·b with a [rows, inner] and b [inner, columns], each stored transposed if so said. */
export function matmul(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rows: number,
  inner: number,
  columns: number,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += a[transposeA ? k * rows + i : i * inner + k] * b[transposeB ? j * inner + k : k * columns + j];
      }
      product[i * columns + j] = sum;
    }
  }
  return product;
}
