import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { type Source, sourceOf } from "../graph/order.ts";
import { isTrained, type Plan } from "../graph/plan.ts";
import type { Layer, Node } from "../layer/layer.ts";
import { sizeOf } from "../ndarray.ts";

/** 12345 -> 12,345 in every locale. */
export function showCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 51200 -> "50.0 kB" */
export function showBytes(n: number): string {
  if (n < 1024) return `${n} B`;
  return n < 2 ** 20 ? `${(n / 1024).toFixed(1)} kB` : `${(n / 2 ** 20).toFixed(1)} MB`;
}

/** Rows of text under headings, columns as wide as they need to be; the columns of `right` aligned to the right. */
export function table(headings: string[], rows: string[][], right: readonly number[] = []): string {
  const widths = headings.map((heading, i) =>
    rows.reduce((most, row) => Math.max(most, row[i].length), heading.length),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [line(headings), widths.map(width => "─".repeat(width)).join("──"), ...rows.map(line)].join("\n");
}

/** Every use of every layer, and the inputs, in the order of the weights. */
function usesOf({ nodes, sources }: Plan): Node[] {
  const uses = new Map<Source, Node[]>(sources.map(source => [source, []]));
  for (const node of nodes) uses.get(sourceOf(node))?.push(node);
  return [...uses.values()].flat();
}

/** A table of layers, shapes and numbers of weights. */
export function summarize({ plan }: Network): string {
  const counts = new Map<Layer, number>();
  for (const { layer, shape } of plan.specs) counts.set(layer, (counts.get(layer) ?? 0) + sizeOf(shape));
  const rows = usesOf(plan).map(({ layer, outputs }) => {
    const shape = outputs.map(output => showShape(["N", ...output.shape])).join(", ");
    if (!layer) return ["input", "", shape, "0"];
    return [layer.name, layer.kind, shape, showCount(counts.get(layer) ?? 0)];
  });
  const total = plan.specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const text = table(["layer", "kind", "output", "weights"], rows, [3]);
  const frozen = plan.specs.reduce((sum, spec) => sum + (isTrained(spec) ? 0 : sizeOf(spec.shape)), 0);
  const untrained = frozen > 0 ? `, ${showCount(frozen)} of them not trained` : "";
  return `${text}\n\n${showCount(total)} weights, ${showBytes(4 * total)}${untrained}`;
}
