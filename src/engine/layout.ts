/** How arrays lie in linear memory: padding to whole vectors, and packed operands of products. Written once, here. */

/** n rounded up to whole vectors of four. No bit tricks: n may be beyond int32. */
export const padded = (n: number): number => Math.ceil(n / 4) * 4;

/** n columns rounded up to whole panels of 8, as the products read them. */
const wholePanels = (n: number): number => Math.ceil(n / 8) * 8;

/** n columns rounded up to whole wide panels of 28, the packed form for a single row. */
export const wholeWidePanels = (n: number): number => Math.ceil(n / 28) * 28;

/** Columns that n take when packed in either form. */
export const packedColumns = (n: number): number => Math.max(wholeWidePanels(n), wholePanels(n));

/** Elements that an operand [K, N] takes when packed; the kernels' `packedSize` is the same. */
export const packedSize = (K: number, N: number): number => K * wholePanels(N);
