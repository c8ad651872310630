/** To whom the layers of a graph belong: to nobody yet, or all to the parameters of one model. */
import type { Layer, Owner } from "../layer/layer.ts";

const REMEDY =
  "call apply() of that model inside the new one: it copies the layers with their weights (part() takes some of them)";

/** "a", "b" and "c"; of many the first ones. */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).map(name => `"${name}"`);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}` : shown.join();
}

/**
 * The owner of all the layers, if they have one: then the graph is a part of its model.
 *
 * @throws RangeError for layers of two models, for new ones among a model's, and for one that is inside of another
 */
export function ownerOf(layers: readonly Layer[]): Owner | undefined {
  const owned = layers.filter(layer => layer.owner);
  const [first] = owned;
  const owner = first?.owner;
  if (!owner) return undefined;
  for (const layer of owned) {
    if (layer.owner && !layer.owner.lends) {
      throw new RangeError(
        `model: layer "${layer.name}" belongs to ${layer.owner.title}; make a new layer for this one`,
      );
    }
    if (layer.owner && layer.owner !== owner) {
      throw new RangeError(
        `model: layer "${first.name}" belongs to ${owner.title}, layer "${layer.name}" to ${layer.owner.title}; a model ` +
          `has the weights of one: ${REMEDY}`,
      );
    }
  }
  const fresh = layers.find(layer => !layer.owner);
  if (fresh) {
    throw new RangeError(
      `model: layer "${first.name}" belongs to ${owner.title}, layer "${fresh.name}" is new; to put new layers on that ` +
        `model, ${REMEDY}`,
    );
  }
  return owner;
}
