// The three products of a training step at the shapes of the workloads; they are checked where they are made.
import { benchProducts, workloads } from "../../dist/cli/bench/engine.js";

/**
 * Rows like those of `measure`.
 *
 * @param {import("./harness.js").Roofs} roofs
 * @param {number} milliseconds
 * @returns {import("./harness.js").Row[]}
 */
export function productRows(roofs, milliseconds) {
  return workloads.flatMap(workload => {
    const { N, T, C, H } = workload;
    const elements = { forward: N * 4 * H, "state gradient": N * H, "weight gradient": (C + H) * 4 * H };
    return benchProducts(workload, milliseconds).map(({ product, flop, timing: { median } }) => ({
      family: "products",
      name: product,
      shape: `${workload.name}: ${N}x${T}x${C}x${H}`,
      nanoseconds: (1e6 * median) / elements[product],
      gflops: flop / median / 1e6,
      gigabytes: 0,
      bound: "multiply-add",
      percentOfBound: (100 * flop) / median / 1e6 / roofs.gflops,
    }));
  });
}
