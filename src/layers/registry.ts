/** Layers from saved JSON. */
import type { CustomCell } from "../cells/defineCell.ts";
import { expectOneOf } from "../expect.ts";
import { Layer, type LayerConfig } from "../layer/layer.ts";
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

/** What makes layers of the user's, by the name of each: that under which `defineLayer` defines it. */
export type LayerMakers = Readonly<Record<string, (options: never) => Layer>>;

/** What a file's names stand for beside the package's layers. */
export interface OwnLayers {
  layers?: LayerMakers;
  cells?: Cells;
}

/** A layer of the user's, from what the caller gives for its name. */
function ownLayer(name: string, options: object, makers: LayerMakers): Layer {
  if (!Object.hasOwn(makers, name)) {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : describe(name);
    throw new RangeError(
      `model file: expected a maker of the layer ${describe(name)}; a file holds no code: ` +
        `import the layer and call loadModel(bytes, { layers: { ${key} } })`,
    );
  }
  const made: unknown = (makers[name] as (options: object) => unknown)(options);
  if (made instanceof Layer) return made;
  throw new TypeError(
    `loadModel layers.${name}: expected what makes a layer, as defineLayer gives it, got one that makes ${describe(made)}`,
  );
}

/** A layer from untrusted JSON; its options go through the same checks as a user's. */
export function layerFrom(config: unknown, own: OwnLayers = {}): Layer {
  if (typeof config !== "object" || config === null) {
    throw new TypeError(`model file: expected a layer, got ${describe(config)}`);
  }
  const { kind, name, options, custom } = config as LayerConfig;
  const named = name ? { name } : {};
  if (custom && typeof kind === "string") return ownLayer(kind, { ...options, ...named }, own.layers ?? {});
  const inner = (options as { layer?: unknown } | null)?.layer;
  const complete = { ...options, ...(inner ? { layer: layerFrom(inner, own) } : {}), ...named };
  const make = factories[expectOneOf(kind, Object.keys(factories) as Kind[], "model file: layer kind")];
  if (kind === "rnn") {
    const { cell, ...rest } = complete as { cell?: unknown };
    return factories.rnn(cellNamed(cell, own.cells ?? {}), rest as Parameters<typeof factories.rnn>[1]);
  }
  return (make as (options: object) => Layer)(complete);
}
