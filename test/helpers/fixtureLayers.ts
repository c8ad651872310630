/** Layers and models as fixtures describe them. */
import { layers } from "../../src/index.ts";
import type { Layer } from "../../src/layer/layer.ts";
import type { LayerSpec } from "../fixtures/load.ts";

/** The layer of a fixture; its options have this package's names. */
export function layerOf({ layer, config }: LayerSpec): Layer {
  const inner = config.layer ? { layer: layerOf(config.layer as LayerSpec) } : {};
  return (layers[layer] as (options: object) => Layer)({ ...config, ...inner });
}
