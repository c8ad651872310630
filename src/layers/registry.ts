/** Layers from saved JSON. */
import type { CustomCell } from "../cells/defineCell.ts";
import { expectOneOf } from "../expect.ts";
import type { Layer, LayerConfig } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";
import * as factories from "./index.ts";

type Kind = keyof typeof factories;

/** Cells of the user's by name: a file holds names only. */
export type Cells = Readonly<Record<string, CustomCell>>;

function cellNamed(name: unknown, cells: Cells): CustomCell {
  if (typeof name !== "string") throw new TypeError(`model file: expected the name of a cell, got ${describe(name)}`);
  if (Object.hasOwn(cells, name)) return cells[name];
  const given = Object.keys(cells);
  throw new RangeError(
    `loadModel cells: expected the cell ${describe(name)}, of which this model has a layer, got ` +
      `${given.length ? `only ${given.join(", ")}` : "none"}; a file holds no code: ` +
      `import the cell and call loadModel(bytes, { cells: { ${/^[A-Za-z_]\w*$/.test(name) ? name : describe(name)} } })`,
  );
}

/** A layer from untrusted JSON; its options go through the same checks as a user's. */
export function layerFrom(config: unknown, cells: Cells = {}): Layer {
  if (typeof config !== "object" || config === null) {
    throw new TypeError(`model file: expected a layer, got ${describe(config)}`);
  }
  const { kind, name, options } = config as LayerConfig;
  const make = factories[expectOneOf(kind, Object.keys(factories) as Kind[], "model file: layer kind")];
  const inner = (options as { layer?: unknown } | null)?.layer;
  const complete = { ...options, ...(inner ? { layer: layerFrom(inner, cells) } : {}), ...(name ? { name } : {}) };
  if (kind === "rnn") {
    const { cell, ...rest } = complete as { cell?: unknown };
    return factories.rnn(cellNamed(cell, cells), rest as Parameters<typeof factories.rnn>[1]);
  }
  return (make as (options: object) => Layer)(complete);
}
