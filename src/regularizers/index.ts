/** All regularizers, by the name under which they are made and saved. */
export { type L1L2Options, type L1Options, type L2Options, l1, l1L2, l2 } from "./l1L2.ts";
