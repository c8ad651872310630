/** Layers by name, and from saved JSON. */
import type { CustomCell } from "../cells/defineCell.ts";
import { type Cells, registeredCells } from "../cells/registry.ts";
import { elsewhere } from "../elsewhere.ts";
import { isObject } from "../isObject.ts";
import { Layer, type LayerConfig } from "../layer/layer.ts";
import { describe } from "../ndarray.ts";
import { giveYourOwn, type Makers, Registry } from "../registry.ts";

/** Layers by kind. */
export const layerRegistry = new Registry<Layer>({
  what: "layer",
  group: "layers",
  example: "layers.lstm()",
  is: (value): value is Layer => value instanceof Layer,
});

/** What a file's names stand for beside what is registered. */
export interface OwnLayers {
  layers?: Makers<Layer>;
  cells?: Cells;
}

function cellNamed(name: unknown, cells: Cells): CustomCell {
  if (typeof name !== "string") throw new TypeError(`model file: expected the name of a cell, got ${describe(name)}`);
  const cell = Object.hasOwn(cells, name) ? cells[name] : registeredCells.get(name);
  if (cell) return cell;
  const given = Object.keys(cells);
  throw new RangeError(
    `loadModel cells: expected the cell ${describe(name)}, of which this model has a layer, got ` +
      `${given.length ? `only ${given.join(", ")}` : "none"}; ${giveYourOwn("cell", "cells", name)}`,
  );
}

/** A layer of the user's, from what the caller gives for its name, or has registered. */
function ownLayer(name: string, options: object, makers: Makers<Layer>): Layer {
  if (Object.hasOwn(makers, name) || layerRegistry.has(name)) {
    const made = layerRegistry.make(name, options, makers);
    if (made.toJSON().custom) return made; // else it is one of the package's, of the same name
  }
  throw new RangeError(
    `model file: expected a maker of the layer ${describe(name)}; ${giveYourOwn("layer", "layers", name)}`,
  );
}

/** What normalization inside of these cells added to variances before that was an option. */
function epsilonOfOld(kind: unknown, options: { layerNorm?: unknown } | null): object {
  return (kind === "lstm" || kind === "gru") && options?.layerNorm === true ? { layerNormEpsilon: 1e-5 } : {};
}

/** A layer from untrusted JSON; its options go through the same checks as a user's. */
export function layerFrom(config: unknown, own: OwnLayers = {}): Layer {
  if (!isObject(config)) {
    throw new TypeError(`model file: expected a layer, got ${describe(config)}`);
  }
  const { kind, name, options, custom } = config as LayerConfig;
  const named = name ? { name } : {};
  if (custom && typeof kind === "string") return ownLayer(kind, { ...options, ...named }, own.layers ?? {});
  const entry = typeof kind === "string" && !layerRegistry.has(kind) ? elsewhere(kind) : undefined;
  if (entry && !Object.hasOwn(own.layers ?? {}, kind)) {
    throw new RangeError(`model file: the layer ${kind} is not in this entry of the package; import "${entry}" too`);
  }
  const make = layerRegistry.maker(kind, own.layers);
  const inner = (options as { layer?: unknown } | null)?.layer;
  const complete = {
    ...epsilonOfOld(kind, options),
    ...options,
    ...(inner ? { layer: layerFrom(inner, own) } : {}),
    ...named,
  };
  if (kind === "rnn") {
    const { cell, ...rest } = complete as { cell?: unknown };
    return (make as (cell: CustomCell, options: object) => Layer)(cellNamed(cell, own.cells ?? {}), rest);
  }
  return layerRegistry.make(kind, complete, own.layers);
}
