/** Layers from saved JSON. */
import { expectOneOf } from "../expect.ts";
import { describe } from "../ndarray.ts";
import * as factories from "./index.ts";
import type { Layer, LayerConfig } from "./layer.ts";

type Kind = keyof typeof factories;

/** A layer from untrusted JSON; its options go through the same checks as a user's. */
export function layerFrom(config: unknown): Layer {
  if (typeof config !== "object" || config === null) {
    throw new TypeError(`model file: expected a layer, got ${describe(config)}`);
  }
  const { kind, name, options } = config as LayerConfig;
  const make = factories[expectOneOf(kind, Object.keys(factories) as Kind[], "model file: layer kind")];
  const inner = (options as { layer?: unknown } | null)?.layer;
  const complete = { ...options, ...(inner ? { layer: layerFrom(inner) } : {}), ...(name ? { name } : {}) };
  return (make as (options: object) => Layer)(complete);
}
