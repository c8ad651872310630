import { showShape } from "../expect.ts";
import { Names } from "../graph/names.ts";
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

/** What uses and inputs are called: of a layer that is used again "lstm:2", of unnamed inputs "input". */
function titlesOf(nodes: readonly Node[]): Map<Node, string> {
  const inputs = new Names(nodes.flatMap(({ layer, name }) => (layer ? [] : (name ?? []))));
  const uses = new Map<Layer, number>();
  const titleOf = ({ layer, name }: Node): string => {
    if (!layer) return name ?? inputs.add("input");
    const use = (uses.get(layer) ?? 0) + 1;
    uses.set(layer, use);
    return use > 1 ? `${layer.name}:${use}` : layer.name;
  };
  return new Map(nodes.map(node => [node, titleOf(node)]));
}

/** Whether each reads what the one before it puts out first, and nothing else: then the order says it all. */
function isChain(nodes: readonly Node[]): boolean {
  return nodes.every(({ layer, inputs: [first, ...more] }, i) =>
    i === 0 ? !layer : first?.node === nodes[i - 1] && first.index === 0 && more.length === 0,
  );
}

/** So many names of what a layer reads are listed. */
const MOST = 6;

/** Layers, shapes and numbers of weights; of graphs that are no chains also what each layer reads. */
export function summaryOf({ plan }: Network): { headings: string[]; rows: string[][]; foot: string } {
  const counts = new Map<Layer, number>();
  for (const { layer, shape } of plan.specs) counts.set(layer, (counts.get(layer) ?? 0) + sizeOf(shape));
  const nodes = usesOf(plan);
  const titles = titlesOf(nodes);
  const title = (node: Node): string => titles.get(node) as string;
  const chain = isChain(nodes);
  const rows = nodes.map(node => {
    const { layer, outputs, inputs } = node;
    const shape = outputs.map(output => showShape(["N", ...output.shape])).join(", ");
    const reads = inputs.slice(0, MOST).map(({ node, index }) => title(node) + (index > 0 ? `[${index}]` : ""));
    if (inputs.length > MOST) reads.push(`${inputs.length - MOST} more`);
    const kind = layer?.kind ?? (node.name === undefined ? "" : "input");
    return [
      title(node),
      kind,
      shape,
      ...(chain ? [] : [reads.join(", ")]),
      showCount((layer && counts.get(layer)) ?? 0),
    ];
  });
  const total = plan.specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
  const headings = ["layer", "kind", "output", ...(chain ? [] : ["reads"]), "weights"];
  const frozen = plan.specs.reduce((sum, spec) => sum + (isTrained(spec) ? 0 : sizeOf(spec.shape)), 0);
  const untrained = frozen > 0 ? `, ${showCount(frozen)} of them not trained` : "";
  return { headings, rows, foot: `${showCount(total)} weights, ${showBytes(4 * total)}${untrained}` };
}

/** The same as a table. */
export function summarize(network: Network): string {
  const { headings, rows, foot } = summaryOf(network);
  return `${table(headings, rows, [headings.length - 1])}\n\n${foot}`;
}
