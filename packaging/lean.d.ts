import type { Plugin } from "rolldown";

/** A plugin of the bundler that leaves out what only a tape needs. */
export function lean(kernels: { base: string; more: string }): Plugin;
